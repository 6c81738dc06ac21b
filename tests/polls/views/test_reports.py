"""Reporting somebody else's comment, by plain post and by htmx."""

import pytest
from django.utils import timezone

from polls.forms import ReportForm
from polls.models import Comment, Reader, Report
from polls.rules.moderation import REASONS
from tests.conftest import Browser
from tests.factories import make_article, make_comment
from tests.reading import fields, has_piece, sent_to, words

pytestmark = pytest.mark.django_db
PAGE = "/articles/isekai/"
TOLD = "You reported this comment. A moderator will look at it."
HTMX = [False, True]


@pytest.fixture
def where(comment):
    """The address at which Priya's comment is reported."""
    return f"{PAGE}comments/{comment.pk}/report/"


def test_the_form_offers_every_reason_of_the_rules():
    assert [key for key, _label in ReportForm().fields["reason"].choices] == list(REASONS)


@pytest.mark.parametrize("htmx", HTMX)
def test_the_form_asks_what_is_wrong_and_looking_writes_nothing(
    ann, where, comment, htmx, nothing_stored
):
    with nothing_stored():
        response = ann.get(where, htmx=htmx)
    seen = words(response, f"reply-{comment.pk}")
    assert "What is wrong with it?" in seen
    assert "It attacks a person" in seen
    assert has_piece(response, "main") != htmx
    assert not response.cookies


def test_without_javascript_the_reader_sees_what_is_reported(ann, where):
    assert "It is an escape." in words(ann.get(where), "main")


def test_a_report_is_stored_and_its_reader_is_told(ann, where, comment):
    sent = {"reason": "unkind", "note": "The second line."}
    there = sent_to(ann.post(where, sent))
    report = Report.objects.get()
    assert (report.comment, report.reason, report.note) == (comment, "unkind", "The second line.")
    assert report.reader == ann.reader
    seen = words(ann.get(there), f"c{comment.pk}")
    assert TOLD in seen
    assert "Show it anyway" in seen
    assert "Report" not in seen.replace("Report illegal content", "").replace(TOLD, "")


def test_htmx_is_told_in_place(ann, where, comment):
    response = ann.post(where, {"reason": "spam"}, htmx=True)
    assert TOLD in words(response, f"reply-{comment.pk}")
    assert "Show it anyway" in words(response)


def test_nobody_else_sees_a_report_or_a_count(ann, sam, where, comment):
    ann.post(where, {"reason": "spam"})
    page = sam.get(PAGE)
    assert TOLD not in words(page)
    assert "1 report" not in words(page, "comments")
    assert "It is an escape." in words(page, f"c{comment.pk}")


def test_the_same_report_again_changes_nothing(ann, where):
    for reason in ("spam", "unkind"):
        assert ann.post(where, {"reason": reason}).status_code == 303
    assert Report.objects.count() == 1


@pytest.mark.parametrize("htmx", HTMX)
@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, ""),
        ({"reason": ""}, ""),
        ({"reason": "boring"}, ""),
        ({"reason": "spam\0"}, ""),
        ({"reason": "spam", "note": "x" * 301}, "Shorten this to 300 characters or fewer."),
        ({"reason": "spam", "note": "a\0b"}, ""),
    ],
    ids=["nothing", "no reason", "unknown", "NUL", "long note", "NUL in the note"],
)
def test_what_cannot_be_a_report_is_refused_and_kept(ann, where, sent, said, htmx, nothing_stored):
    with nothing_stored():
        response = ann.post(where, sent, htmx=htmx)
    assert response.status_code == 422
    assert said in words(response)
    assert "There is a problem" in words(response)
    if "\0" not in sent.get("note", ""):
        assert fields(response)["note"].strip() == sent.get("note", "")


def test_ones_own_comment_is_not_reported(ann, discussion, nothing_stored):
    ann.post(f"{PAGE}questions/reaction/", {"answer": "sad"})
    own = make_comment(discussion, ann.reader)
    with nothing_stored():
        for act in (ann.get, lambda where: ann.post(where, {"reason": "spam"})):
            assert act(f"{PAGE}comments/{own.pk}/report/").status_code == 403


@pytest.mark.parametrize("state", [state for state in Comment.State if state != "published"])
def test_what_a_reader_may_not_see_cannot_be_reported(ann, where, comment, state, nothing_stored):
    Comment.objects.filter(pk=comment.pk).update(state=state)
    with nothing_stored():
        assert ann.get(where).status_code == 404
        assert ann.post(where, {"reason": "spam"}).status_code == 404


def test_a_comment_is_reported_below_its_own_page_only(ann, comment, nothing_stored):
    make_article("What is tsundere?", slug="tsundere")
    with nothing_stored():
        sent = ann.post(f"/articles/tsundere/comments/{comment.pk}/report/", {"reason": "spam"})
    assert sent.status_code == 404


@pytest.mark.parametrize("htmx", HTMX)
def test_the_fifth_reader_is_told_the_same_and_the_comment_is_off_the_page(
    ann, where, comment, htmx
):
    for n in range(4):
        Browser(address=f"203.0.113.{n + 20}").post(where, {"reason": "spam"})
    response = ann.post(where, {"reason": "unkind"}, htmx=htmx)
    comment.refresh_from_db()
    assert (comment.state, comment.held_reason) == ("pending", "reports")
    if htmx:
        assert TOLD in words(response)
    else:
        assert ann.get(sent_to(response)).status_code == 200
    assert "It is an escape." not in words(ann.get(PAGE))


def test_a_blocked_reader_is_refused_with_a_sentence(ann, where, nothing_stored):
    ann.post(f"{PAGE}questions/reaction/", {"answer": "sad"})
    Reader.objects.filter(pk=ann.reader.pk).update(
        blocked_at=timezone.now(), blocked_reason="floods"
    )
    with nothing_stored():
        response = ann.post(where, {"reason": "spam"})
    assert response.status_code == 403
    assert "floods" in words(response)


def test_it_stands_in_the_menu_of_others_comments_alone(ann, discussion, comment):
    ann.post(f"{PAGE}questions/reaction/", {"answer": "sad"})
    own = make_comment(discussion, ann.reader)
    page = ann.get(PAGE)
    assert "Report" in words(page, f"c{comment.pk}")
    assert "Report" not in words(page, f"c{own.pk}")
