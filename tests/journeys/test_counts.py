"""Whatever readers and moderators do, in whatever order: the counts are those of the rows."""

from collections import Counter, defaultdict
from contextlib import suppress
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from polls.actions import limits
from polls.actions.comments import edit_comment, post_comment, withdraw_comment
from polls.actions.erasures import erase_comment
from polls.actions.moderation import hide_comment, mark_spam, publish_comment, reject_comment
from polls.actions.recount import differences
from polls.actions.topics import merge_topics, vote_topic
from polls.actions.works import merge_works, name_favourite, withdraw_favourite
from polls.errors import Refused
from polls.models import Ballot, Comment, Reader
from polls.queries.comments import total
from polls.queries.questions import Poll
from polls.queries.works import most_named
from tests.factories import (
    answer,
    make_article,
    make_old_stamp,
    make_reader,
    make_topic,
    make_work,
    number,
)

few = settings(max_examples=15, deadline=None)
people = st.integers(0, 3)
places = st.integers(0, 30)


def unhurried():
    """Nobody is too fast in these tests."""
    return patch.object(limits, "refuse")


class AnswersTest(TestCase):
    """Any sequence of answers, changes and withdrawals equals a dictionary of last answers."""

    acts = st.tuples(
        people,
        st.sampled_from(
            [
                *(
                    ("reaction", stage, choice)
                    for stage in ("before", "after")
                    for choice in ("enraged", "sad", "happy", "none", "")
                ),
                *(("intent", "after", choice) for choice in ("try", "stay_away", "")),
            ]
        ),
    )

    @few
    @given(st.lists(acts, max_size=25))
    def test_the_counts_are_those_of_the_last_answers(self, sequence):
        discussion = make_article().discussion
        readers = [make_reader() for _ in range(4)]
        last = {}
        for person, (question, stage, choice) in sequence:
            with unhurried(), suppress(Refused):
                answer(discussion, readers[person], choice, question=question, stage=stage)
                last[person, question, stage] = choice
        expected = Counter(
            (question, stage, choice) for (_, question, stage), choice in last.items() if choice
        )
        poll = Poll(discussion, Reader())
        shown = {
            (question.key, stage, choice.key): poll.counts.get((choice.pk, stage), 0)
            for question in poll.questions.values()
            for choice in question.choices.all()
            for stage in ("before", "after")
        }
        assert {key: count for key, count in shown.items() if count} == expected
        assert Ballot.objects.counted().count() == sum(expected.values())
        for person, reader in enumerate(readers):
            mine = Poll(discussion, reader)
            for question, stage in (
                ("reaction", "before"),
                ("reaction", "after"),
                ("intent", "after"),
            ):
                row = mine.questions[question]
                asked = mine.asked(row, stage=stage, shown=False).mine
                assert (asked.key if asked else "") == last.get((person, question, stage), "")
        assert differences() == []


class CommentsTest(TestCase):
    """Any sequence of posts, edits, deletions and decisions leaves the counts right."""

    moderate = st.sampled_from(
        [publish_comment, publish_comment, mark_spam, "hide", "reject", "erase"]
    )
    acts = st.one_of(
        st.tuples(st.just("post"), people, st.one_of(st.none(), places)),
        st.tuples(st.just("decide"), moderate, places),
        st.tuples(st.sampled_from(["edit", "withdraw"]), people, places),
    )

    @few
    @given(st.lists(acts, max_size=25))
    def test_every_count_is_that_of_the_published_rows(self, sequence):
        discussion = make_article().discussion
        readers = [make_reader() for _ in range(4)]
        with unhurried():
            for act, who, where in sequence:
                with suppress(Refused):
                    self.do(act, who, where, discussion, readers)
        published = set(Comment.objects.published().values_list("pk", flat=True))
        assert total(discussion) == len(published)
        assert self.reply_counts() == self.recounted(published)
        assert differences() == []

    def do(self, act, who, where, discussion, readers):
        comments = list(Comment.objects.order_by("pk"))
        at = comments[where % len(comments)] if comments and where is not None else None
        if act == "post":
            post_comment(
                discussion=discussion,
                reader=readers[who],
                body=f"Comment {number()}",
                name="Ann",
                show_reaction=True,
                parent=at,
                address="203.0.113.1",
                stamp=make_old_stamp(),
            )
        elif at and act == "edit":
            edit_comment(comment=at, reader=readers[who], body=f"Comment {number()}")
        elif at and act == "withdraw":
            withdraw_comment(comment=at, reader=at.reader)
        elif at:
            self.decide(who, at)

    @staticmethod
    def decide(decision, comment):
        named = {"hide": hide_comment, "reject": reject_comment, "erase": erase_comment}
        if decision in named:
            named[decision](comment=comment, actor=None, reason="unkind")
        else:
            decision(comment=comment, actor=None)

    @staticmethod
    def reply_counts():
        return dict(Comment.objects.filter(reply_count__gt=0).values_list("pk", "reply_count"))

    @staticmethod
    def recounted(published):
        parents = dict(Comment.objects.values_list("pk", "parent_id"))
        below = Counter()
        for pk in published:
            while (pk := parents[pk]) is not None:
                below[pk] += 1
        return below


