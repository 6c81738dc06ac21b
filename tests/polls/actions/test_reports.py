"""Readers report: once each, five hold a comment, and a moderator's word stands."""

import pytest

from polls.actions.comments import edit_comment
from polls.actions.moderation import keep_comment, publish_comment, undo
from polls.actions.recount import differences, repair
from polls.actions.reports import report_comment
from polls.actions.sanctions import block_reader
from polls.errors import NotAllowed, Refused, TooSoon
from polls.models import Comment, LimitCount, ModerationEntry, Reader, Report
from polls.queries.comments import total
from polls.rules.limits import REPORTS, REPORTS_OF_ADDRESS
from tests.factories import make_comment, make_reader, make_readers

pytestmark = pytest.mark.django_db
State = Comment.State


def report(comment, reader=None, reason="unkind", **more):
    return report_comment(comment=comment, reader=reader or make_reader(), reason=reason, **more)


def by(comment, how_many):
    """The comment after so many readers have reported it."""
    for reader in make_readers(how_many):
        report(comment, reader)
    comment.refresh_from_db()
    return comment


def test_a_report_is_stored_and_counted(comment):
    made = report(comment, reason="spoiler", note="  The end\nis told. ")
    assert (made.reason, made.note, made.decided_at) == ("spoiler", "The end is told.", None)
    comment.refresh_from_db()
    assert (comment.state, comment.report_count) == (State.PUBLISHED, 1)
    assert differences() == []


def test_a_first_act_may_be_a_report(comment):
    reader = Reader()
    report(comment, reader)
    assert Report.objects.get().reader == reader


def test_the_same_reader_reports_once(comment, nothing_stored):
    reader = make_reader()
    first = report(comment, reader)
    with nothing_stored():
        assert report(comment, reader, reason="spam") == first


def test_five_readers_hold_a_comment_and_the_log_says_so(discussion, comment):
    assert by(comment, 4).state == State.PUBLISHED
    comment = by(comment, 1)
    assert (comment.state, comment.held_reason) == (State.PENDING, "reports")
    assert comment.report_count == 5
    assert total(discussion) == 0
    entry = ModerationEntry.objects.get()
    assert (entry.act, entry.actor, entry.reason) == ("hold_comment", None, "reports")
    assert entry.state_before == "published"
    assert differences() == []


def test_the_staffs_comments_are_held_too(discussion, mo):
    comment = make_comment(discussion, make_reader(user=mo.user))
    assert by(comment, 5).state == State.PENDING


@pytest.mark.parametrize("decide", [keep_comment, publish_comment])
def test_what_a_moderator_has_kept_takes_five_new_ones(comment, mo, decide):
    comment = by(comment, 4 if decide is keep_comment else 5)
    decide(comment=comment, actor=mo.user)
    assert by(comment, 4).state == State.PUBLISHED
    assert by(comment, 1).state == State.PENDING
    assert differences() == []


def test_what_is_open_again_holds_together_with_what_came_meanwhile(discussion, comment, mo):
    keep_comment(comment=by(comment, 3), actor=mo.user)
    kept = ModerationEntry.objects.get()
    by(comment, 2)
    back = undo(entry=kept, actor=mo.user)
    assert (back.state, back.held_reason, back.report_count) == (State.PENDING, "reports", 5)
    assert ModerationEntry.objects.latest("pk").act == "hold_comment"
    assert total(discussion) == 0
    assert differences() == []


def test_the_same_readers_do_not_report_again_what_was_kept(comment, mo, nothing_stored):
    readers = make_readers(4)
    for reader in readers:
        report(comment, reader)
    keep_comment(comment=comment, actor=mo.user)
    with nothing_stored():
        for reader in readers:
            report(comment, reader)


def test_an_edit_does_not_free_what_readers_reported(comment):
    comment = by(comment, 5)
    edited = edit_comment(comment=comment, reader=comment.reader, body="Kinder words.")
    assert (edited.state, edited.held_reason) == (State.PENDING, "reports")


def test_nobody_reports_themselves(comment, nothing_stored):
    with nothing_stored(), pytest.raises(NotAllowed, match="your own"):
        report(comment, comment.reader)


@pytest.mark.parametrize("state", [State.PENDING, State.HIDDEN, State.REJECTED, State.SPAM])
def test_what_is_not_on_the_page_is_not_reported(discussion, state, nothing_stored):
    comment = make_comment(discussion)
    Comment.objects.update(state=state)
    reader = make_reader()
    with nothing_stored(), pytest.raises(NotAllowed, match="not on the page"):
        report(comment, reader)


