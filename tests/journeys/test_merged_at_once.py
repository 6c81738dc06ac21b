"""Topics and works are merged while readers vote, take back, and are blocked: nothing drifts."""

import threading
from functools import partial

import pytest
from django.db import transaction

from polls.actions import _aliases
from polls.actions.readers import lock_reader
from polls.actions.recount import differences, repair
from polls.actions.sanctions import block_reader, unblock_reader
from polls.actions.topics import (
    merge_topics,
    retitle_topic,
    set_topic_status,
    suggest_topic,
    vote_topic,
)
from polls.actions.works import approve_work, merge_works, name_favourite, withdraw_favourite
from polls.errors import Closed, Refused
from polls.models import Favourite, FavouriteTally, ModerationEntry, Topic, TopicVote, Work
from polls.models.tallies import SHARDS, shard_of
from tests.factories import make_article, make_reader, make_topic, make_user, make_work
from tests.faults.writers import wait_until
from tests.racing import PATIENCE, interrupted, on_postgresql, waiting, while_open

pytestmark = pytest.mark.django_db(transaction=True)


def again(row):
    """The same row as another request reads it."""
    return row.__class__.objects.get(pk=row.pk)


@pytest.fixture
def ed(transactional_db):
    return make_user("ed", is_staff=True)


@pytest.fixture
def ann(transactional_db):
    return make_reader("Ann")


class TestTopics:
    @pytest.fixture
    def two(self, ann):
        """A topic that Ann wants, and one that she does not."""
        return make_topic("heist film", reader=ann), make_topic("heist")

    @pytest.fixture
    def merge(self, two, ed):
        source, target = two
        return lambda: merge_topics(source=again(source), target=again(target), actor=ed)

    @staticmethod
    def vote(topic, reader, wanted):
        return partial(vote_topic, topic=again(topic), reader=again(reader), wanted=wanted)

    @staticmethod
    def block(reader, ed, votes):
        return partial(block_reader, reader=again(reader), actor=ed, reason="spam", votes=votes)

    @pytest.mark.parametrize("votes", ["hold", "withdraw"])
    @pytest.mark.parametrize("merged_first", [True, False])
    def test_a_voter_is_blocked(self, two, merge, ann, ed, votes, merged_first):
        block = self.block(ann, ed, votes)
        while_open(*(merge, block) if merged_first else (block, merge))
        assert differences() == []
        left = TopicVote.objects.filter(reader=ann).values_list("topic", "is_held")
        assert list(left) == ([(two[1].pk, True)] if votes == "hold" else [])
        assert again(two[1]).vote_count == 1

    @pytest.mark.parametrize("merged_first", [True, False])
    def test_a_voter_is_let_in_again(self, two, merge, ann, ed, merged_first):
        self.block(ann, ed, "hold")()
        unblock = partial(unblock_reader, reader=again(ann), actor=ed)
        while_open(*(merge, unblock) if merged_first else (unblock, merge))
        assert differences() == []
        assert again(two[1]).vote_count == 2

    def test_a_vote_is_taken_back_and_stands_no_more(self, two, merge, ann):
        while_open(self.vote(two[0], ann, False), merge)
        assert not TopicVote.objects.filter(reader=ann).exists()
        assert differences() == []

    def test_who_takes_back_too_late_is_told_so(self, two, merge, ann):
        """Their vote stands with the other topic, where they find it."""
        (told,) = while_open(merge, self.vote(two[0], ann, False))
        assert isinstance(told, Closed)
        assert "merged" in told.message
        assert differences() == []

    def test_who_votes_too_late_is_told_so(self, two, merge):
        (told,) = while_open(merge, self.vote(two[0], make_reader("Sam"), True))
        assert isinstance(told, Closed)
        assert differences() == []

    @pytest.mark.parametrize("target_too", [True, False])
    def test_a_vote_that_was_there_first_moves(self, two, merge, target_too):
        sam = make_reader("Sam")
        if target_too:
            self.vote(two[1], sam, True)()
        while_open(self.vote(two[0], sam, True), merge)
        assert again(two[1]).vote_count == 3
        assert differences() == []

    def test_who_asks_for_a_topic_in_this_moment_gets_the_other(self, two, merge):
        ask = partial(suggest_topic, title="heist film", note="", anyway=False)
        (found,) = while_open(merge, lambda: ask(reader=make_reader("Sam")))
        assert found == two[1]
        assert again(found).vote_count == 3
        assert differences() == []

    @pytest.mark.parametrize("act", ["merge", "back", "status", "retitle"])
    def test_the_staff_are_told_that_it_is_gone(self, two, merge, ed, act):
        source, target = (again(topic) for topic in two)
        other = {
            "merge": partial(merge_topics, source=source, target=make_topic("robbery"), actor=ed),
            "back": partial(merge_topics, source=target, target=source, actor=ed),
            "status": partial(set_topic_status, topic=source, status="writing", actor=ed),
            "retitle": partial(retitle_topic, topic=source, title="A caper", actor=ed),
        }[act]
        (told,) = while_open(merge, other)
        assert isinstance(told, Refused)
        assert "merged" in told.message
        assert differences() == []

    @on_postgresql
    def test_a_voter_who_came_late_and_acts_again_is_waited_for(self, two, merge, monkeypatch):
        """With nothing in hand: they want the very topic that the merge had."""
        sam = make_reader("Sam")
        vote, take_back = (self.vote(two[0], sam, wanted) for wanted in (True, False))
        is_busy, lock = threading.Event(), _aliases.lock_readers

        def lock_late(rows, *, wait=True):
            if not wait:  # Sam's first vote is seen by now
                assert is_busy.wait(PATIENCE)
            return lock(rows, wait=wait)

        def act_again():
            with transaction.atomic():
                lock_reader(again(sam))
                is_busy.set()
                wait_until(waiting)
                take_back()

        monkeypatch.setattr(_aliases, "lock_readers", lock_late)
        # Both wait for the first vote: one for the topic, one for Sam.
        while_open(vote, merge, act_again)
        assert again(two[1]).vote_count == 2
        assert differences() == []

    @on_postgresql
    def test_the_counts_are_set_right_meanwhile(self, merge):
        other = make_topic("robbery")
        Topic.objects.filter(pk=other.pk).update(vote_count=7)
        interrupted(merge, repair, before='UPDATE "polls_topicvote"')
        assert again(other).vote_count == 1
        assert differences() == []


