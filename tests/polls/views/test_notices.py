"""Notices of illegal content: no account, no cookie, and a page with what became of each."""

import uuid

import pytest

from polls.actions.notices import decide_notice
from polls.models import Comment, Notice, Reader
from tests.factories import make_article
from tests.reading import fields, sent_to, tree, words

pytestmark = pytest.mark.django_db
PAGE = "/articles/isekai/"
SOUND = {
    "explanation": "The second sentence threatens a person, which is a crime.",
    "name": "Nora Notifier",
    "email": "nora@example.org",
    "good_faith": "on",
}


@pytest.fixture
def where(comment):
    return f"{PAGE}comments/{comment.pk}/notice/"


def test_the_form_shows_the_comment_and_asks_why(ann, where, nothing_stored):
    with nothing_stored():
        seen = words(ann.get(where), "main")
    assert "It is an escape." in seen
    assert "Why is it illegal?" in seen
    assert "You need no account" in seen


def test_a_notice_is_kept_and_its_sender_led_to_its_page(ann, where, comment):
    response = ann.post(where, SOUND)
    notice = Notice.objects.get()
    assert sent_to(response) == f"/notices/{notice.key}/"
    assert (notice.comment, notice.name, notice.email) == (
        comment,
        "Nora Notifier",
        "nora@example.org",
    )
    assert notice.explanation == SOUND["explanation"]
    assert not response.cookies
    assert not Reader.objects.exclude(pk=comment.reader_id).exists()


def test_name_and_address_may_be_left_out(ann, where):
    sent_to(ann.post(where, SOUND | {"name": "", "email": ""}))
    assert (Notice.objects.get().name, Notice.objects.get().email) == ("", "")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"explanation": ""}, ""),
        ({"explanation": "bad"}, ""),
        ({"explanation": "x" * 3001}, ""),
        ({"explanation": "A crime, as I said.\0"}, ""),
        ({"email": "nobody"}, ""),
        ({"name": "x" * 101}, ""),
        ({"good_faith": ""}, "Confirm this before you send the notice."),
    ],
    ids=["empty", "short", "long", "NUL", "no address", "long name", "unconfirmed"],
)
def test_what_cannot_be_a_notice_is_refused_and_kept(ann, where, changes, said, nothing_stored):
    sent = SOUND | changes
    with nothing_stored():
        response = ann.post(where, sent)
    assert response.status_code == 422
    assert "There is a problem" in words(response)
    assert said in words(response)
    if "\0" not in sent["explanation"]:
        assert fields(response)["explanation"].strip() == sent["explanation"]


def test_its_page_tells_what_became_of_it(ann, mo, where):
    there = sent_to(ann.post(where, SOUND))
    before = words(ann.get(there), "main")
    assert "A moderator will read it and decide." in before
    assert "Your notice was received." in before
    decide_notice(notice=Notice.objects.get(), actor=mo.user, upheld=True, answer="Agreed.")
    after = words(ann.get(there), "main")
    assert "Decided: the comment was taken off the page." in after
    assert "A moderator decided." in after
    assert "Agreed." in after
    assert Comment.objects.get().state == Comment.State.HIDDEN


def test_a_notice_that_is_not_upheld_says_so(ann, mo, where):
    there = sent_to(ann.post(where, SOUND))
    decide_notice(notice=Notice.objects.get(), actor=mo.user, upheld=False, answer="It is legal.")
    assert "Decided: the comment stays." in words(ann.get(there), "main")


def test_its_page_is_a_receipt_and_says_what_happens_next(ann, where, comment):
    page = ann.get(sent_to(ann.post(where, SOUND)))
    seen = words(page, "main")
    assert SOUND["explanation"] in seen
    assert "A comment on “What is isekai?” It is an escape." in seen
    assert f'href="{PAGE}?comment={comment.pk}#c{comment.pk}"' in page.content.decode()
    assert "A person reads your notice" in seen
    assert "No machine takes part in it" in seen
    assert "If you disagree Send another notice" in seen


def test_its_page_repeats_nothing_that_is_not_on_the_page(ann, where, comment):
    there = sent_to(ann.post(where, SOUND))
    Comment.objects.update(state="hidden")
    seen = words(ann.get(there), "main")
    assert "an escape" not in seen
    assert "A comment on “What is isekai?” that is not on the page now." in seen
    assert SOUND["explanation"] in seen


def test_its_page_names_nobody(ann, where):
    html = ann.get(sent_to(ann.post(where, SOUND))).content.decode()
    for private in ("Nora", "nora@", "Priya"):
        assert private not in html


def test_search_engines_are_kept_out(ann, where):
    page = ann.get(sent_to(ann.post(where, SOUND)))
    assert page["X-Robots-Tag"] == "noindex"
    robots = [e.get("content") for e in tree(page).iter("meta") if e.get("name") == "robots"]
    assert robots == ["noindex"]


def test_a_guessed_address_finds_nothing(ann, db):
    assert ann.get(f"/notices/{uuid.uuid4()}/").status_code == 404
    assert ann.get("/notices/1/").status_code == 404


def test_a_comment_that_cannot_be_seen_takes_no_notice(ann, where, nothing_stored):
    Comment.objects.update(state="hidden")
    make_article("What is tsundere?", slug="tsundere")
    with nothing_stored():
        assert ann.get(where).status_code == 404
        assert ann.post(where, SOUND).status_code == 404
        elsewhere = where.replace("isekai", "tsundere")
        assert ann.post(elsewhere, SOUND).status_code == 404
