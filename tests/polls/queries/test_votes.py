"""What votes show to one reader: the buttons, the number, the badge in words."""

from datetime import UTC, datetime

import pytest

from polls.actions.votes import vote_comment
from polls.models import Choice, Comment, CommentVote, Reader
from polls.queries.votes import badge_line, camp_labels, votes_of, voting_of
from polls.rules.ranking import BADGE_DELAY
from tests.factories import make_comment, make_comments, make_reader

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)
LABELS = {"enraged": "Enraged", "sad": "Sad", "happy": "Happy"}


class TestVotesOf:
    def test_what_this_reader_said_and_nobody_else(self, discussion, django_assert_num_queries):
        ann, sam = make_reader("Ann"), make_reader("Sam")
        one, two, three, four = make_comments(discussion, 4)
        for comment, reader, said in (
            *((one, ann, "good"), (two, ann, "not"), (three, ann, "good"), (three, ann, "")),
            (four, sam, "good"),
        ):
            vote_comment(comment=comment, reader=reader, vote=said)
        ids = [one.pk, two.pk, three.pk, four.pk]
        with django_assert_num_queries(1):
            assert votes_of(ann, ids) == {one.pk: "good", two.pk: "not"}
        assert votes_of(ann, [two.pk]) == {two.pk: "not"}

    def test_a_held_vote_is_still_its_readers_own(self, comment):
        ann = make_reader("Ann")
        CommentVote.objects.create(comment=comment, reader=ann, is_good=True, is_held=True)
        assert votes_of(ann, [comment.pk]) == {comment.pk: "good"}

    def test_who_only_looks_costs_nothing(self, comment, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert votes_of(Reader(), [comment.pk]) == votes_of(Reader(), []) == {}


class TestVoting:
    def voting(self, comment, reader, *, mine="", is_open=True, is_shown=True):
        return voting_of(comment, reader, mine=mine, is_open=is_open, is_shown=is_shown)

    def test_on_somebody_elses(self, comment):
        comment.good_count = 4
        voting = self.voting(comment, make_reader(), mine="good")
        assert (voting.can_vote, voting.mine, voting.count) == (True, "good", 4)
        assert voting.name == "Priya"

    def test_the_number_waits_for_the_readers_own_answer(self, comment):
        assert self.voting(comment, Reader(), is_shown=False).count is None

    def test_on_ones_own_in_a_closed_discussion_or_while_it_waits(self, discussion, comment):
        assert not self.voting(comment, comment.reader).can_vote
        assert not self.voting(comment, make_reader(), is_open=False).can_vote
        waiting = make_comment(discussion, state=Comment.State.PENDING)
        assert not self.voting(waiting, make_reader()).can_vote
        assert self.voting(waiting, waiting.reader).count is None


class TestBadgeLine:
    def line(self, comment, labels=None, **counts):
        for name, count in counts.items():
            setattr(comment, name, count)
        comment.badge_since = NOON - BADGE_DELAY
        line = badge_line(comment, NOON, labels or LABELS)
        return line and (line.kind, f"{line.title}: {line.detail}", line.camps)

    def test_valued_by_two(self, comment):
        assert self.line(comment, enraged_yes=14, sad_yes=9, sad_no=2, happy_yes=4) == (
            "valued",
            "Valued by enraged and sad: 14 enraged, 9 sad",
            ("enraged", "sad"),
        )

    def test_valued_by_all(self, comment):
        assert self.line(comment, enraged_yes=14, sad_yes=9, happy_yes=19, happy_no=3) == (
            "valued",
            "Valued by all camps: 14 enraged, 9 sad, 19 happy",
            ("enraged", "sad", "happy"),
        )

    def test_a_split_names_both_sides_and_no_number(self, comment):
        assert self.line(comment, enraged_yes=14, sad_yes=9, happy_yes=2, happy_no=6) == (
            "split",
            "Splits the room: enraged and sad readers value it, happy readers do not",
            ("enraged", "sad", "happy"),
        )

    def test_an_editors_labels_are_used(self, comment):
        labels = LABELS | {"enraged": "Furious"}
        line = self.line(comment, labels, enraged_yes=5, happy_yes=6)
        assert line[1] == "Valued by furious and happy: 5 furious, 6 happy"

    def test_none_before_its_time_or_without_votes(self, comment):
        comment.enraged_yes = comment.sad_yes = 5
        assert badge_line(comment, NOON, LABELS) is None
        comment.badge_since = NOON
        assert badge_line(comment, NOON, LABELS) is None
        assert self.line(comment, enraged_yes=4) is None

    def test_the_labels_come_from_the_discussion_in_the_order_of_camps(self, discussion):
        Choice.objects.filter(key="sad").update(label="Heavy", position=0)
        assert list(camp_labels(discussion).items()) == [
            ("enraged", "Enraged"),
            ("sad", "Heavy"),
            ("happy", "Happy"),
        ]
