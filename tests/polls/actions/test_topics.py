"""Suggesting, wanting, deciding and merging topics: a voter counts once, whatever happens."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from time_machine import travel

from polls.actions.sanctions import block_reader
from polls.actions.topics import (
    AlreadyAsked,
    merge_topics,
    set_topic_status,
    suggest_topic,
    vote_topic,
)
from polls.errors import Closed, NotAllowed, Refused, TooSoon
from polls.models import ModerationEntry, Reader, Topic, TopicAlias, TopicVote
from tests.factories import make_reader, make_readers, make_topic

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)
Status = Topic.Status


@pytest.fixture
def reader():
    return make_reader("Ann")


def suggest(reader, title, *, note="", anyway=False, discussion=None):
    """A suggestion as the page sends it."""
    return suggest_topic(
        title=title, note=note, reader=reader, anyway=anyway, discussion=discussion
    )


def voters(topic):
    return set(topic.votes.values_list("reader_id", flat=True))


class TestSuggesting:
    def test_a_new_topic_waits_with_the_first_vote(self, discussion, reader):
        topic = suggest(
            reader, "What’s a heist story?", note="I like\nplans", discussion=discussion
        )
        assert (topic.title, topic.note) == ("a heist story", "I like plans")
        assert (topic.status, topic.vote_count) == (Status.PENDING, 1)
        assert (topic.reader, topic.discussion) == (reader, discussion)
        assert voters(topic) == {reader.pk}

    def test_a_first_act_stores_the_reader(self):
        suggest(Reader(), "a heist story")
        assert Reader.objects.count() == 1

    def test_the_same_question_in_other_words_gets_the_vote(self, reader):
        topic = make_topic("a heist story", votes=4)
        found = suggest(reader, "What is a Heist story?")
        assert found == topic
        assert found.vote_count == 5
        assert Topic.objects.count() == 1

    def test_asking_twice_is_one_vote(self, reader):
        topic = suggest(reader, "a heist story")
        assert suggest(reader, "a heist story") == topic
        topic.refresh_from_db()
        assert topic.vote_count == 1

    def test_a_like_one_is_offered_first(self, reader, nothing_stored):
        topic = make_topic("a heist story", votes=4)
        with nothing_stored(), pytest.raises(AlreadyAsked) as refusal:
            suggest(Reader(), "heist stories")
        assert refusal.value.similar == [topic]

    def test_a_like_one_stands_beside_it_when_the_reader_insists(self, reader):
        make_topic("a heist story")
        assert suggest(reader, "heist stories", anyway=True).status == Status.PENDING
        assert Topic.objects.count() == 2

    def test_what_a_moderator_has_not_read_is_offered_to_nobody(self, reader):
        make_topic("a heist story", status=Status.PENDING)
        assert suggest(reader, "heist stories").status == Status.PENDING

    @pytest.mark.parametrize("status", [Status.PUBLISHED, Status.DECLINED, Status.REJECTED])
    def test_what_is_decided_takes_no_more_votes(self, reader, status, nothing_stored):
        make_topic("a heist story", status=status, reason="Too narrow")
        with nothing_stored(), pytest.raises(Refused):
            suggest(reader, "a heist story")

    @pytest.mark.parametrize(
        "title",
        ["", "  ", "ab", "What is", "What’s ?", "???", "x" * 121, "abc\0", "abc\x1b", "\ud800bc"],
    )
    def test_a_title_that_cannot_stand(self, title, nothing_stored):
        with nothing_stored(), pytest.raises(Refused) as refusal:
            suggest(Reader(), title)
        assert refusal.value.field == "title"

    @pytest.mark.parametrize("note", ["x" * 301, "so\0", "\ud800"])
    def test_a_note_that_cannot_stand(self, note, nothing_stored):
        with nothing_stored(), pytest.raises(Refused) as refusal:
            suggest(Reader(), "a heist story", note=note)
        assert refusal.value.field == "note"

    @pytest.mark.parametrize("letter", ["x", "é", "語", "\ufdfa", "ﬃ"])
    def test_the_longest_title_stands_or_is_refused_in_every_script(self, reader, letter):
        """Some letters become eighteen when titles are compared."""
        with suppress(Refused):
            suggest(reader, letter * 120)
        assert [topic.title for topic in Topic.objects.all()] in ([], [letter * 120])

    def test_a_blocked_reader(self, reader, mo, nothing_stored):
        block_reader(reader=reader, actor=mo.user, reason="spam")
        with nothing_stored(), pytest.raises(NotAllowed):
            suggest(reader, "a heist story")

    def test_three_suggestions_a_day(self, reader, nothing_stored):
        with travel(NOON, tick=False) as clock:
            for title in ("a heist story", "cottagecore", "iyashikei"):
                suggest(reader, title)
            with nothing_stored(), pytest.raises(TooSoon) as refusal:
                suggest(reader, "mono no aware")
            assert refusal.value.retry_after == 12 * 3600
            clock.shift(timedelta(hours=12))
            suggest(reader, "mono no aware")


class TestWanting:
    def test_a_vote_counts_once_however_often_it_is_sent(self, reader):
        topic = make_topic(votes=3)
        for _ in range(2):
            vote_topic(topic=topic, reader=reader, wanted=True)
        assert topic.vote_count == 4
        assert TopicVote.objects.filter(topic=topic, reader=reader).count() == 1

    def test_a_vote_is_taken_back_once(self, reader):
        topic = make_topic(votes=3)
        vote_topic(topic=topic, reader=reader, wanted=True)
        for _ in range(2):
            vote_topic(topic=topic, reader=reader, wanted=False)
        assert topic.vote_count == 3

    def test_who_never_acted_has_no_vote_to_take_back(self, nothing_stored):
        topic = make_topic()
        with nothing_stored():
            vote_topic(topic=topic, reader=Reader(), wanted=False)

    @pytest.mark.parametrize("status", [Status.OPEN, Status.WRITING])
    def test_open_topics_can_be_voted_for(self, reader, status):
        topic = make_topic(status=status)
        vote_topic(topic=topic, reader=reader, wanted=True)
        assert topic.vote_count == 2

    @pytest.mark.parametrize("status", [Status.PUBLISHED, Status.DECLINED, Status.REJECTED])
    def test_decided_topics_cannot(self, reader, status, nothing_stored):
        topic = make_topic(status=status, reason="Too narrow")
        with nothing_stored(), pytest.raises(Closed):
            vote_topic(topic=topic, reader=reader, wanted=True)

    def test_a_blocked_reader(self, reader, mo, nothing_stored):
        topic = make_topic()
        block_reader(reader=reader, actor=mo.user, reason="spam")
        with nothing_stored(), pytest.raises(NotAllowed):
            vote_topic(topic=topic, reader=reader, wanted=True)

    def test_ten_votes_a_minute(self, reader, nothing_stored):
        topic = make_topic()
        with travel(NOON, tick=False):
            for n in range(10):
                vote_topic(topic=topic, reader=reader, wanted=not n % 2)
            with nothing_stored(), pytest.raises(TooSoon):
                vote_topic(topic=topic, reader=reader, wanted=True)


class TestDeciding:
    def test_approving_lists_and_logs(self, mo):
        topic = set_topic_status(
            topic=make_topic(status=Status.PENDING), status=Status.OPEN, actor=mo.user
        )
        assert topic in Topic.objects.listed()
        entry = ModerationEntry.objects.get()
        assert (entry.actor, entry.act, entry.topic) == (mo.user, "topic_open", topic)

    def test_declining_needs_a_reason(self, mo, nothing_stored):
        topic = make_topic()
        with nothing_stored(), pytest.raises(Refused, match="Say why"):
            set_topic_status(topic=topic, status=Status.DECLINED, actor=mo.user)

    def test_the_reason_goes_when_the_decision_does(self, mo):
        topic = make_topic()
        set_topic_status(topic=topic, status=Status.DECLINED, actor=mo.user, reason="Too narrow")
        assert topic.declined_reason == "Too narrow"
        set_topic_status(topic=topic, status=Status.OPEN, actor=mo.user)
        topic.refresh_from_db()
        assert (topic.status, topic.declined_reason) == (Status.OPEN, "")

    def test_deciding_it_again_changes_nothing(self, mo, nothing_stored):
        topic = make_topic()
        decline = {"status": Status.DECLINED, "actor": mo.user, "reason": "Too narrow"}
        set_topic_status(topic=topic, **decline)
        with nothing_stored():
            set_topic_status(topic=Topic.objects.get(), **decline)

    def test_a_new_address_of_its_article_is_kept(self, mo):
        topic = make_topic()
        for url in ("/articles/isekia/", "/articles/isekai/"):
            set_topic_status(topic=topic, status=Status.PUBLISHED, actor=mo.user, url=url)
        assert Topic.objects.get().url == "/articles/isekai/"

    def test_who_comes_second_is_told_so(self, mo, ed, nothing_stored):
        topic = make_topic(status=Status.PENDING)
        stale = Topic.objects.get()
        set_topic_status(topic=topic, status=Status.REJECTED, actor=mo.user)
        with nothing_stored(), pytest.raises(Refused, match="decided this already"):
            set_topic_status(topic=stale, status=Status.OPEN, actor=ed.user)

    def test_an_unknown_step_is_refused(self, mo, nothing_stored):
        topic = make_topic(status=Status.DECLINED, reason="Too narrow")
        with nothing_stored(), pytest.raises(Refused):
            set_topic_status(topic=topic, status=Status.REJECTED, actor=mo.user)


class TestMerging:
    @pytest.fixture
    def two(self):
        """Two topics: 3 voters, 2 voters, one of them the same person."""
        both, only_source, only_target, other = make_readers(4)
        source, target = make_topic("heist film", reader=both), make_topic("heist", reader=both)
        vote_topic(topic=source, reader=only_source, wanted=True)
        vote_topic(topic=target, reader=only_target, wanted=True)
        vote_topic(topic=target, reader=other, wanted=True)
        return source, target, {both.pk, only_source.pk, only_target.pk, other.pk}

    def test_the_voters_become_one_set(self, two, ed):
        source, target, people = two
        merged = merge_topics(source=source, target=target, actor=ed.user)
        assert voters(merged) == people
        assert merged.vote_count == len(people)

    def test_the_old_wording_finds_the_other_topic(self, two, ed, reader):
        source, target, _ = two
        merge_topics(source=source, target=target, actor=ed.user)
        assert suggest(reader, "What is a heist film?") == target
        assert TopicAlias.objects.filter(topic=target).count() == 2

    def test_merged_ones_are_counted_through_chains(self, two, ed):
        source, target, _ = two
        last = make_topic("stories of robbery")
        merge_topics(source=source, target=target, actor=ed.user)
        assert merge_topics(source=target, target=last, actor=ed.user).merged_count == 2

    def test_it_is_logged(self, two, ed):
        source, target, _ = two
        merge_topics(source=source, target=target, actor=ed.user)
        entry = ModerationEntry.objects.get(act="merge_topics")
        assert (entry.act, entry.reason) == ("merge_topics", "“heist film” into “heist”")

    def test_two_of_the_longest_titles_can_be_merged(self, ed):
        merge_topics(source=make_topic("a" * 120), target=make_topic("b" * 120), actor=ed.user)
        assert Topic.objects.get().title == "b" * 120

    @pytest.mark.parametrize("wanted", [True, False])
    def test_a_vote_that_comes_too_late_is_told_so(self, two, ed, reader, wanted, nothing_stored):
        source, target, _ = two
        stale = Topic.objects.get(pk=source.pk)
        merge_topics(source=source, target=target, actor=ed.user)
        with nothing_stored(), pytest.raises(Closed, match="merged"):
            vote_topic(topic=stale, reader=reader, wanted=wanted)

    def test_what_was_merged_before_is_known_to_who_merges_next(self, two, ed):
        """Also when they have read the topic before."""
        source, target, _ = two
        stale = Topic.objects.get(pk=target.pk)
        merge_topics(source=source, target=target, actor=ed.user)
        assert merge_topics(source=stale, target=make_topic(), actor=ed.user).merged_count == 2

    def test_a_topic_with_itself_is_refused(self, ed, nothing_stored):
        topic = make_topic()
        with nothing_stored(), pytest.raises(Refused, match="itself"):
            merge_topics(source=topic, target=topic, actor=ed.user)

    def test_a_topic_that_has_its_article_is_not_swallowed(self, two, ed, nothing_stored):
        source, target, _ = two
        set_topic_status(
            topic=source, status=Status.PUBLISHED, actor=ed.user, url="/articles/isekai/"
        )
        with nothing_stored(), pytest.raises(Refused, match="other way round"):
            merge_topics(source=source, target=target, actor=ed.user)
