"""An answer to an appeal or a notice is taken back, and what it did with it."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from polls.actions.answers import undo_answer
from polls.actions.appeals import decide_appeal, make_appeal
from polls.actions.moderation import hide_comment, mark_spam, publish_comment, undo
from polls.actions.notices import decide_notice, send_notice
from polls.actions.recount import differences
from polls.actions.reports import report_comment
from polls.errors import Refused
from polls.models import Comment, ModerationEntry
from polls.rules.moderation import UNDO_WINDOW
from tests.factories import make_comment, make_reader

pytestmark = pytest.mark.django_db
State = Comment.State


@pytest.fixture
def appeal(discussion, mo):
    hidden = hide_comment(comment=make_comment(discussion), actor=mo.user, reason="unkind")
    return make_appeal(comment=hidden, reader=hidden.reader, text="I meant the film, nobody else.")


@pytest.fixture
def notice(comment):
    return send_notice(
        comment=comment,
        name="",
        email="",
        explanation="It copies my whole book.",
        address="203.0.113.77",
    )


def last() -> ModerationEntry:
    return ModerationEntry.objects.first()


def state(brought) -> str:
    return Comment.objects.get(pk=brought.comment_id).state


@pytest.mark.parametrize(("granted", "act"), [(True, "undo"), (False, "undo_answer")])
def test_an_appeal_is_open_again(appeal, mo, granted, act):
    decide_appeal(appeal=appeal, actor=mo.user, granted=granted, answer="A slip.")
    entry = last()
    undo_answer(entry=entry, actor=mo.user)
    appeal.refresh_from_db()
    answered = appeal.decided_at, appeal.is_granted, appeal.answer, appeal.decided_by
    assert answered == (None, None, "", None)
    assert state(appeal) == State.HIDDEN
    assert Comment.objects.get(pk=appeal.comment_id).reason == "unkind"
    assert (last().act, last().undoes, last().actor) == (act, entry, mo.user)
    assert differences() == []
    again = decide_appeal(appeal=appeal, actor=mo.user, granted=True, answer="Now it is right.")
    assert again.is_granted


@pytest.mark.parametrize(("upheld", "act"), [(True, "undo"), (False, "undo_answer")])
def test_a_notice_is_open_again(notice, mo, upheld, act):
    report_comment(comment=notice.comment, reader=make_reader(), reason="illegal")
    decide_notice(notice=notice, actor=mo.user, upheld=upheld, answer="A slip.")
    entry = last()
    undo_answer(entry=entry, actor=mo.user)
    notice.refresh_from_db()
    assert (notice.decided_at, notice.is_upheld, notice.answer) == (None, None, "")
    assert state(notice) == State.PUBLISHED
    assert Comment.objects.get(pk=notice.comment_id).report_count == 1
    assert (last().act, last().undoes, last().notice) == (act, entry, notice)
    assert differences() == []


def test_upheld_of_what_was_removed_before_it_moves_nothing_back(notice, mo):
    mark_spam(comment=notice.comment, actor=mo.user)
    decide_notice(notice=notice, actor=mo.user, upheld=True, answer="A slip.")
    undo_answer(entry=last(), actor=mo.user)
    notice.refresh_from_db()
    assert notice.decided_at is None
    assert state(notice) == State.SPAM


def test_not_twice(appeal, mo, nothing_stored):
    decide_appeal(appeal=appeal, actor=mo.user, granted=False, answer="No.")
    entry = last()
    undo_answer(entry=entry, actor=mo.user)
    with nothing_stored(), pytest.raises(Refused, match="no longer"):
        undo_answer(entry=entry, actor=mo.user)


def test_not_after_ten_minutes(appeal, mo, nothing_stored):
    decide_appeal(appeal=appeal, actor=mo.user, granted=False, answer="No.")
    with (
        time_machine.travel(timezone.now() + UNDO_WINDOW + timedelta(seconds=1)),
        nothing_stored(),
        pytest.raises(Refused, match="no longer"),
    ):
        undo_answer(entry=last(), actor=mo.user)


def test_not_when_something_else_became_of_the_comment(appeal, mo, nothing_stored):
    decide_appeal(appeal=appeal, actor=mo.user, granted=True, answer="Yes.")
    entry = last()
    mark_spam(comment=appeal.comment, actor=mo.user)
    publish_comment(comment=appeal.comment, actor=mo.user)
    with nothing_stored(), pytest.raises(Refused, match="no longer"):
        undo_answer(entry=entry, actor=mo.user)


def test_a_declined_appeal_that_is_taken_back_leaves_the_removal_its_way_back(appeal, mo):
    removal = ModerationEntry.objects.get(act="hide_comment")
    decide_appeal(appeal=appeal, actor=mo.user, granted=False, answer="No.")
    undo_answer(entry=last(), actor=mo.user)
    undo(entry=removal, actor=mo.user)
    assert state(appeal) == State.PUBLISHED