class FavouritesTest(TestCase):
    """Any sequence of naming, replacing, withdrawing and merging leaves one work a reader."""

    acts = st.one_of(
        st.tuples(st.sampled_from(["name", "replace"]), people, st.integers(0, 3)),
        st.tuples(st.just("withdraw"), people, st.just(0)),
        st.tuples(st.just("merge"), people, st.integers(0, 3)),
    )

    @few
    @given(st.lists(acts, max_size=25))
    def test_the_counts_are_those_of_the_last_names(self, sequence):
        discussion = make_article().discussion
        readers = [make_reader() for _ in range(4)]
        works = [make_work(f"Work {letter}") for letter in "abcd"]
        last = {}
        for act, person, nth in sequence:
            with unhurried(), suppress(Refused):
                if act == "merge":
                    source, target = works[person % 4], works[nth]
                    merge_works(source=source, target=target, actor=None)
                    works = [
                        target if work.pk is None or work == source else work for work in works
                    ]
                    last = {who: target if work == source else work for who, work in last.items()}
                elif act == "withdraw":
                    withdraw_favourite(discussion=discussion, reader=readers[person])
                    last.pop(person, None)
                else:
                    name_favourite(
                        discussion=discussion,
                        reader=readers[person],
                        title=works[nth].title,
                        replace=act == "replace",
                    )
                    last[person] = works[nth]
        shown = {work.title: count for work, count in most_named(discussion)}
        assert shown == Counter(work.title for work in last.values())
        assert differences() == []


class TopicsTest(TestCase):
    """Any sequence of votes and merges leaves each topic the set of its voters."""

    acts = st.one_of(
        st.tuples(st.just("vote"), people, st.integers(0, 3), st.booleans()),
        st.tuples(st.just("merge"), st.integers(0, 3), st.integers(0, 3), st.just(True)),
    )

    @few
    @given(st.lists(acts, max_size=25))
    def test_a_voter_counts_once_whatever_is_merged(self, sequence):
        readers = [make_reader() for _ in range(4)]
        topics = [make_topic(f"topic {letter}", reader=readers[0]) for letter in "abcd"]
        wanted = defaultdict(set, {topic.pk: {0} for topic in topics})
        for act, one, other, yes in sequence:
            topic = topics[other]
            with unhurried(), suppress(Refused):
                if act == "vote":
                    vote_topic(topic=topic, reader=readers[one], wanted=yes)
                    (wanted[topic.pk].add if yes else wanted[topic.pk].discard)(one)
                elif topics[one].pk != topic.pk:
                    gone = topics[one].pk
                    merge_topics(source=topics[one], target=topic, actor=None)
                    wanted[topic.pk] |= wanted.pop(gone)
                    topics = [topic if t.pk in (gone, None) else t for t in topics]
        for topic in {topic.pk: topic for topic in topics}.values():
            topic.refresh_from_db()
            voters = {readers.index(vote.reader) for vote in topic.votes.select_related("reader")}
            assert voters == wanted[topic.pk]
            assert topic.vote_count == len(voters)
        assert differences() == []
