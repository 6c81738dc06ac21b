"""From an id in an address to a row: what a reader may not see does not exist."""

from functools import partial

import pytest
from django.http import Http404

from polls.models import Comment, Discussion, Reader
from polls.queries import access
from tests.factories import make_article, make_comment, make_reader, make_topic

pytestmark = pytest.mark.django_db
State = Comment.State


def is_found(look_up, *args):
    try:
        look_up(*args)
    except Http404:
        return False
    return True


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"state": "read_first"}, True),
        ({"state": "read_only"}, True),
        ({"state": "hidden"}, False),
        ({"opens_at": None}, False),
        ({"opens_at": "2999-01-01T00:00Z"}, False),
    ],
)
def test_a_discussion_is_there_when_its_page_is(discussion, changes, expected):
    if changes:
        Discussion.objects.update(**changes)
    assert is_found(access.discussion, "isekai") is expected
    assert is_found(access.question, "isekai", "reaction") is expected


@pytest.mark.parametrize("key", ["", "nowhere", "ISEKAI", "isekai\0", "é", "x" * 1000])
def test_no_key_breaks_it(discussion, key):
    assert not is_found(access.discussion, key)


def test_a_question_of_another_discussion_is_not_there(discussion):
    other = make_article("What is tsundere?", slug="tsundere").discussion
    other.questions.create(key="own", prompt="Own?")
    assert not is_found(access.question, "isekai", "own")
    assert is_found(access.question, "tsundere", "own")


@pytest.mark.parametrize(
    ("state", "others", "own"),
    [
        (State.PUBLISHED, True, True),
        (State.PENDING, False, True),
        (State.HIDDEN, False, True),
        (State.REJECTED, False, True),
        (State.SPAM, False, True),
        (State.WITHDRAWN, False, False),
        (State.ERASED, False, False),
    ],
)
def test_who_may_see_a_comment_in_each_state(discussion, state, others, own):
    author = make_reader("Ann")
    pk = make_comment(discussion, author).pk
    Comment.objects.update(state=state)
    for reader in (Reader(), make_reader("Sam")):
        assert is_found(access.comment, "isekai", pk, reader) is others
        assert not is_found(access.own_comment, "isekai", pk, reader)
    assert is_found(access.comment, "isekai", pk, author) is own
    assert is_found(access.own_comment, "isekai", pk, author) is own


@pytest.mark.parametrize("state", list(State))
def test_who_deletes_a_comment_twice_finds_it_again(discussion, state):
    author = make_reader("Ann")
    pk = make_comment(discussion, author).pk
    Comment.objects.update(state=state)
    for reader in (Reader(), make_reader("Sam")):
        with pytest.raises(Http404):
            access.own_comment("isekai", pk, reader, even_deleted=True)
    is_there = state != State.ERASED
    own = partial(access.own_comment, even_deleted=True)
    assert is_found(own, "isekai", pk, author) is is_there


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("pending", False),
        ("rejected", False),
        ("open", True),
        ("writing", True),
        ("published", True),
        ("declined", True),
    ],
)
def test_a_topic_is_there_once_a_moderator_has_read_it(status, expected, db):
    topic = make_topic(status=status, reason="Too narrow")
    assert is_found(access.topic, topic.pk) is expected
