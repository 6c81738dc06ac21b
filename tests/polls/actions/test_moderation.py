"""What a moderator does: the state, the counts and the log move together."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from time_machine import travel

from polls.actions._facts import approvals
from polls.actions.comments import withdraw_comment
from polls.actions.erasures import erase_branch, erase_comment
from polls.actions.moderation import (
    hide_comment,
    keep_comment,
    lock_thread,
    mark_spam,
    publish_comment,
    reject_comment,
    undo,
    unlock_thread,
)
from polls.actions.picks import pick_comment
from polls.actions.recount import differences
from polls.actions.reports import report_comment
from polls.errors import Refused
from polls.models import Comment, ModerationEntry, Pick
from polls.queries.comments import total
from tests.factories import (
    answer,
    is_stored,
    make_comment,
    make_comments,
    make_reader,
    make_readers,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)
State = Comment.State


def reported(comment, how_many=2):
    """The comment, which that many readers have reported."""
    for reader in make_readers(how_many):
        report_comment(comment=comment, reader=reader, reason="unkind")
    comment.refresh_from_db()
    return comment


def last_entry():
    return ModerationEntry.objects.first()


def test_publishing_shows_counts_and_logs(discussion, mo):
    waiting = make_comment(discussion, state=State.PENDING)
    comment = publish_comment(comment=waiting, actor=mo.user)
    assert (comment.state, comment.held_reason) == (State.PUBLISHED, "")
    assert comment.published_at
    assert total(discussion) == 1
    entry = ModerationEntry.objects.get()
    assert (entry.actor, entry.act, entry.comment) == (mo.user, "publish_comment", comment)


def test_rejecting_keeps_the_reason_for_the_author(discussion, mo):
    waiting = make_comment(discussion, state=State.PENDING)
    comment = reject_comment(comment=waiting, actor=mo.user, reason="off_topic")
    assert (comment.state, comment.reason) == (State.REJECTED, "off_topic")
    assert comment.text
    assert total(discussion) == 0
    assert ModerationEntry.objects.get().reason == "off_topic"


@pytest.mark.parametrize("act", [reject_comment, hide_comment])
def test_a_removal_without_a_reason_is_refused(discussion, mo, act):
    comment = make_comment(discussion, state=State.PENDING)
    with pytest.raises(Refused, match="Give a reason"):
        act(comment=comment, actor=mo.user, reason="")
    comment.refresh_from_db()
    assert comment.state == State.PENDING


@pytest.mark.parametrize("act", ["hide", "spam"])
def test_taking_off_the_page_leaves_the_count_and_can_be_undone(discussion, mo, act):
    comment = make_comment(discussion)
    if act == "hide":
        comment = hide_comment(comment=comment, actor=mo.user, reason="unkind")
    else:
        comment = mark_spam(comment=comment, actor=mo.user)
    assert total(discussion) == 0
    comment = publish_comment(comment=comment, actor=mo.user)
    assert (comment.state, comment.reason) == (State.PUBLISHED, "")
    assert total(discussion) == 1
    assert ModerationEntry.objects.count() == 2


def test_hiding_a_reply_lowers_everything_above_it(discussion, mo):
    top = make_comment(discussion)
    middle = make_comment(discussion, parent=top)
    lowest = make_comment(discussion, parent=middle)
    hide_comment(comment=lowest, actor=mo.user, reason="spoiler")
    top.refresh_from_db()
    middle.refresh_from_db()
    assert (top.reply_count, middle.reply_count) == (1, 0)


def test_the_same_decision_twice_is_one(discussion, mo, nothing_stored):
    comment = hide_comment(comment=make_comment(discussion), actor=mo.user, reason="unkind")
    with nothing_stored():
        hide_comment(comment=comment, actor=mo.user, reason="unkind")


def test_another_reason_is_another_entry(discussion, mo):
    comment = hide_comment(comment=make_comment(discussion), actor=mo.user, reason="unkind")
    comment = hide_comment(comment=comment, actor=mo.user, reason="spam")
    assert comment.reason == "spam"
    assert ModerationEntry.objects.count() == 2
    assert total(discussion) == 0


def test_a_decision_on_a_stale_row_counts_once(discussion, mo):
    """Two moderators with the same page open press the same button."""
    waiting = make_comment(discussion, state=State.PENDING)
    stale = Comment.objects.get(pk=waiting.pk)
    publish_comment(comment=waiting, actor=mo.user)
    publish_comment(comment=stale, actor=mo.user)
    assert total(discussion) == 1
    assert ModerationEntry.objects.count() == 1


def test_an_entry_says_how_the_comment_stood_and_whose_camp_it_shows(discussion, mo):
    author = make_reader()
    answer(discussion, author, "happy")
    comment = make_comment(discussion, author)
    hide_comment(comment=comment, actor=mo.user, reason="unkind")
    entry = last_entry()
    assert (entry.state_before, entry.reason_before, entry.camp) == ("published", "", "happy")
    assert entry.discussion == discussion
    mark_spam(comment=comment, actor=mo.user)
    entry = last_entry()
    assert (entry.state_before, entry.reason_before) == ("hidden", "unkind")


def test_an_erased_comment_leaves_nothing_behind(discussion, mo):
    comment = make_comment(discussion, text="Xylograph and nothing but xylograph.")
    reader = make_reader()
    report_comment(comment=comment, reader=reader, reason="unkind", note="It says xylograph.")
    erased = erase_comment(comment=comment, actor=mo.user, reason="illegal")
    assert (erased.state, erased.fingerprint, erased.camp) == (State.ERASED, "", None)
    assert not is_stored("ylograph")
    assert differences() == []


class TestTwoModerators:
    """Both have the same page open."""

    @pytest.mark.parametrize("act", [hide_comment, mark_spam, erase_comment, erase_branch])
    def test_who_comes_second_is_told_and_changes_nothing(
        self, discussion, mo, ed, act, nothing_stored
    ):
        comment = make_comment(discussion)
        hide_comment(comment=comment, actor=mo.user, reason="unkind", seen="published")
        more = {} if act is mark_spam else {"reason": "spam"}
        with nothing_stored(), pytest.raises(Refused, match="decided this already"):
            act(comment=comment, actor=ed.user, seen="published", **more)

    @pytest.mark.parametrize("act", [publish_comment, keep_comment])
    def test_a_comment_that_is_gone_is_not_kept(self, discussion, mo, ed, act, nothing_stored):
        comment = make_comment(discussion, state=State.PENDING)
        reject_comment(comment=comment, actor=mo.user, reason="spam", seen="pending")
        with nothing_stored(), pytest.raises(Refused, match="decided this already"):
            act(comment=comment, actor=ed.user, seen="pending")


class TestReportsDecided:
    @pytest.mark.parametrize(
        ("act", "more", "upheld"),
        [
            (hide_comment, {"reason": "unkind"}, True),
            (mark_spam, {}, True),
            (erase_comment, {"reason": "illegal"}, True),
            (erase_branch, {"reason": "illegal"}, True),
            (keep_comment, {}, False),
            (publish_comment, {}, False),
        ],
    )
    def test_a_decision_decides_what_readers_reported(self, discussion, mo, act, more, upheld):
        comment = reported(make_comment(discussion))
        assert comment.report_count == 2
        act(comment=comment, actor=mo.user, **more)
        comment.refresh_from_db()
        assert comment.report_count == 0
        assert {report.is_upheld for report in comment.reports.all()} == {upheld}
        assert {report.decided_at for report in comment.reports.all()} == {last_entry().created_at}
        assert differences() == []

    def test_rejecting_upholds_too(self, discussion, mo):
        comment = reported(make_comment(discussion), 5)
        assert comment.state == State.PENDING
        reject_comment(comment=comment, actor=mo.user, reason="unkind")
        assert {report.is_upheld for report in comment.reports.all()} == {True}

    def test_keeping_leaves_the_comment_and_logs_once(self, discussion, mo, nothing_stored):
        comment = reported(make_comment(discussion))
        comment = keep_comment(comment=comment, actor=mo.user)
        assert comment.state == State.PUBLISHED
        assert last_entry().act == "keep_comment"
        with nothing_stored():
            keep_comment(comment=comment, actor=mo.user)

    def test_only_what_is_on_the_page_is_kept(self, discussion, mo, nothing_stored):
        comment = make_comment(discussion, state=State.PENDING)
        with nothing_stored(), pytest.raises(Refused, match="on the page"):
            keep_comment(comment=comment, actor=mo.user)


class TestErasingABranch:
    def test_it_takes_everything_below_and_nothing_beside(self, discussion, mo):
        top = make_comment(discussion)
        branch = make_comment(discussion, parent=top)
        beside = make_comment(discussion, parent=top)
        below = make_comment(discussion, parent=branch)
        lowest = make_comment(discussion, parent=below)
        waiting = make_comment(discussion, parent=below, state=State.PENDING)
        erase_branch(comment=branch, actor=mo.user, reason="illegal")
        states = dict(Comment.objects.values_list("pk", "state"))
        assert {states[row.pk] for row in (branch, below, lowest, waiting)} == {State.ERASED}
        assert {states[row.pk] for row in (top, beside)} == {State.PUBLISHED}
        assert total(discussion) == 2
        top.refresh_from_db()
        assert top.reply_count == 1
        assert differences() == []

    def test_one_entry_says_how_many(self, discussion, mo):
        top = make_comment(discussion)
        make_comment(discussion, parent=top)
        erase_branch(comment=top, actor=mo.user, reason="illegal")
        entry = ModerationEntry.objects.get()
        assert (entry.act, entry.comment) == ("erase_branch", top)
        assert entry.reason == "against the law, 2 comments"

    def test_a_chain_deeper_than_the_path_can_say_goes_as_a_whole(self, discussion, mo):
        chain = [make_comment(discussion)]
        for _ in range(43):
            chain.append(make_comment(discussion, parent=chain[-1]))
        erase_branch(comment=chain[39], actor=mo.user, reason="spam")
        erased = Comment.objects.filter(state=State.ERASED).values_list("pk", flat=True)
        assert set(erased) == {row.pk for row in chain[39:]}
        assert differences() == []

    def test_a_long_one_takes_few_statements(self, discussion, mo, queries_of):
        def statements(replies: int) -> int:
            top = make_comment(discussion)
            make_comments(discussion, replies, parent=top)
            act = partial(erase_branch, comment=top, actor=mo.user, reason="spam")
            return len(queries_of(act))

        statements(1)  # the first of a shard makes a row more
        few = statements(8)
        assert statements(400) <= few + 8  # a tally for each shard
        assert statements(900) <= 2 * (few + 8)  # twice as many as one statement names
        assert differences() == []

    def test_twice_is_refused(self, discussion, mo, nothing_stored):
        comment = make_comment(discussion)
        erase_branch(comment=comment, actor=mo.user, reason="spam")
        with nothing_stored(), pytest.raises(Refused, match="erased already"):
            erase_branch(comment=comment, actor=mo.user, reason="spam")


class TestLocking:
    def test_a_thread_is_locked_at_its_top_and_unlocked(self, discussion, mo, nothing_stored):
        top = make_comment(discussion)
        below = make_comment(discussion, parent=top)
        assert lock_thread(comment=below, actor=mo.user) == top
        top.refresh_from_db()
        assert top.locked_at
        with nothing_stored():
            lock_thread(comment=top, actor=mo.user)
        unlock_thread(comment=top, actor=mo.user)
        top.refresh_from_db()
        assert top.locked_at is None
        acts = ModerationEntry.objects.order_by("id").values_list("act", "comment")
        assert list(acts) == [("lock_thread", top.pk), ("unlock_thread", top.pk)]


class TestUndo:
    @pytest.mark.parametrize(
        ("state", "act", "more"),
        [
            (State.PUBLISHED, hide_comment, {"reason": "unkind"}),
            (State.PUBLISHED, mark_spam, {}),
            (State.PENDING, publish_comment, {}),
            (State.PENDING, reject_comment, {"reason": "spam"}),
        ],
    )
    def test_the_comment_stands_as_before(self, discussion, mo, ed, state, act, more):
        comment = make_comment(discussion, state=state)
        Comment.objects.filter(state=State.PENDING).update(
            held_reason="word", held_detail="cowslip", published_at=None
        )
        comment.refresh_from_db()
        act(comment=comment, actor=mo.user, **more)
        entry = last_entry()
        back = undo(entry=entry, actor=ed.user)
        fields = ("state", "reason", "held_reason", "held_detail", "published_at")
        assert [getattr(back, f) for f in fields] == [getattr(comment, f) for f in fields]
        undone = last_entry()
        assert (undone.act, undone.actor, undone.undoes) == ("undo", ed.user, entry)
        assert differences() == []

    def test_a_reason_comes_back_with_the_state(self, discussion, mo):
        comment = hide_comment(comment=make_comment(discussion), actor=mo.user, reason="spoiler")
        publish_comment(comment=comment, actor=mo.user)
        back = undo(entry=last_entry(), actor=mo.user)
        assert (back.state, back.reason) == (State.HIDDEN, "spoiler")

    def test_the_reports_it_decided_are_open_again(self, discussion, mo):
        comment = reported(make_comment(discussion))
        keep_comment(comment=comment, actor=mo.user)
        kept = last_entry()
        back = undo(entry=kept, actor=mo.user)
        assert back.report_count == 2
        assert {report.is_upheld for report in comment.reports.all()} == {None}
        assert differences() == []

    def test_what_was_decided_before_stays_decided(self, discussion, mo):
        comment = reported(make_comment(discussion), 3)
        keep_comment(comment=comment, actor=mo.user)
        reported(comment, 2)
        hide_comment(comment=comment, actor=mo.user, reason="unkind")
        assert undo(entry=last_entry(), actor=mo.user).report_count == 2

    def test_trust_that_was_given_by_a_slip_goes_with_it(self, discussion, mo):
        comment = make_comment(discussion, state=State.PENDING)
        Comment.objects.update(published_at=None)
        publish_comment(comment=comment, actor=mo.user)
        assert approvals(comment.reader) == 1
        undo(entry=last_entry(), actor=mo.user)
        assert approvals(comment.reader) == 0

    def test_ten_minutes_later_it_stands(self, discussion, mo, nothing_stored):
        comment = make_comment(discussion)
        with travel(NOON, tick=False) as clock:
            hide_comment(comment=comment, actor=mo.user, reason="unkind")
            entry = last_entry()
            clock.shift(timedelta(minutes=10))
            with nothing_stored(), pytest.raises(Refused, match="no longer be taken back"):
                undo(entry=entry, actor=mo.user)
            clock.shift(timedelta(seconds=-1))
            assert undo(entry=entry, actor=mo.user).state == State.PUBLISHED

    def test_only_the_latest_decision_is_taken_back_and_once(
        self, discussion, mo, ed, nothing_stored
    ):
        comment = hide_comment(comment=make_comment(discussion), actor=mo.user, reason="unkind")
        first = last_entry()
        mark_spam(comment=comment, actor=ed.user)
        second = last_entry()
        with nothing_stored(), pytest.raises(Refused):
            undo(entry=first, actor=mo.user)
        undo(entry=second, actor=mo.user)
        for entry in (first, second, last_entry()):
            with nothing_stored(), pytest.raises(Refused):
                undo(entry=entry, actor=mo.user)

    def test_what_does_not_change_a_state_is_not_in_the_way(self, discussion, mo):
        comment = hide_comment(comment=make_comment(discussion), actor=mo.user, reason="unkind")
        entry = last_entry()
        lock_thread(comment=comment, actor=mo.user)
        assert undo(entry=entry, actor=mo.user).state == State.PUBLISHED

    def test_what_its_author_has_deleted_meanwhile_stays_deleted(
        self, discussion, mo, nothing_stored
    ):
        comment = make_comment(discussion, state=State.PENDING)
        publish_comment(comment=comment, actor=mo.user)
        entry = last_entry()
        withdraw_comment(comment=comment, reader=comment.reader)
        with nothing_stored(), pytest.raises(Refused):
            undo(entry=entry, actor=mo.user)

    def test_an_erased_comment_does_not_come_back(self, discussion, mo, nothing_stored):
        erase_comment(comment=make_comment(discussion), actor=mo.user, reason="illegal")
        with nothing_stored(), pytest.raises(Refused):
            undo(entry=last_entry(), actor=mo.user)


def test_what_leaves_the_page_is_nobodys_pick(discussion, mo, ed):
    comment = make_comment(discussion)
    pick_comment(comment=comment, actor=ed.user, pinned=True)
    hide_comment(comment=comment, actor=mo.user, reason="unkind")
    assert not Pick.objects.exists()
