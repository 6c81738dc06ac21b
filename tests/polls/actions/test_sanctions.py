"""A moderator warns, suspends and blocks a reader, and has them read first."""

from datetime import UTC, datetime, timedelta

import pytest
from time_machine import travel

from polls.actions.readers import acknowledge_warning
from polls.actions.recount import differences
from polls.actions.sanctions import (
    block_reader,
    lift_suspension,
    set_read_first,
    suspend_reader,
    unblock_reader,
    warn_reader,
)
from polls.actions.topics import merge_topics, vote_topic
from polls.errors import NotAllowed, Refused
from polls.models import Ballot, BallotTally, ModerationEntry, Reader, Topic
from tests.factories import (
    answer,
    make_reader,
    make_topic,
    vote,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)


def test_blocking_keeps_what_was_said_and_logs_why(discussion, comment, mo):
    reader = comment.reader
    block_reader(reader=reader, actor=mo.user, reason="spam")
    reader.refresh_from_db()
    assert reader.blocked_at
    comment.refresh_from_db()
    assert comment.state == "published"
    entry = ModerationEntry.objects.get()
    assert (entry.actor, entry.act, entry.reader, entry.reason) == (
        mo.user,
        "block_reader",
        reader,
        "spam (answers and votes left in the counts)",
    )


def test_a_reader_who_is_let_in_again_can_act(discussion, mo):
    reader = make_reader()
    block_reader(reader=reader, actor=mo.user, reason="spam")
    unblock_reader(reader=reader, actor=mo.user)
    assert answer(discussion, reader, "sad")
    assert ModerationEntry.objects.count() == 2


class TestBlocking:
    """A reader who answered, voted for a comment and wanted a topic."""

    @pytest.fixture
    def reader(self, discussion, comment):
        reader, topic = make_reader("Sam"), make_topic("a heist story", votes=3)
        answer(discussion, reader, "sad", stage="before")
        answer(discussion, reader, "enraged")
        answer(discussion, reader, "try", question="intent")
        vote(comment, reader, "good")
        vote_topic(topic=topic, reader=reader, wanted=True)
        return reader

    @staticmethod
    def counted(comment):
        comment.refresh_from_db()
        votes = Topic.objects.get(title="a heist story").vote_count
        return BallotTally.objects.total(), comment.good_count, votes

    @pytest.mark.parametrize(
        ("votes", "left"), [("keep", (3, 1, 4)), ("hold", (0, 0, 3)), ("withdraw", (0, 0, 3))]
    )
    def test_what_becomes_of_the_votes_is_the_moderators_choice(
        self, reader, comment, mo, votes, left
    ):
        assert self.counted(comment) == (3, 1, 4)
        block_reader(reader=reader, actor=mo.user, reason="spam", votes=votes)
        assert self.counted(comment) == left
        assert differences() == []

    @pytest.mark.parametrize(
        ("votes", "back"), [("keep", (3, 1, 4)), ("hold", (3, 1, 4)), ("withdraw", (0, 0, 3))]
    )
    def test_what_was_held_counts_again_with_the_reader(self, reader, comment, mo, votes, back):
        block_reader(reader=reader, actor=mo.user, reason="spam", votes=votes)
        unblock_reader(reader=reader, actor=mo.user)
        assert self.counted(comment) == back
        assert differences() == []

    def test_holding_twice_and_then_withdrawing_counts_nothing_twice(self, reader, comment, mo):
        for votes in ("hold", "hold", "withdraw", "withdraw"):
            block_reader(reader=reader, actor=mo.user, reason="spam", votes=votes)
        assert self.counted(comment) == (0, 0, 3)
        assert not Ballot.objects.filter(choice__isnull=False).exists()
        assert differences() == []

    def test_topics_that_are_merged_meanwhile_count_no_held_vote(self, reader, mo):
        block_reader(reader=reader, actor=mo.user, reason="spam", votes="hold")
        source, target = Topic.objects.get(), make_topic("heist")
        merge_topics(source=source, target=target, actor=mo.user)
        assert differences() == []
        unblock_reader(reader=reader, actor=mo.user)
        target.refresh_from_db()
        assert target.vote_count == 5
        assert differences() == []

    @pytest.mark.parametrize(
        ("votes", "told"),
        [
            ("keep", "left in the counts"),
            ("hold", "set aside until the block ends"),
            ("withdraw", "withdrawn for good"),
        ],
    )
    def test_the_log_says_what_became_of_the_votes(self, reader, mo, votes, told):
        block_reader(reader=reader, actor=mo.user, reason="x" * 200, votes=votes)
        assert ModerationEntry.objects.first().reason == f"{'x' * 200} (answers and votes {told})"

    def test_the_row_that_was_given_says_so(self, reader, mo):
        block_reader(reader=reader, actor=mo.user, reason=" spam \n again ")
        assert reader.blocked_reason == "spam again"

    @pytest.mark.parametrize(("reason", "votes"), [("", "keep"), ("x" * 201, "keep"), ("spam", "")])
    def test_without_a_reason_or_a_choice_nobody_is_blocked(
        self, reader, mo, reason, votes, nothing_stored
    ):
        with nothing_stored(), pytest.raises(Refused):
            block_reader(reader=reader, actor=mo.user, reason=reason, votes=votes)


@pytest.mark.parametrize(
    "act",
    [
        lambda **who: block_reader(reason="spam", **who),
        lambda **who: suspend_reader(days=3, reason="spam", **who),
        lambda **who: warn_reader(text="Be kind.", **who),
        lambda **who: set_read_first(on=True, **who),
    ],
)
def test_nobody_on_the_staff_is_judged_here(mo, ed, act, nothing_stored):
    staff = make_reader(user=ed.user)
    with nothing_stored(), pytest.raises(Refused, match="staff"):
        act(reader=staff, actor=mo.user)