@pytest.mark.parametrize("reason", ["", "boring", "unkind "])
def test_only_a_reason_of_the_rules_is_one(comment, reason, nothing_stored):
    with nothing_stored(), pytest.raises(Refused) as refusal:
        report(comment, Reader(), reason)
    assert refusal.value.field == "reason"


def test_a_note_is_a_line_of_three_hundred(comment, nothing_stored):
    with nothing_stored(), pytest.raises(Refused) as refusal:
        report(comment, Reader(), note="x" * 301)
    assert refusal.value.field == "note"


def test_twenty_a_day(discussion, nothing_stored):
    reader = make_reader()
    report(make_comment(discussion), reader)
    spent = LimitCount.objects.filter(key__startswith=f"{REPORTS.name}:")
    spent.update(count=REPORTS.count)
    another = make_comment(discussion)
    with nothing_stored(), pytest.raises(TooSoon):
        report(another, reader)


class TestOnePlace:
    """Five readers who are all in one place are one."""

    HOME = "203.0.113.9"

    def echoes(self, comment):
        return list(comment.reports.order_by("pk").values_list("is_echo", flat=True))

    def test_they_are_shown_and_do_not_hold(self, comment):
        for _ in range(6):
            report(comment, address=self.HOME)
        comment.refresh_from_db()
        assert (comment.state, comment.report_count) == (State.PUBLISHED, 6)
        assert self.echoes(comment) == [False] + [True] * 5
        assert differences() == []

    def test_four_more_from_elsewhere_hold_it(self, comment):
        for n in (9, 9, 9, 10, 11, 12):
            report(comment, address=f"203.0.113.{n}")
        comment.refresh_from_db()
        assert comment.state == State.PUBLISHED
        report(comment, address="203.0.113.13")
        comment.refresh_from_db()
        assert (comment.state, comment.held_reason) == (State.PENDING, "reports")
        assert comment.report_count == 7

    def test_one_place_may_report_many_comments(self, discussion):
        for other in (make_comment(discussion), make_comment(discussion)):
            report(other, address=self.HOME)
            assert self.echoes(other) == [False]

    def test_an_echo_stays_one_when_a_decision_is_taken_back(self, comment, mo):
        for _ in range(5):
            report(comment, address=self.HOME)
        keep_comment(comment=comment, actor=mo.user)
        undo(entry=ModerationEntry.objects.get(), actor=mo.user)
        assert by(comment, 3).state == State.PUBLISHED
        assert by(comment, 1).state == State.PENDING
        assert comment.report_count == 9
        assert differences() == []

    def test_after_a_moderators_word_the_place_is_still_one(self, comment, mo):
        report(comment, address=self.HOME)
        keep_comment(comment=comment, actor=mo.user)
        report(comment, address=self.HOME)
        assert self.echoes(comment) == [False, True]

    def test_a_refused_report_takes_nobodys_place(self, comment):
        Comment.objects.update(state=State.HIDDEN)
        with pytest.raises(NotAllowed):
            report(comment, address=self.HOME)
        Comment.objects.update(state=State.PUBLISHED)
        report(comment, address=self.HOME)
        assert self.echoes(comment) == [False]

    def test_sixty_a_day(self, discussion, nothing_stored):
        report(make_comment(discussion), address=self.HOME)
        spent = LimitCount.objects.filter(key__startswith=f"{REPORTS_OF_ADDRESS.name}:")
        assert spent.update(count=REPORTS_OF_ADDRESS.count) == 1
        another, reader = make_comment(discussion), make_reader()
        with nothing_stored(), pytest.raises(TooSoon) as refusal:
            report(another, reader, address=self.HOME)
        assert refusal.value.retry_after > 0
        report(another, reader, address="203.0.113.10")


def test_a_blocked_reader_reports_nothing(comment, mo, nothing_stored):
    reader = make_reader()
    block_reader(reader=reader, actor=mo.user, reason="spam")
    with nothing_stored(), pytest.raises(NotAllowed):
        report(comment, reader)


def test_a_wrong_number_is_found_and_set_right(discussion, mo):
    """Also where a comment says that nobody has reported it."""
    wrong, silent = by(make_comment(discussion), 2), by(make_comment(discussion), 3)
    fine = by(make_comment(discussion), 1)
    Comment.objects.filter(pk=wrong.pk).update(report_count=7)
    Comment.objects.filter(pk=silent.pk).update(report_count=0)
    told = [str(difference) for difference in differences()]
    assert told == [
        f"Reports of comment {wrong.pk}: 7 shown, 2 by its rows",
        f"Reports of comment {silent.pk}: 0 shown, 3 by its rows",
    ]
    repair()
    counts = dict(Comment.objects.values_list("pk", "report_count"))
    assert [counts[row.pk] for row in (wrong, silent, fine)] == [2, 3, 1]
    assert differences() == []
