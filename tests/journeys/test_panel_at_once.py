"""Ed saves a form while somebody takes what it names, or what it wants to be called."""

from functools import partial

import pytest

from explainer.models import Article
from polls.actions.recount import differences
from polls.actions.topics import merge_topics
from polls.actions.works import merge_works
from polls.models import Topic, Work
from tests.conftest import Browser
from tests.explainer.test_admin import ADD, card, written
from tests.factories import make_article, make_topic, make_user, make_work
from tests.racing import interrupted, on_postgresql

pytestmark = [pytest.mark.django_db(transaction=True), on_postgresql]


@pytest.fixture
def save(ed: Browser):
    """Ed saves a new article, and another act comes between the look at the form and the saving."""

    def save(other, **fields: object):
        answer = []
        interrupted(
            lambda: answer.append(ed.post(ADD, written(**fields))),
            other,
            before='INSERT INTO "polls_discussion"',
        )
        return answer[0]

    return save


def merge(act, rows):
    source, target = rows
    return partial(act, source=source, target=target, actor=make_user("mo", is_staff=True))


def assert_told(answer, sentence: str) -> None:
    """The form is there again, with what was typed, says why, and claims nothing."""
    page = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in page
    assert "It has *four* parts." in page
    assert "was added successfully" not in page
    assert not Article.objects.filter(slug="kishotenketsu", byline="Ed").exists()
    assert differences() == []


def test_a_topic_that_is_merged_in_this_moment(save) -> None:
    topic = make_topic("story in four turns")
    answer = save(merge(merge_topics, (topic, make_topic("four turns"))), answers_topic=topic.pk)
    assert_told(answer, "That choice is not one of the available choices.")
    assert not Topic.objects.filter(url__gt="").exists()


def test_a_card_whose_work_is_merged_in_this_moment(save) -> None:
    work = make_work("Your Name")
    fields = card(work) | {"examples-TOTAL_FORMS": 1}
    answer = save(merge(merge_works, (work, make_work("Kimi no Na wa"))), **fields)
    assert_told(answer, "That choice is not one of the available choices.")
    assert Work.objects.count() == 1


def test_an_address_that_is_taken_in_this_moment(save) -> None:
    answer = save(partial(make_article, slug="kishotenketsu", byline="Mo"))
    assert_told(answer, "Article with this Address already exists.")
    assert Article.objects.get().byline == "Mo"
