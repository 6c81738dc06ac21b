"""The list of topics, as one reader sees it."""

import pytest

from polls.actions.topics import vote_topic
from polls.models import Reader, Topic
from polls.queries.topics import listed, own_waiting, similar, top
from tests.factories import make_reader, make_topic

pytestmark = pytest.mark.django_db
Status = Topic.Status


def titles(rows):
    return [row.title for row in rows]


def test_most_wanted_first_ties_by_age(db):
    for title, votes in (("one", 1), ("three", 3), ("two", 2), ("also two", 2)):
        make_topic(title, votes=votes)
    rows, has_more = listed(Reader(), sort="top", status="all", page=1)
    assert titles(rows) == ["three", "two", "also two", "one"]
    assert not has_more


def test_what_a_moderator_has_not_approved_is_on_no_list(db):
    author = make_reader("Ann")
    make_topic("waiting", status=Status.PENDING, reader=author)
    make_topic("turned down", status=Status.REJECTED, reader=author)
    for reader in (Reader(), author):
        for sort in ("top", "new"):
            assert listed(reader, sort=sort, status="all", page=1) == ([], False)
        assert top(reader) == []
    assert similar("waiting") == []
    assert titles(own_waiting(author)) == ["waiting"]
    assert own_waiting(Reader()) == []


def test_ones_own_votes_are_marked(db):
    ann = make_reader("Ann")
    topic, other = make_topic("one"), make_topic("two")
    vote_topic(topic=topic, reader=ann, wanted=True)
    rows, _ = listed(ann, sort="new", status="all", page=1)
    assert {row.pk: row.wanted for row in rows} == {topic.pk: True, other.pk: False}
    rows, _ = listed(Reader(), sort="new", status="all", page=1)
    assert not any(row.wanted for row in rows)


def test_the_panel_offers_what_can_still_be_wanted(db):
    make_topic("decided", status=Status.PUBLISHED, votes=9)
    make_topic("declined", status=Status.DECLINED, votes=8, reason="Too narrow")
    make_topic("being written", status=Status.WRITING, votes=2)
    make_topic("open", votes=3)
    assert titles(top(Reader())) == ["open", "being written"]


def test_like_ones_are_found_through_merged_wordings(db, ed):
    from polls.actions.topics import merge_topics

    target = merge_topics(
        source=make_topic("heist films"), target=make_topic("robbery stories"), actor=ed.user
    )
    assert similar("a heist film") == [target]


def test_a_page_holds_twenty(db):
    Topic.objects.bulk_create(Topic(title=f"topic {n}", status=Status.OPEN) for n in range(41))
    pages = [listed(Reader(), sort="new", status="all", page=n) for n in (1, 2, 3, 4)]
    assert [(len(rows), has_more) for rows, has_more in pages] == [
        (20, True),
        (20, True),
        (1, False),
        (0, False),
    ]
