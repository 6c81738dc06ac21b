"""Why a comment was removed, for its author alone, and appealing once."""

import pytest

from polls.actions.appeals import decide_appeal
from polls.actions.erasures import erase_comment
from polls.actions.moderation import hide_comment, mark_spam, publish_comment, reject_comment
from polls.models import Appeal, Comment, Report
from tests.factories import make_comment, make_reader
from tests.reading import fields, has_piece, sent_to, words

pytestmark = pytest.mark.django_db
PAGE = "/articles/isekai/"
WHY = "It was a quotation, and the next line says so."


@pytest.fixture
def mine(ann, discussion):
    """A published comment of Ann's."""
    ann.post(f"{PAGE}questions/reaction/", {"answer": "sad"})
    return make_comment(discussion, ann.reader, "You are all wrong.")


@pytest.fixture
def hidden(mine, mo):
    """The same, which Mo has hidden."""
    return hide_comment(comment=mine, actor=mo.user, reason="unkind")


def page_of(comment):
    return f"{PAGE}comments/{comment.pk}/decision/"


def appeal(browser, comment, text=WHY):
    return browser.post(f"{PAGE}comments/{comment.pk}/appeal/", {"text": text})


def test_what_was_decided_under_which_rule_by_whom_and_the_text(ann, hidden):
    seen = words(ann.get(page_of(hidden)), "main")
    for told in (
        "Your comment was taken off the page.",
        "Rule Personal remark",
        "Decided",
        "A moderator decided this; no machine did.",
        "You are all wrong.",
        "You can appeal once",
    ):
        assert told in seen
    assert "mo" not in seen.split()


def test_the_other_decisions_read_as_they_should(ann, mine, mo, discussion):
    waiting = make_comment(discussion, ann.reader, "An escape, no?", state="pending")
    rejected = reject_comment(comment=waiting, actor=mo.user, reason="off_topic")
    assert "Your comment was not published." in words(ann.get(page_of(rejected)))
    assert "Rule Off topic" in words(ann.get(page_of(rejected)))
    spam = mark_spam(comment=mine, actor=mo.user)
    assert "as spam" in words(ann.get(page_of(spam)), "main")


def test_an_erased_comment_has_a_reason_and_no_text(ann, mine, mo):
    erase_comment(comment=mine, actor=mo.user, reason="illegal")
    seen = words(ann.get(page_of(mine)), "main")
    assert "Your comment was erased." in seen
    assert "Against the law" in seen
    assert "all wrong" not in seen
    assert not has_piece(ann.get(page_of(mine)), "appeal")


def test_a_comment_that_waits_says_which_rule_held_it_and_that_no_person_did(ann, isekai):
    ann.post(f"{PAGE}comments/", {"body": "It is an escape.", "name": "Ann"})
    comment = Comment.objects.get()
    seen = words(ann.get(page_of(comment)), "main")
    assert "Your comment waits for a moderator. Only you see it." in seen
    assert "automatically" in seen
    assert not has_piece(ann.get(page_of(comment)), "appeal")


def test_held_by_reports_it_can_be_appealed(ann, sam, mine):
    for _ in range(5):
        reporter = make_reader()
        Report.objects.create(comment=mine, reader=reporter, reason="spam")
    Comment.objects.filter(pk=mine.pk).update(state="pending", held_reason="reports")
    seen = words(ann.get(page_of(mine)), "main")
    assert "Several readers reported it" in seen
    assert "5" not in seen.split()
    assert appeal(ann, mine).status_code == 303


def test_an_appeal_is_made_once_and_then_shown_with_its_answer(ann, mo, hidden):
    there = sent_to(appeal(ann, hidden))
    assert there == f"{page_of(hidden)}#appeal"
    seen = words(ann.get(there), "appeal")
    assert WHY in seen
    assert "A moderator will look at it again." in seen
    assert not has_piece(ann.get(there), "id_text")
    decide_appeal(appeal=Appeal.objects.get(), actor=mo.user, granted=False, answer="It was not.")
    seen = words(ann.get(there), "appeal")
    assert "The decision stands." in seen
    assert "It was not." in seen


def test_a_granted_appeal_is_told_on_the_page_of_a_comment_that_is_back(ann, mo, hidden):
    appeal(ann, hidden)
    decide_appeal(appeal=Appeal.objects.get(), actor=mo.user, granted=True, answer="You are right.")
    seen = words(ann.get(page_of(hidden)), "main")
    assert "Your comment is on the page" in seen
    assert "Your appeal was granted. You are right." in seen
    assert "Your appeal" in words(ann.get("/me/"), "main")


def test_the_same_appeal_sent_twice_is_answered_the_same(ann, hidden, nothing_stored):
    there = sent_to(appeal(ann, hidden))
    with nothing_stored():
        assert sent_to(appeal(ann, hidden)) == there


def test_a_second_appeal_is_refused(ann, hidden, nothing_stored):
    appeal(ann, hidden)
    with nothing_stored():
        assert appeal(ann, hidden, "And another thing, since you ask.").status_code in {403, 422}


@pytest.mark.parametrize(
    "text", ["", "no", "x" * 1001, "It was a \0 quotation."], ids=["empty", "short", "long", "NUL"]
)
def test_what_cannot_be_an_appeal_is_refused_and_kept(ann, hidden, text, nothing_stored):
    with nothing_stored():
        response = appeal(ann, hidden, text)
    assert response.status_code == 422
    assert "There is a problem" in words(response)
    if "\0" not in text:
        assert fields(response, "appeal")["text"].strip() == text


def test_a_published_comment_cannot_be_appealed(ann, mine, nothing_stored):
    assert "Everybody can read it." in words(ann.get(page_of(mine)), "main")
    assert not has_piece(ann.get(page_of(mine)), "appeal")
    with nothing_stored():
        assert appeal(ann, mine).status_code in {403, 422}


@pytest.mark.parametrize("state", list(Comment.State))
def test_for_everybody_else_there_is_no_such_page(sam, mo, ed, hidden, state, nothing_stored):
    Comment.objects.filter(pk=hidden.pk).update(state=state)
    with nothing_stored():
        for browser in (sam, mo, ed):
            assert browser.get(page_of(hidden)).status_code == 404
            assert appeal(browser, hidden).status_code == 404


def test_what_its_author_has_deleted_has_no_page(ann, hidden):
    ann.post(f"{PAGE}comments/{hidden.pk}/delete/")
    assert ann.get(page_of(hidden)).status_code == 404


def test_the_readers_own_page_leads_there(ann, hidden):
    page = ann.get("/me/")
    assert "Why was this removed, and how to appeal" in words(page, "main")
    assert page_of(hidden) in page.content.decode()


def test_a_tombstone_leads_its_author_there_and_nobody_else(ann, sam, mo, mine, discussion):
    make_comment(discussion, text="Why so?", parent=mine)
    hide_comment(comment=mine, actor=mo.user, reason="unkind")
    assert "Why was this removed?" in words(ann.get(PAGE), f"c{mine.pk}")
    assert "Why was this removed?" not in words(sam.get(PAGE), "comments")


def test_a_waiting_comment_leads_there_from_the_page(ann, isekai):
    ann.post(f"{PAGE}comments/", {"body": "It is an escape.", "name": "Ann"})
    assert "Why does it wait?" in words(ann.get(PAGE), "comments")


def test_a_comment_that_was_read_and_published_leads_nowhere(ann, mo, mine):
    hide_comment(comment=mine, actor=mo.user, reason="unkind")
    publish_comment(comment=mine, actor=mo.user)
    assert page_of(mine) not in ann.get("/me/").content.decode()
