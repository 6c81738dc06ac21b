"""Results that a reader is not to see yet cannot be learned from anything around them."""

from datetime import UTC, datetime

import pytest
import time_machine

from explainer.serving.bridge import Answer
from explainer.serving.pages import make_page
from polls.models import Ballot, BallotTally, CrosstabTally
from tests.conftest import Browser
from tests.factories import answers

pytestmark = pytest.mark.django_db
PAGE = "/articles/isekai/"
PLACES = ("/", PAGE, "/topics/", "/feed/", "/sitemap.xml")


@pytest.fixture(autouse=True)
def one_moment():
    """A page says how old its forms are, so two are alike only in the same moment."""
    with time_machine.travel(datetime.now(UTC), tick=False):
        yield


def looked(browser: Browser) -> dict[str, tuple[int, bytes, str]]:
    """Of each place, what is seen from outside: its length, its tag, and the page itself."""
    found = {}
    for path in PLACES:
        response = browser.get(path)
        assert response.status_code == 200
        page = make_page(Answer(200, [], response.content), "", 0.0)
        found[path] = (len(page.packed.body), page.plain.etag, response.content.decode())
    return found


def forget() -> None:
    for model in (BallotTally, CrosstabTally, Ballot):
        model.objects.all().delete()


def test_what_the_others_answered_changes_nothing_that_can_be_measured(ann, isekai):
    """As many answers, once all sad and once all happy: a reader who has not answered sees one."""
    discussion = isekai.discussion
    answers(discussion, sad=8)
    answers(discussion, question="intent", stay_away=8)
    before = looked(ann)
    forget()
    answers(discussion, happy=8)
    answers(discussion, question="intent", **{"try": 8})
    after = looked(Browser())
    assert {path for path in PLACES if before[path] != after[path]} == set()


def test_who_has_answered_would_see_a_difference(ann, sam, isekai):
    answers(isekai.discussion, sad=8)
    ann.post(f"{PAGE}questions/reaction/", {"answer": "sad"})
    before = looked(ann)
    forget()
    answers(isekai.discussion, happy=8)
    sam.post(f"{PAGE}questions/reaction/", {"answer": "sad"})
    assert before[PAGE] != looked(sam)[PAGE]
