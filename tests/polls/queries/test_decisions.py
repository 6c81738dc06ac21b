"""What the author of a comment and the sender of a notice may know."""

from datetime import UTC, datetime

import pytest
from time_machine import travel

from polls.actions.erasures import erase_branch, erase_comment
from polls.actions.moderation import hide_comment, publish_comment, undo
from polls.models import Comment, ModerationEntry
from polls.queries.decisions import decision, notice_page, written
from tests.factories import make_comment

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)


def facts(comment):
    return dict(decision(Comment.objects.get(pk=comment.pk)).facts)


def test_the_moment_is_the_one_of_the_decision_that_stands(comment, mo):
    with travel(NOON, tick=False) as clock:
        hide_comment(comment=comment, actor=mo.user, reason="unkind")
        assert facts(comment)["Decided"] == written(NOON)
        clock.shift(60)
        publish_comment(comment=comment, actor=mo.user)
        clock.shift(60)
        undo(entry=ModerationEntry.objects.latest("pk"), actor=mo.user)
        assert facts(comment)["Decided"] == "3 May 2026, 12:02"
    assert facts(comment)["Rule"] == "Personal remark"


def test_a_comment_that_nobody_has_decided_on_says_since_when_it_waits(discussion):
    with travel(NOON, tick=False):
        comment = make_comment(discussion, state="pending")
    assert facts(comment)["Waiting since"] == written(NOON)
    assert "Decided" not in facts(comment)


def test_a_comment_on_the_page_has_nothing_to_state(comment):
    shown = decision(comment)
    assert (shown.facts, shown.can_appeal) == ([], False)


def test_a_page_costs_the_same_however_much_happened(comment, mo, django_assert_num_queries):
    for _ in range(3):
        hide_comment(comment=comment, actor=mo.user, reason="unkind")
        publish_comment(comment=comment, actor=mo.user)
    hidden = hide_comment(comment=comment, actor=mo.user, reason="unkind")
    hidden = Comment.objects.select_related("discussion").get(pk=hidden.pk)
    with django_assert_num_queries(3):
        decision(hidden)


def test_what_went_with_a_branch_is_told_as_that_and_judges_nobody(discussion, comment, mo):
    with travel(NOON, tick=False) as clock:
        middle = make_comment(discussion, parent=comment, state="pending")
        middle = publish_comment(comment=middle, actor=mo.user)
        reply = make_comment(discussion, parent=middle)
        clock.shift(60)
        erase_branch(comment=comment, actor=mo.user, reason="unkind")
        clock.shift(60)
        make_comment(discussion)
    for along in (middle, reply):
        shown = decision(Comment.objects.get(pk=along.pk))
        assert "Nobody judged what you wrote." in shown.what
        assert shown.facts == [("Decided", "3 May 2026, 12:01")]
        assert not shown.can_appeal
    top = facts(comment)
    assert (top["Rule"], top["Decided"]) == ("Personal remark", "3 May 2026, 12:01")


def test_what_was_erased_by_itself_was_judged(discussion, comment, mo):
    reply = make_comment(discussion, parent=comment)
    erase_comment(comment=reply, actor=mo.user, reason="illegal")
    erase_branch(comment=comment, actor=mo.user, reason="unkind")
    assert facts(reply)["Rule"] == "Against the law"


def test_a_notice_is_told_in_the_order_of_what_happened(comment):
    notice = comment.notices.create(explanation="A threat, which is a crime.", created_at=NOON)
    assert [words for _moment, words in notice_page(notice).history] == [
        "Your notice was received."
    ]
    notice.decided_at, notice.is_upheld, notice.answer = NOON, False, "It is legal."
    page = notice_page(notice)
    assert [words for _moment, words in page.history][-1] == "A moderator decided."
    assert (page.state, page.answer) == ("Decided: the comment stays.", "It is legal.")
