"""The line above the comments about one that is not there."""

from datetime import UTC, datetime, timedelta

import pytest
from time_machine import travel

from polls.actions.appeals import make_appeal
from polls.actions.erasures import erase_comment
from polls.actions.moderation import hide_comment, publish_comment
from polls.models import Comment, Reader
from polls.queries.comments import Wanted, talk
from polls.rules.moderation import TOLD_FOR
from tests.factories import make_comment, make_reader

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)
REMOVED = "A moderator removed your comment."
GONE = "This comment is not here any more."


@pytest.fixture
def priya():
    return make_reader("Priya")


@pytest.fixture
def hidden(discussion, mo, priya):
    comment = make_comment(discussion, priya)
    return hide_comment(comment=comment, actor=mo.user, reason="unkind")


def line(discussion, reader, pk=None):
    return talk(discussion, reader, Wanted(open=pk)).missing


def said(discussion, reader, pk=None):
    shown = line(discussion, reader, pk)
    return shown and shown.words


def test_nothing_is_said_of_what_stands_there(discussion, priya):
    comment = make_comment(discussion, priya)
    reply = make_comment(discussion, parent=comment)
    for reader in (priya, Reader()):
        for pk in (comment.pk, reply.pk, None):
            assert line(discussion, reader, pk) is None


def test_its_author_is_told_below_the_article_and_where_it_stood(discussion, hidden, priya):
    path = f"/articles/isekai/comments/{hidden.pk}/decision/"
    on_the_page = line(discussion, priya)
    assert (on_the_page.words, on_the_page.anchor) == (REMOVED, "")
    assert (on_the_page.url, on_the_page.link) == (path, "Why, and how to appeal")
    assert line(discussion, priya, hidden.pk).anchor == f"c{hidden.pk}"
    assert said(discussion, priya, hidden.pk) == REMOVED


def test_others_are_told_only_that_it_is_not_there(discussion, hidden):
    for reader in (Reader(), make_reader("Sam")):
        assert line(discussion, reader) is None
        shown = line(discussion, reader, hidden.pk)
        assert (shown.words, shown.anchor, shown.url) == (GONE, f"c{hidden.pk}", "")


@pytest.mark.parametrize("state", ["pending", "withdrawn", "spam"])
def test_what_others_cannot_see_is_gone_whatever_its_state(discussion, state):
    comment = make_comment(discussion, state=state)
    assert said(discussion, Reader(), comment.pk) == GONE
    assert said(discussion, Reader(), 10**17) == GONE


def test_where_a_placeholder_stands_others_need_no_line(discussion, mo, priya):
    comment = make_comment(discussion, priya)
    make_comment(discussion, parent=comment)
    hide_comment(comment=comment, actor=mo.user, reason="unkind")
    assert line(discussion, Reader(), comment.pk) is None
    shown = line(discussion, priya, comment.pk)
    assert (shown.words, shown.anchor) == (REMOVED, "")


def test_an_author_who_appealed_finds_it_where_it_stood(discussion, hidden, priya):
    make_appeal(comment=hidden, reader=priya, text="It was a quotation, as I said.")
    assert line(discussion, priya) is None
    shown = line(discussion, priya, hidden.pk)
    assert (shown.words, shown.link) == (REMOVED, "Why")


def test_so_does_one_whose_comment_was_removed_long_ago(discussion, mo, priya):
    with travel(NOON, tick=False) as clock:
        hidden = make_comment(discussion, priya)
        hide_comment(comment=hidden, actor=mo.user, reason="unkind")
        clock.shift(TOLD_FOR)
        assert said(discussion, priya) == REMOVED
        clock.shift(timedelta(seconds=1))
        assert line(discussion, priya) is None
        assert said(discussion, priya, hidden.pk) == REMOVED


def test_one_that_came_back_is_not_mentioned(discussion, hidden, mo, priya):
    publish_comment(comment=hidden, actor=mo.user)
    assert line(discussion, priya) is None


def test_of_one_that_is_erased_only_the_reason_is_left(discussion, mo, priya):
    comment = make_comment(discussion, priya)
    erase_comment(comment=comment, actor=mo.user, reason="illegal")
    assert (said(discussion, priya), line(discussion, priya).link) == (REMOVED, "Why")


def test_what_its_author_deleted_is_nobodys_decision(discussion, priya):
    comment = make_comment(discussion, priya)
    Comment.objects.filter(pk=comment.pk).update(state=Comment.State.WITHDRAWN)
    assert line(discussion, priya) is None
    assert said(discussion, priya, comment.pk) == GONE


def test_several_are_one_line(discussion, hidden, mo, priya):
    hide_comment(comment=make_comment(discussion, priya), actor=mo.user, reason="unkind")
    shown = line(discussion, priya)
    assert shown.words == "A moderator removed 2 of your comments here."
    assert (shown.url, shown.anchor) == ("/me/#comments-h", "")
    assert said(discussion, priya, hidden.pk) == REMOVED


def test_it_costs_one_query_however_much_was_removed(
    discussion, hidden, mo, priya, django_assert_num_queries, django_assert_max_num_queries
):
    with django_assert_max_num_queries(20) as few:
        talk(discussion, priya, Wanted())
    for _ in range(4):
        hide_comment(comment=make_comment(discussion, priya), actor=mo.user, reason="unkind")
    with django_assert_num_queries(len(few)):
        talk(discussion, priya, Wanted())