class TestSuspending:
    def test_a_suspended_reader_is_told_until_when_and_then_acts_again(self, discussion, mo):
        reader = make_reader()
        with travel(NOON, tick=False) as clock:
            suspend_reader(reader=reader, actor=mo.user, days=3, reason="Rude {twice}.")
            with pytest.raises(NotAllowed) as refusal:
                answer(discussion, reader, "sad")
            told = "A moderator has suspended you here until 6 May 2026, 12:00: Rude {twice}."
            assert refusal.value.message == told
            clock.shift(timedelta(days=3))
            assert answer(discussion, reader, "sad")
        entry = ModerationEntry.objects.get()
        told = (entry.act, entry.reader, entry.reason)
        assert told == ("suspend_reader", reader, "3 days: Rude {twice}.")

    def test_one_from_before_reasons_were_kept_says_until_when(self, discussion):
        reader = make_reader()
        with travel(NOON, tick=False):
            Reader.objects.update(suspended_until=NOON + timedelta(days=3))
            with pytest.raises(NotAllowed) as refusal:
                answer(discussion, reader, "sad")
        told = "A moderator has suspended you here until 6 May 2026, 12:00."
        assert refusal.value.message == told

    def test_it_can_be_lifted_once(self, discussion, mo, nothing_stored):
        reader = make_reader()
        suspend_reader(reader=reader, actor=mo.user, days=3, reason="spam")
        lift_suspension(reader=reader, actor=mo.user)
        assert reader.suspended_reason == ""
        assert answer(discussion, reader, "sad")
        assert ModerationEntry.objects.first().act == "lift_suspension"
        with nothing_stored():
            lift_suspension(reader=reader, actor=mo.user)

    @pytest.mark.parametrize("days", [0, -1, 366])
    def test_for_a_day_to_a_year(self, mo, days, nothing_stored):
        reader = make_reader()
        with nothing_stored(), pytest.raises(Refused, match="between 1 and 365"):
            suspend_reader(reader=reader, actor=mo.user, days=days, reason="spam")


def test_a_warning_stands_until_it_is_read(mo):
    reader = make_reader()
    warn_reader(reader=reader, actor=mo.user, text=" Please be\nkinder. ")
    assert Reader.objects.get(pk=reader.pk).warning == "Please be kinder."
    entry = ModerationEntry.objects.get()
    assert (entry.act, entry.reason) == ("warn_reader", "Please be kinder.")
    acknowledge_warning(reader=reader, text="Please be kinder.")
    assert Reader.objects.get(pk=reader.pk).warning == ""


def test_who_is_blocked_reads_the_warning_too(mo):
    reader = make_reader()
    warn_reader(reader=reader, actor=mo.user, text="Be kind.")
    block_reader(reader=reader, actor=mo.user, reason="spam")
    acknowledge_warning(reader=reader, text="Be kind.")
    assert Reader.objects.get(pk=reader.pk).warning == ""


def test_who_never_acted_has_nothing_to_read(db, nothing_stored):
    with nothing_stored():
        acknowledge_warning(reader=Reader(), text="Be kind.")


@pytest.mark.parametrize("read", ["Be kind.", "", "Be kinder", "\0"])
def test_a_warning_that_was_not_read_stays(mo, read, nothing_stored):
    reader = make_reader()
    for text in ("Be kind.", "Be kinder."):
        warn_reader(reader=reader, actor=mo.user, text=text)
    with nothing_stored():
        acknowledge_warning(reader=reader, text=read)
    assert reader.warning == "Be kinder."


def test_reading_somebody_first_is_switched_on_and_off(mo, nothing_stored):
    reader = make_reader()
    set_read_first(reader=reader, actor=mo.user, on=True)
    assert reader.is_read_first
    with nothing_stored():
        set_read_first(reader=reader, actor=mo.user, on=True)
    set_read_first(reader=reader, actor=mo.user, on=False)
    acts = ModerationEntry.objects.order_by("id").values_list("act", flat=True)
    assert list(acts) == ["read_first", "stop_read_first"]


class TestTheSameActSentTwice:
    """A moderator's double click, or a form sent again after its answer was lost."""

    ACTS = {
        "warn": (warn_reader, {"text": "Be kind."}),
        "suspend": (suspend_reader, {"days": 7, "reason": "Spam."}),
        "block": (block_reader, {"reason": "Spam.", "votes": "hold"}),
        "read first": (set_read_first, {"on": True}),
    }

    @pytest.mark.parametrize("act", ACTS)
    def test_changes_nothing(self, act, mo, nothing_stored):
        reader = make_reader("Ann")
        run, facts = self.ACTS[act]
        run(reader=reader, actor=mo.user, **facts)
        assert ModerationEntry.objects.filter(reader=reader).count() == 1
        run(reader=reader, actor=mo.user, **facts)
        assert ModerationEntry.objects.filter(reader=reader).count() == 1

    def test_a_minute_later_it_is_meant(self, mo):
        reader = make_reader("Ann")
        with travel(NOON, tick=False):
            warn_reader(reader=reader, actor=mo.user, text="Be kind.")
        with travel(NOON + timedelta(minutes=1), tick=False):
            warn_reader(reader=reader, actor=mo.user, text="Be kind.")
        assert ModerationEntry.objects.filter(reader=reader).count() == 2

    def test_who_is_not_blocked_needs_no_unblocking(self, mo, nothing_stored):
        reader = make_reader("Ann")
        with nothing_stored():
            unblock_reader(reader=reader, actor=mo.user)