class TestWorks:
    @pytest.fixture
    def discussion(self, transactional_db):
        return make_article().discussion

    @pytest.fixture
    def two(self, discussion, ann):
        """A work that Ann named, and another."""
        source, target = make_work("Juuni Kokki"), make_work("The Twelve Kingdoms")
        self.name(discussion, ann, source)()
        return source, target

    @pytest.fixture
    def merge(self, two, ed):
        source, target = two
        return lambda: merge_works(source=again(source), target=again(target), actor=ed)

    @staticmethod
    def name(discussion, reader, work, *, replace=False):
        facts = {"reader": again(reader), "title": work.title, "replace": replace}
        return partial(name_favourite, discussion=again(discussion), **facts)

    @staticmethod
    def counted(discussion):
        tallies = FavouriteTally.objects.filter(discussion=discussion, count__gt=0)
        return dict(tallies.totals("work__title").values_list("work__title", "total"))

    @pytest.mark.parametrize("merged_first", [True, False])
    def test_a_favourite_is_replaced(self, discussion, two, merge, ann, merged_first):
        replace = self.name(discussion, ann, make_work("Dune"), replace=True)
        while_open(*(merge, replace) if merged_first else (replace, merge))
        assert self.counted(discussion) == {"Dune": 1}
        assert differences() == []

    @pytest.mark.parametrize("merged_first", [True, False])
    def test_a_favourite_is_withdrawn(self, discussion, two, merge, ann, merged_first):
        withdraw = partial(withdraw_favourite, discussion=again(discussion), reader=again(ann))
        while_open(*(merge, withdraw) if merged_first else (withdraw, merge))
        assert not Favourite.objects.exists()
        assert differences() == []

    @pytest.mark.parametrize("merged_first", [True, False])
    def test_who_names_it_in_this_moment_names_the_other(
        self, discussion, two, merge, merged_first
    ):
        name = self.name(discussion, make_reader("Sam"), two[0])
        while_open(*(merge, name) if merged_first else (name, merge))
        assert self.counted(discussion) == {"The Twelve Kingdoms": 2}
        assert differences() == []

    def test_nobody_waits_for_another_to_name_the_same_work(self, discussion, two):
        """Only who deletes it waits."""
        sam, hana = make_reader("Sam"), make_reader("Hana")
        while_open(self.name(discussion, sam, two[1]), self.name(discussion, hana, two[1]))
        assert self.counted(discussion) == {"Juuni Kokki": 1, "The Twelve Kingdoms": 2}

    @pytest.mark.parametrize("act", ["merge", "back", "approve"])
    def test_the_staff_are_told_that_it_is_gone(self, two, merge, ed, act):
        source, target = (again(work) for work in two)
        other = {
            "merge": partial(merge_works, source=source, target=make_work("Dune"), actor=ed),
            "back": partial(merge_works, source=target, target=source, actor=ed),
            "approve": partial(approve_work, work=source, actor=ed),
        }[act]
        (told,) = while_open(merge, other)
        assert isinstance(told, Refused)
        assert differences() == []

    def test_it_is_approved_by_two_and_logged_once(self, two, ed):
        Work.objects.update(is_approved=False)
        approve = [partial(approve_work, work=again(two[0]), actor=ed) for _ in range(2)]
        while_open(*approve)
        assert ModerationEntry.objects.filter(act="approve_work").count() == 1

    def test_two_readers_of_one_shard_swap_their_favourites(self, discussion, two, ann):
        """Neither holds the count that the other comes to next."""
        sam = [make_reader(f"Reader {n}") for n in range(SHARDS)][-1]
        assert shard_of(sam.pk) == shard_of(ann.pk)
        self.name(discussion, sam, two[1])()
        swap = [
            self.name(discussion, reader, work, replace=True)
            for reader, work in ((ann, two[1]), (sam, two[0]))
        ]
        interrupted(*swap, before='UPDATE "polls_favouritetally"', nth=2)
        assert self.counted(discussion) == {"Juuni Kokki": 1, "The Twelve Kingdoms": 1}
        assert differences() == []
