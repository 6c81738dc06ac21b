"""Bursts from the alarm to the judgment and back: what is counted, shown and logged."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from polls.actions import bursts as actions
from polls.actions.bursts import (
    detect,
    exclude_burst,
    forget_burst_sources,
    quarantine_burst,
    release_burst,
    undo_burst,
)
from polls.actions.recount import differences, repair
from polls.actions.sanctions import block_reader, unblock_reader
from polls.errors import Refused
from polls.models import Ballot, Burst, Comment, CommentVote, Discussion, ModerationEntry, Reader
from polls.queries.crosstabs import by_camp
from polls.queries.votes import badge_line
from polls.rules.bursts import ALIKE, MIX, SOURCE, VOLUME
from tests import factories
from tests.bursting import brigade, past, past_votes, strangers, the_burst, vote_brigade

pytestmark = pytest.mark.django_db

State = Burst.State
HONEST = {"enraged": 50, "sad": 30, "happy": 20}


@pytest.fixture
def page(discussion: Discussion) -> Discussion:
    """A hundred readers have answered within the last days."""
    past(discussion, **HONEST)
    return discussion


@pytest.fixture
def watched(page: Discussion) -> Burst:
    """Fourteen from many places say "None of these": noticed, but not set aside."""
    strangers(page, none=14)
    detect()
    return the_burst()


@pytest.fixture
def quarantined(page: Discussion) -> Burst:
    """Forty from one network say "happy": everything fires."""
    brigade(page, 40)
    detect()
    return the_burst()


@pytest.fixture(autouse=True)
def _every_count_is_proved(db: None):
    yield
    assert differences() == []


def counts(discussion: Discussion) -> dict[str, int]:
    """What the headline counts."""
    reaction = factories.question_of(discussion)
    return {
        choice.key: choice.tallies.filter(stage="after").total()
        for choice in reaction.choices.all()
        if choice.tallies.filter(stage="after").total()
    }


def acts() -> list[str]:
    return list(ModerationEntry.objects.order_by("pk").values_list("act", flat=True))


class TestAlarm:
    def test_a_page_as_usual_is_left_alone(self, page):
        factories.answers(page, enraged=3, sad=2, happy=2)
        detect()
        assert not Burst.objects.exists()
        assert acts() == []

    def test_ten_are_left_alone(self, page):
        brigade(page, 10)
        detect()
        assert not Burst.objects.exists()

    def test_many_readers_as_mixed_as_ever_are_left_alone(self, page):
        strangers(page, enraged=15, sad=9, happy=6)
        detect()
        assert not Burst.objects.exists()

    def test_volume_and_mix_are_watched_and_counted(self, page, watched):
        assert watched.state == State.WATCHED
        assert watched.signals == [VOLUME, MIX]
        assert watched.ballots.count() == 14
        assert counts(page) == HONEST | {"none": 14}
        assert acts() == ["watch_burst"]

    def test_volume_mix_and_source_are_set_aside_for_a_day_at_most(self, page, quarantined):
        assert quarantined.signals == [VOLUME, MIX, SOURCE]
        assert quarantined.state == State.QUARANTINED
        assert counts(page) == HONEST
        assert quarantined.ballots.count() == 40
        assert quarantined.aside_until - timezone.now() <= timedelta(hours=24)
        assert acts() == ["watch_burst", "quarantine_burst"]

    def test_who_came_from_elsewhere_in_the_same_hour_is_counted(self, page):
        brigade(page, 40)
        factories.answers(page, happy=3, sad=2)
        detect()
        assert counts(page) == {"enraged": 50, "sad": 32, "happy": 23}

    def test_the_numbers_behind_it_are_kept_without_any_source(self, quarantined):
        facts = quarantined.facts
        assert facts["came"] == 40
        assert facts["source"] == [40, 40]
        assert sum(facts["before"].values()) == 100
        assert quarantined.source not in str(facts)

    def test_a_second_look_finds_nothing_new(self, quarantined, nothing_stored):
        with nothing_stored():
            detect()

    def test_the_answers_before_reading_make_no_burst(self, page):
        question = factories.question_of(page)
        for reader in factories.make_readers(40):
            factories.answer(page, reader, "happy", stage="before", address="192.0.2.1")
        detect()
        assert not question.bursts.exists()

    def test_it_asks_as_often_for_a_crowd_as_for_nobody(self, page, django_assert_max_num_queries):
        with django_assert_max_num_queries(12):
            detect()
        strangers(page, enraged=15, sad=9, happy=6)
        with django_assert_max_num_queries(18):
            detect()

    def test_what_it_takes_in_is_looked_for_once(self, page, queries_of):
        """Each of many stretches would else look at all of them, the writers waiting behind it."""
        brigade(page, 40)
        asked = queries_of(detect)
        joined = [sql for sql in asked if sql.startswith('UPDATE "polls_ballot" SET "burst_id"')]
        assert joined
        assert not any("SELECT" in sql for sql in joined)


class TestWhileItLasts:
    def test_what_comes_of_it_joins_it(self, page, quarantined):
        brigade(page, 5)
        factories.answers(page, sad=1)
        detect()
        assert quarantined.ballots.count() == 45
        assert counts(page) == HONEST | {"sad": 31}

    def test_a_watched_one_is_set_aside_once_everything_fires(self, page):
        for camp, heads in (("enraged", 6), ("sad", 4), ("happy", 2)):
            brigade(page, heads, camp)
        detect()
        assert the_burst().state == State.WATCHED
        assert the_burst().signals == [VOLUME, SOURCE]
        brigade(page, 30, "happy")
        detect()
        assert the_burst().state == State.QUARANTINED
        assert counts(page) == HONEST

    def test_when_a_source_shows_who_came_from_elsewhere_is_let_go(self, page, watched):
        brigade(page, 40, "none")
        detect()
        watched.refresh_from_db()
        assert watched.state == State.QUARANTINED
        assert watched.ballots.count() == 40
        assert counts(page) == HONEST | {"none": 14}

    def test_it_ends_when_no_more_comes_and_takes_nothing_in_any_more(self, page, quarantined):
        with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=False):
            detect()
            quarantined.refresh_from_db()
            assert quarantined.ended_at
            brigade(page, 5)
            detect()
        assert quarantined.ballots.count() == 40
        assert counts(page) == HONEST | {"happy": 25}

    def test_another_source_is_another_burst(self, page, quarantined):
        brigade(page, 40, network="198.18.7.{}")
        detect()
        first, second = Burst.objects.order_by("pk")
        assert first.ended_at
        assert second.ballots.count() == 40
        assert counts(page) == HONEST

    def test_after_a_day_without_a_person_it_is_counted_again_and_not_set_aside_twice(
        self, page, quarantined
    ):
        with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1), tick=False):
            detect()
            quarantined.refresh_from_db()
            assert quarantined.state == State.WATCHED
            assert counts(page) == HONEST | {"happy": 60}
            assert acts()[-1] == "count_burst_again"

    def test_what_a_person_has_confirmed_stays_aside(self, page, quarantined, mo):
        quarantine_burst(burst=quarantined, actor=mo.user, reason="unclear")
        with time_machine.travel(timezone.now() + timedelta(days=9), tick=False):
            detect()
        assert counts(page) == HONEST

    def test_a_watch_that_nobody_judges_ends_by_itself(self, watched):
        start = timezone.now()
        with time_machine.travel(start + timedelta(minutes=40), tick=False):
            detect()
        with time_machine.travel(start + timedelta(days=8), tick=False):
            detect()
        watched.refresh_from_db()
        assert watched.state == State.RELEASED

    def test_the_source_is_forgotten_with_those_of_the_answers(self, quarantined):
        forget_burst_sources()
        quarantined.refresh_from_db()
        assert quarantined.source
        with time_machine.travel(timezone.now() + timedelta(hours=49), tick=False):
            forget_burst_sources()
        quarantined.refresh_from_db()
        assert quarantined.source == ""

    def test_a_burst_that_lasts_ends_with_its_source_and_takes_nobody_else_in(
        self, page, quarantined
    ):
        with time_machine.travel(timezone.now() + timedelta(hours=49), tick=False):
            forget_burst_sources()
            factories.answers(page, happy=30)
            detect()
        quarantined.refresh_from_db()
        assert quarantined.ended_at
        assert quarantined.ballots.count() == 40


class TestReaders:
    """What readers do meanwhile stays theirs."""

    def test_an_answer_that_is_changed_stays_with_the_burst(self, page, quarantined):
        ballot = quarantined.ballots.first()
        factories.answer(page, ballot.reader, "sad")
        assert counts(page) == HONEST
        ballot.refresh_from_db()
        assert (ballot.choice.key, ballot.burst_id) == ("sad", quarantined.pk)

    def test_a_changed_answer_is_counted_as_it_is_when_the_burst_is_released(
        self, page, quarantined, mo
    ):
        factories.answer(page, quarantined.ballots.first().reader, "sad")
        release_burst(burst=quarantined, actor=mo.user, reason="community")
        assert counts(page) == {"enraged": 50, "sad": 31, "happy": 59}

    def test_a_withdrawn_answer_is_counted_nowhere_whatever_is_decided(self, page, quarantined, mo):
        reader = quarantined.ballots.first().reader
        factories.answer(page, reader, "")
        assert counts(page) == HONEST
        release_burst(burst=quarantined, actor=mo.user, reason="community")
        assert counts(page) == HONEST | {"happy": 59}
        factories.answer(page, reader, "enraged")
        assert counts(page) == {"enraged": 51, "sad": 30, "happy": 59}

    def test_a_block_that_holds_outlives_the_release_and_the_other_way_round(
        self, page, quarantined, mo
    ):
        reader = quarantined.ballots.first().reader
        block_reader(reader=reader, actor=mo.user, reason="spam", votes="hold")
        assert counts(page) == HONEST
        release_burst(burst=quarantined, actor=mo.user, reason="community")
        assert counts(page) == HONEST | {"happy": 59}
        exclude_burst(burst=quarantined, actor=mo.user, reason="one_hand")
        unblock_reader(reader=reader, actor=mo.user)
        assert counts(page) == HONEST
        release_burst(burst=quarantined, actor=mo.user, reason="community")
        assert counts(page) == HONEST | {"happy": 60}

    def test_answers_withdrawn_with_a_block_do_not_come_back(self, page, quarantined, mo):
        reader = quarantined.ballots.first().reader
        block_reader(reader=reader, actor=mo.user, reason="spam", votes="withdraw")
        release_burst(burst=quarantined, actor=mo.user, reason="community")
        assert counts(page) == HONEST | {"happy": 59}

    def test_nobody_is_blocked_warned_or_suspended(self, quarantined, mo):
        exclude_burst(burst=quarantined, actor=mo.user, reason="one_hand")
        assert not Reader.objects.exclude(
            blocked_at=None, suspended_until=None, warning="", is_read_first=False
        ).exists()
        assert Ballot.objects.filter(burst=quarantined, choice__isnull=False).count() == 40


class TestDecisions:
    DECISIONS = {
        State.QUARANTINED: quarantine_burst,
        State.RELEASED: release_burst,
        State.EXCLUDED: exclude_burst,
    }
    ASIDE = {State.QUARANTINED, State.EXCLUDED}

    def test_what_is_set_aside_is_in_no_table_by_camp(self, page, mo):
        for reader in brigade(page, 40):
            factories.answer(page, reader, "stay_away", question="intent")
        assert by_camp(page, "intent")["happy"] == {"stay_away": 60}
        detect()
        assert by_camp(page, "intent")["happy"] == {"stay_away": 20}
        for burst in Burst.objects.all():
            release_burst(burst=burst, actor=mo.user, reason="unclear")
        assert by_camp(page, "intent")["happy"] == {"stay_away": 60}

    @pytest.mark.parametrize("last", DECISIONS)
    @pytest.mark.parametrize("first", DECISIONS)
    def test_every_decision_can_follow_every_other(self, page, watched, mo, first, last):
        for state in (first, last):
            if watched.state != state:
                watched = self.DECISIONS[state](burst=watched, actor=mo.user, reason="unclear")
            extra = {} if state in self.ASIDE else {"none": 14}
            assert counts(page) == HONEST | extra
            assert differences() == []

    @pytest.mark.parametrize("decided", DECISIONS)
    def test_undo_leads_back_and_is_logged(self, page, quarantined, mo, decided):
        self.DECISIONS[decided](burst=quarantined, actor=mo.user, reason="unclear")
        undo_burst(burst=quarantined, actor=mo.user)
        quarantined.refresh_from_db()
        assert quarantined.state == State.QUARANTINED
        assert quarantined.decided_at is None
        assert counts(page) == HONEST
        assert acts()[-1] == "reopen_burst"

    def test_undo_leads_back_to_the_decision_before(self, quarantined, mo):
        release_burst(burst=quarantined, actor=mo.user, reason="community")
        exclude_burst(burst=quarantined, actor=mo.user, reason="one_hand")
        back = undo_burst(burst=quarantined, actor=mo.user)
        assert (back.state, back.reason, back.decided_by) == ("released", "community", mo.user)
        with pytest.raises(Refused, match="no longer"):
            undo_burst(burst=quarantined, actor=mo.user)

    def test_undo_is_for_ten_minutes_and_for_ones_own(self, quarantined, mo, ed):
        release_burst(burst=quarantined, actor=mo.user, reason="community")
        with pytest.raises(Refused, match="no longer"):
            undo_burst(burst=quarantined, actor=ed.user)
        later = timezone.now() + timedelta(minutes=10)
        with time_machine.travel(later, tick=False), pytest.raises(Refused, match="no longer"):
            undo_burst(burst=quarantined, actor=mo.user)
        with time_machine.travel(later, tick=False):  # but to decide anew is
            exclude_burst(burst=quarantined, actor=mo.user, reason="one_hand")

    def test_what_a_rule_did_is_not_a_moderators_to_undo(self, quarantined, mo):
        with pytest.raises(Refused):
            undo_burst(burst=quarantined, actor=mo.user)

    @pytest.mark.parametrize("reason", ["", "because", "spam"])
    def test_it_needs_a_reason_of_the_rules(self, page, quarantined, mo, reason):
        with pytest.raises(Refused, match="reason"):
            release_burst(burst=quarantined, actor=mo.user, reason=reason)
        assert counts(page) == HONEST

    def test_who_is_second_is_told(self, quarantined, mo, ed):
        release_burst(burst=quarantined, actor=mo.user, reason="community", seen="quarantined")
        for late in (release_burst, exclude_burst):
            with pytest.raises(Refused, match="decided this already"):
                late(burst=quarantined, actor=ed.user, reason="one_hand", seen="quarantined")

    def test_the_log_says_who_and_why(self, quarantined, mo):
        exclude_burst(burst=quarantined, actor=mo.user, reason="called_for")
        entry = ModerationEntry.objects.latest("pk")
        assert (entry.act, entry.actor, entry.reason) == ("exclude_burst", mo.user, "called_for")
        assert entry.discussion == quarantined.discussion

    def test_what_comes_of_a_released_burst_is_counted(self, page, quarantined, mo):
        release_burst(burst=quarantined, actor=mo.user, reason="community")
        brigade(page, 30)
        detect()
        assert the_burst().state == State.RELEASED
        assert counts(page) == HONEST | {"happy": 90}

    def test_what_comes_after_an_exclusion_is_judged_anew(self, page, quarantined, mo):
        exclude_burst(burst=quarantined, actor=mo.user, reason="one_hand")
        brigade(page, 8)
        detect()
        assert counts(page) == HONEST | {"happy": 28}
        brigade(page, 30)
        detect()
        assert counts(page) == HONEST
        assert Burst.objects.count() == 2


class TestVotes:
    """Bursts of votes on a comment, and what they do to its badge."""

    VALUED = {"enraged": (9, 1), "sad": (9, 1), "happy": (2, 1)}

    @pytest.fixture
    def valued(self, comment: Comment) -> Comment:
        return past_votes(comment, **self.VALUED)

    @pytest.fixture
    def readers(self, page: Discussion, valued: Comment) -> list[Reader]:
        """Thirty happy readers who have answered long ago."""
        readers = brigade(page, 30, network="198.18.{}.9")
        Ballot.objects.filter(reader__in=readers).update(
            changed_at=timezone.now() - timedelta(days=2)
        )
        return readers

    def badge(self, comment: Comment) -> str:
        comment.refresh_from_db()
        labels = {camp: camp.capitalize() for camp in ("enraged", "sad", "happy")}
        line = badge_line(comment, timezone.now() + timedelta(hours=1), labels)
        return line.title if line else ""

    def test_a_brigade_against_a_comment_is_set_aside(self, valued, readers):
        vote_brigade(valued, readers, "not")
        detect()
        burst = the_burst()
        assert (burst.comment, burst.state) == (valued, State.QUARANTINED)
        valued.refresh_from_db()
        assert valued.votes_by_camp == self.VALUED
        assert self.badge(valued) == "Valued by enraged and sad"

    def test_its_badge_stays_while_it_is_watched(self, valued, readers, mo):
        vote_brigade(valued, readers, "not")
        CommentVote.objects.filter(reader__in=readers).update(source="")
        detect()
        burst = the_burst()
        assert burst.state == State.WATCHED
        assert self.badge(valued) == "Valued by enraged and sad"
        assert valued.happy_no == 31
        factories.vote(valued, readers[0], "good")
        assert self.badge(valued) == "Valued by enraged and sad"
        release_burst(burst=burst, actor=mo.user, reason="community")
        assert self.badge(valued) == "Splits the room"

    def test_a_badge_that_only_the_burst_earned_is_not_shown(self, comment, page, mo):
        past_votes(comment, enraged=(9, 1), sad=(1, 4), happy=(3, 3))
        readers = brigade(page, 30, network="198.18.{}.9")
        Ballot.objects.update(changed_at=timezone.now() - timedelta(days=2))
        vote_brigade(comment, readers)
        detect()
        assert the_burst().state == State.QUARANTINED
        assert self.badge(comment) == ""
        exclude_burst(burst=the_burst(), actor=mo.user, reason="one_hand")
        comment.refresh_from_db()
        assert comment.frozen_votes is None
        assert self.badge(comment) == ""

    @pytest.fixture
    def touched(self, page: Discussion, comment: Comment) -> Comment:
        """Four of fourteen happy readers from many places have voted on it."""
        past_votes(comment, enraged=(4, 1), sad=(9, 1))
        for reader in strangers(page, happy=14)[:4]:
            factories.vote(comment, reader, "good")
        detect()
        assert the_burst().state == State.WATCHED
        comment.refresh_from_db()
        assert comment.frozen_votes is not None
        return comment

    def test_when_a_source_shows_the_badges_of_who_is_let_go_are_free(self, page, touched):
        brigade(page, 40)
        detect()
        assert the_burst().state == State.QUARANTINED
        assert the_burst().votes.count() == 0
        touched.refresh_from_db()
        assert touched.frozen_votes is None

    def test_a_badge_frozen_by_who_stays_as_well_is_frozen_without_who_is_let_go(
        self, page, touched, mo
    ):
        reader = brigade(page, 40, "enraged")[0]
        factories.vote(touched, reader, "good")
        CommentVote.objects.filter(reader=reader).update(
            source=Ballot.objects.get(reader=reader).source
        )
        detect()
        burst = the_burst()
        assert burst.votes.count() == 1
        touched.refresh_from_db()
        assert touched.frozen_votes == {"enraged": [4, 1], "sad": [9, 1], "happy": [4, 0]}
        release_burst(burst=burst, actor=mo.user, reason="community")
        touched.refresh_from_db()
        assert touched.frozen_votes is None

    def test_a_badge_that_another_burst_froze_too_stays(self, page, touched):
        vote = touched.votes.filter(burst=the_burst()).first()
        other = Burst.objects.create(
            discussion=page, comment=touched, started_at=timezone.now(), ended_at=timezone.now()
        )
        CommentVote.objects.filter(pk=touched.votes.filter(burst=None).first().pk).update(
            burst=other
        )
        brigade(page, 40)
        detect()
        vote.refresh_from_db()
        touched.refresh_from_db()
        assert vote.burst is None
        assert touched.frozen_votes is not None

    def test_votes_of_a_doubted_reaction_are_in_doubt(self, page, comment):
        readers = brigade(page, 40)
        for reader in readers[:6]:
            factories.vote(comment, reader, "good")
        detect()
        comment.refresh_from_db()
        assert comment.good_count == 0
        for reader in readers[6:9]:
            factories.vote(comment, reader, "good")
        comment.refresh_from_db()
        assert (comment.good_count, comment.happy_yes) == (3, 0)
        detect()
        comment.refresh_from_db()
        assert comment.good_count == 0

    def test_ten_who_vote_alike_on_three_comments_are_watched(self, page):
        comments = factories.make_comments(page, 4)
        for reader in factories.make_readers(10):
            for comment in comments[:3]:
                factories.vote(comment, reader, "good")
        for reader in factories.make_readers(2):
            factories.vote(comments[0], reader, "not")
        CommentVote.objects.update(source="")
        detect()
        assert Burst.objects.count() == 3
        for burst in Burst.objects.all():
            assert burst.signals == [VOLUME, ALIKE]
            assert burst.state == State.WATCHED
            assert burst.votes.count() == 10

    def test_a_cover_vote_each_hides_nobody(self, page):
        targets = factories.make_comments(page, 3)
        for cover, reader in zip(
            factories.make_comments(page, 12), factories.make_readers(12), strict=True
        ):
            for comment in [*targets, cover]:
                factories.vote(comment, reader, "good")
        CommentVote.objects.update(source="")
        detect()
        assert set(Burst.objects.values_list("comment", "state")) == {
            (comment.pk, State.WATCHED) for comment in targets
        }
        assert {burst.votes.count() for burst in Burst.objects.all()} == {12}

    def test_a_vote_that_is_withdrawn_or_changed_meanwhile_is_counted_nowhere(
        self, valued, readers, mo
    ):
        vote_brigade(valued, readers, "not")
        detect()
        factories.vote(valued, readers[0], "")
        factories.vote(valued, readers[1], "good")
        valued.refresh_from_db()
        assert valued.votes_by_camp == self.VALUED
        release_burst(burst=the_burst(), actor=mo.user, reason="community")
        valued.refresh_from_db()
        assert valued.votes_by_camp["happy"] == (3, 29)


class TestProof:
    def test_an_answer_out_of_step_with_its_burst_is_found_and_set_right(self, page, quarantined):
        Ballot.objects.filter(pk=quarantined.ballots.first().pk).update(is_set_aside=False)
        Ballot.objects.filter(burst=None).update(is_set_aside=True)
        assert len(differences()) > 100
        repair()
        assert counts(page) == HONEST

    def test_a_badge_frozen_for_nothing_is_found_and_set_right(self, comment):
        Comment.objects.filter(pk=comment.pk).update(frozen_votes=comment.votes_by_camp)
        assert [str(found) for found in differences()] == [
            f"Comment {comment.pk}: its badge is frozen for nothing"
        ]
        repair()


def test_two_workers_do_each_thing_once(page, monkeypatch):
    """The second looks before the first has written, and comes to write after it."""
    brigade(page, 40)
    now = timezone.now()
    seen = actions.burst_traffic.seen(now)
    detect()
    monkeypatch.setattr(actions.burst_traffic, "seen", lambda _now: seen)
    detect()
    assert the_burst().ballots.count() == 40
    assert acts() == ["watch_burst", "quarantine_burst"]
    assert counts(page) == HONEST
