"""Good point, Not for me: one vote a reader, in the camp it was cast in, and counts that follow."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from time_machine import travel

from polls.actions._votes import drop_votes, hold_votes
from polls.actions.recount import differences
from polls.actions.votes import vote_comment
from polls.errors import Closed, NotAllowed, Refused, TooSoon
from polls.models import Comment, CommentVote, Discussion, Reader
from polls.models.questions import REACTION
from polls.rules import ranking
from polls.rules.voting import CAMPS
from tests.factories import answer, make_comment, make_comments, make_reader, unlimited, vote

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)


@pytest.fixture
def ann(discussion):
    """She is enraged."""
    return of_camp(discussion, "enraged", "Ann")


def of_camp(discussion, camp, name="Somebody"):
    """A reader who has reacted; no camp for none."""
    reader = make_reader(name)
    if camp:
        answer(discussion, reader, camp)
    return reader


def votes(comment, camp, yes=0, no=0):
    """So many votes of a camp, each by a reader of its own."""
    for said, how_many in (("good", yes), ("not", no)):
        for _ in range(how_many):
            vote(comment, of_camp(comment.discussion, camp), said)


def counts(comment):
    """(Good points, {camp: (yes, no)} of the camps that have voted)."""
    comment.refresh_from_db()
    given_ = {camp: side for camp, side in comment.votes_by_camp.items() if any(side)}
    return comment.good_count, given_


class TestVoting:
    def test_a_vote_counts_in_the_camp_of_its_reader(self, comment, ann):
        stored = vote(comment, ann, "good")
        assert stored.camp.key == "enraged"
        assert counts(comment) == (1, {"enraged": (1, 0)})
        assert comment.score == ranking.score(comment.votes_by_camp) > ranking.NEUTRAL

    def test_not_for_me_counts_there_too_but_not_in_the_number_that_is_shown(self, comment, ann):
        vote(comment, ann, "not")
        assert counts(comment) == (0, {"enraged": (0, 1)})
        assert comment.score < ranking.NEUTRAL

    def test_the_same_vote_again_changes_nothing(self, comment, ann):
        vote(comment, ann, "good")
        before = CommentVote.objects.values().get()
        vote(comment, ann, "good")
        assert counts(comment) == (1, {"enraged": (1, 0)})
        assert CommentVote.objects.values().get() == before

    def test_a_changed_vote_moves_one(self, comment, ann):
        vote(comment, ann, "good")
        vote(comment, ann, "not")
        assert counts(comment) == (0, {"enraged": (0, 1)})
        assert CommentVote.objects.count() == 1

    def test_a_withdrawn_vote_leaves_no_count(self, comment, ann):
        vote(comment, ann, "good")
        vote(comment, ann, "")
        assert counts(comment) == (0, {})
        assert comment.score == ranking.NEUTRAL

    def test_who_takes_back_what_they_never_said_leaves_no_trace(self, comment, nothing_stored):
        with nothing_stored():
            assert vote_comment(comment=comment, reader=Reader(), vote="") is None

    def test_a_first_act_stores_the_reader(self, comment):
        before = Reader.objects.count()
        vote_comment(comment=comment, reader=Reader(), vote="good")
        assert Reader.objects.count() == before + 1

    @pytest.mark.parametrize("camp", ["", "none"])
    def test_a_vote_without_a_camp_is_only_in_the_number_that_is_shown(
        self, discussion, comment, camp
    ):
        reader = of_camp(discussion, camp)
        vote(comment, reader, "good")
        assert counts(comment) == (1, {})
        assert comment.score == ranking.NEUTRAL
        vote(comment, reader, "not")
        assert counts(comment) == (0, {})

    def test_a_camp_that_an_editor_has_added_counts_like_none(self, discussion, comment):
        reaction = discussion.questions.get(key=REACTION)
        reaction.choices.create(key="puzzled", label="Puzzled", position=9)
        vote(comment, of_camp(discussion, "puzzled"), "good")
        assert counts(comment) == (1, {})
        assert differences() == []


class TestChangingCamp:
    def test_a_vote_stays_in_the_camp_it_was_cast_in(self, discussion, comment, ann):
        vote(comment, ann, "good")
        answer(discussion, ann, "happy")
        assert counts(comment) == (1, {"enraged": (1, 0)})
        vote(comment, ann, "good")  # the same again is no new vote
        assert counts(comment) == (1, {"enraged": (1, 0)})

    def test_a_changed_vote_takes_the_camp_of_now(self, discussion, comment, ann):
        vote(comment, ann, "good")
        answer(discussion, ann, "happy")
        vote(comment, ann, "not")
        assert counts(comment) == (0, {"happy": (0, 1)})

    def test_a_vote_given_anew_takes_the_camp_of_now(self, discussion, comment, ann):
        vote(comment, ann, "good")
        answer(discussion, ann, "")
        vote(comment, ann, "")
        vote(comment, ann, "good")
        assert counts(comment) == (1, {})

    def test_who_reacts_after_voting_has_voted_without_a_camp(self, discussion, comment):
        reader = make_reader()
        vote(comment, reader, "good")
        answer(discussion, reader, "sad")
        assert counts(comment) == (1, {})


def test_no_reaction_adds_weight_neither_the_voters_nor_the_authors(discussion):
    scores = set()
    for shown in ("", *CAMPS):
        for voting in CAMPS:
            comment = make_comment(discussion, of_camp(discussion, shown))
            vote(comment, of_camp(discussion, voting), "good")
            comment.refresh_from_db()
            scores.add(comment.score)
    assert scores == {ranking.score({"enraged": (1, 0), "sad": (0, 0), "happy": (0, 0)})}


class TestRefusing:
    @pytest.mark.parametrize("said", ["yes", "1", "GOOD", "good\0", " "])
    def test_anything_else(self, comment, said, nothing_stored):
        with nothing_stored(), pytest.raises(Refused, match="good or not"):
            vote_comment(comment=comment, reader=Reader(), vote=said)

    @pytest.mark.parametrize("said", ["good", "not", ""])
    def test_ones_own(self, discussion, ann, said, nothing_stored):
        mine = make_comment(discussion, ann)
        with nothing_stored(), pytest.raises(NotAllowed, match="of your own"):
            vote_comment(comment=mine, reader=ann, vote=said)

    @pytest.mark.parametrize("state", [s for s in Comment.State if s != Comment.State.PUBLISHED])
    def test_what_is_not_shown_but_a_vote_can_be_taken_back(self, comment, ann, state):
        vote(comment, ann, "good")
        Comment.objects.update(state=state)
        with pytest.raises(NotAllowed, match="not shown"):
            vote(comment, ann, "not")
        vote(comment, ann, "")
        assert counts(comment) == (0, {})

    def test_a_closed_discussion_but_a_vote_can_be_taken_back(self, comment, ann):
        vote(comment, ann, "good")
        Discussion.objects.update(state=Discussion.State.READ_ONLY)
        for said in ("good", "not"):
            with pytest.raises(Closed):
                vote(comment, ann, said)
        vote(comment, ann, "")
        assert counts(comment) == (0, {})

    def test_a_discussion_whose_comments_are_read_first_takes_votes(self, comment, ann):
        Discussion.objects.update(state=Discussion.State.READ_FIRST)
        vote(comment, ann, "good")
        assert counts(comment)[0] == 1

    def test_a_blocked_reader(self, comment, ann, nothing_stored):
        Reader.objects.filter(pk=ann.pk).update(blocked_at=NOON, blocked_reason="Brigading")
        with nothing_stored(), pytest.raises(NotAllowed, match="Brigading"):
            vote_comment(comment=comment, reader=ann, vote="good")

    @travel(NOON, tick=False)
    def test_more_than_thirty_a_minute(self, discussion, ann):
        for comment in make_comments(discussion, 30):
            vote_comment(comment=comment, reader=ann, vote="good")
        (late,) = make_comments(discussion, 1)
        with pytest.raises(TooSoon) as refusal:
            vote_comment(comment=late, reader=ann, vote="good")
        assert refusal.value.retry_after == 60
        assert counts(late) == (0, {})


class TestOwnRate:
    def test_it_is_the_rate_in_the_camp_that_stands_with_the_comment(self, discussion):
        comment = make_comment(discussion, of_camp(discussion, "sad"))
        votes(comment, "enraged", no=3)
        comment.refresh_from_db()
        assert comment.own_rate == ranking.NEUTRAL
        votes(comment, "sad", yes=2, no=1)
        comment.refresh_from_db()
        assert comment.own_rate == ranking.rate(2, 1) == 0.6

    def test_without_a_camp_it_is_neutral(self, comment):
        votes(comment, "sad", yes=2)
        comment.refresh_from_db()
        assert comment.own_rate == ranking.NEUTRAL


class TestBadgeSince:
    def since(self, comment):
        comment.refresh_from_db()
        return comment.badge_since

    def test_it_is_the_moment_that_kind_of_badge_was_earned(self, comment):
        with travel(NOON, tick=False):
            votes(comment, "enraged", yes=5)
            votes(comment, "sad", yes=4)
            assert self.since(comment) is None
            votes(comment, "sad", yes=1)
            assert self.since(comment) == NOON
        with travel(NOON + timedelta(minutes=1), tick=False):
            votes(comment, "happy", yes=5)  # a third camp: the same kind
            assert self.since(comment) == NOON
        later = NOON + timedelta(minutes=2)
        with travel(later, tick=False):
            votes(comment, "happy", no=4)
            assert self.since(comment) == NOON
            votes(comment, "happy", no=11)
            assert self.since(comment) == later

    def test_it_goes_with_the_badge(self, discussion, comment):
        votes(comment, "enraged", yes=5)
        votes(comment, "sad", yes=4)
        sam = of_camp(discussion, "sad", "Sam")
        vote(comment, sam, "good")
        assert self.since(comment)
        vote(comment, sam, "")
        assert self.since(comment) is None


class TestHolding:
    def test_held_votes_count_for_nothing_until_they_are_let_go(self, discussion, ann):
        first, second = make_comments(discussion, 2)
        vote(first, ann, "good")
        vote(second, ann, "not")
        vote(second, of_camp(discussion, "sad"), "good")
        with transaction.atomic():
            hold_votes(ann, True)
        assert counts(first) == (0, {})
        assert counts(second) == (1, {"sad": (1, 0)})
        assert differences() == []
        with transaction.atomic():
            hold_votes(ann, True)  # again
        assert counts(second) == (1, {"sad": (1, 0)})
        with transaction.atomic():
            hold_votes(ann, False)
        assert counts(first) == (1, {"enraged": (1, 0)})
        assert counts(second) == (1, {"enraged": (0, 1), "sad": (1, 0)})

    def test_a_held_vote_stays_held_whatever_its_reader_says(self, comment, ann):
        vote(comment, ann, "good")
        with transaction.atomic():
            hold_votes(ann, True)
        for said in ("not", "", "good"):
            vote(comment, ann, said)
            assert counts(comment) == (0, {})
        with transaction.atomic():
            hold_votes(ann, False)
        assert counts(comment) == (1, {"enraged": (1, 0)})

    def test_dropped_votes_are_withdrawn_the_held_ones_too(self, discussion, ann):
        first, second = make_comments(discussion, 2)
        vote(first, ann, "good")
        with transaction.atomic():
            hold_votes(ann, True)
        vote(second, ann, "good")
        with transaction.atomic():
            drop_votes(ann)
        assert not CommentVote.objects.filter(is_good__isnull=False).exists()
        assert counts(first) == counts(second) == (0, {})
        with transaction.atomic():
            hold_votes(ann, False)
        assert counts(first) == (0, {})
        vote(first, ann, "good")
        assert counts(first) == (1, {"enraged": (1, 0)})

    def test_a_badge_that_a_held_vote_bore_goes(self, discussion, comment):
        votes(comment, "enraged", yes=5)
        votes(comment, "sad", yes=4)
        sam = of_camp(discussion, "sad")
        vote(comment, sam, "good")
        with transaction.atomic():
            hold_votes(sam, True)
        comment.refresh_from_db()
        assert comment.badge_since is None


readers = st.integers(0, 2)
acts = st.one_of(
    st.tuples(st.just("vote"), readers, st.integers(0, 1), st.sampled_from(["good", "not", ""])),
    st.tuples(st.just("answer"), readers, st.just(0), st.sampled_from([*CAMPS, "none", ""])),
    st.tuples(st.sampled_from(["hold", "let go", "drop"]), readers, st.just(0), st.just("")),
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(acts, max_size=25))
def test_whatever_readers_do_the_counts_are_those_of_their_votes(discussion, done):
    with transaction.atomic():
        people = [make_reader(f"Reader {n}") for n in range(3)]
        said = {}
        comments = [make_comment(discussion, author) for author in people[:2]]
        for act, who, which, what in done:
            reader, comment = people[who], comments[which]
            if act == "vote":
                with suppress(NotAllowed):  # their own
                    vote(comment, reader, what)
                    said[who, which] = what
            elif act == "answer":
                with unlimited():
                    answer(discussion, reader, what)
            elif act == "drop":
                drop_votes(reader)
                said = {key: what for key, what in said.items() if key[0] != who}
            else:
                hold_votes(reader, act == "hold")
        assert differences() == []
        given_ = CommentVote.objects.filter(is_good__isnull=False)
        assert {
            (row.reader_id, row.comment_id): "good" if row.is_good else "not" for row in given_
        } == {
            (people[who].pk, comments[which].pk): what
            for (who, which), what in said.items()
            if what
        }
        transaction.set_rollback(True)
