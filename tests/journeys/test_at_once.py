"""Two people at the same thread in the same moment: nobody waits for ever, no count goes wrong."""

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial

import pytest
from django.db import connection, transaction

from polls.actions._votes import hold_votes
from polls.actions.comments import edit_comment, post_comment, withdraw_comment
from polls.actions.moderation import hide_comment, keep_comment, mark_spam, publish_comment
from polls.actions.recount import differences
from polls.actions.reports import report_comment
from polls.actions.votes import vote_comment
from polls.errors import NotAllowed, Refused
from polls.models import Comment, LimitCount, ModerationEntry, Reader
from polls.queries.comments import total
from polls.rules.voting import CAMPS
from tests.factories import (
    answer,
    make_article,
    make_comment,
    make_reader,
    make_readers,
    make_user,
)

ROUNDS = 8
Act = Callable[[], object]

pytestmark = pytest.mark.django_db(transaction=True)


def side_by_side(*people: Iterable[Act]) -> None:
    """Each person's acts in a thread of their own, the n-th of all at the same time."""
    start, errors = threading.Barrier(len(people)), []

    def run(acts: Iterable[Act]) -> None:
        try:
            for act in acts:
                start.wait(30)
                act()
        except Exception as error:
            errors.append(error)
            start.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(acts,)) for acts in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


@pytest.fixture
def discussion(transactional_db):
    return make_article().discussion


def test_a_comment_is_hidden_while_a_reply_below_it_is_published(discussion):
    top = make_comment(discussion)
    middle = [make_comment(discussion, parent=top) for _ in range(ROUNDS)]
    waiting = [make_comment(discussion, parent=above, state="pending") for above in middle]
    side_by_side(
        [lambda c=c: hide_comment(comment=c, actor=None, reason="unkind") for c in middle],
        [lambda c=c: publish_comment(comment=c, actor=None) for c in waiting],
    )
    assert differences() == []
    assert total(discussion) == 1 + ROUNDS


def test_its_author_edits_or_deletes_it_while_a_reply_below_it_is_published(discussion):
    author = make_reader("Ann")
    top = make_comment(discussion)
    mine = [make_comment(discussion, author, parent=top) for _ in range(ROUNDS)]
    waiting = [make_comment(discussion, parent=above, state="pending") for above in mine]

    def take_back(comment):
        if comment.pk % 2:
            withdraw_comment(comment=comment, reader=author)
        else:
            with suppress(NotAllowed):  # the reply was there first
                edit_comment(comment=comment, reader=author, body="Other words.")

    side_by_side(
        [lambda c=c: take_back(c) for c in mine],
        [lambda c=c: publish_comment(comment=c, actor=None) for c in waiting],
    )
    assert differences() == []


def test_readers_report_and_a_moderator_decides_in_the_same_moment(discussion):
    """Every report is counted or decided, and a comment is held once or kept."""
    comments = [make_comment(discussion) for _ in range(ROUNDS)]
    readers = make_readers(6)

    def report(comment, reader):
        with suppress(NotAllowed):  # it was held or hidden before
            report_comment(comment=comment, reader=reader, reason="unkind")

    def decide(comment):
        with suppress(Refused):  # it was held before
            (keep_comment if comment.pk % 2 else mark_spam)(
                comment=comment, actor=None, seen="published"
            )

    side_by_side(
        *([lambda c=c, r=r: report(c, r) for c in comments] for r in readers),
        [lambda c=c: decide(c) for c in comments],
    )
    assert differences() == []
    for comment in Comment.objects.filter(state="pending"):
        held = comment.moderation.filter(act="hold_comment", reason="reports")
        assert (held.count(), comment.report_count) == (1, 5)


def test_two_moderators_decide_the_same_comment_and_one_is_told(discussion):
    comments = [make_comment(discussion) for _ in range(ROUNDS)]
    told = []

    def decide(comment, act, **more):
        try:
            act(comment=comment, actor=None, seen="published", **more)
        except Refused as refusal:
            told.append(refusal.message)

    side_by_side(
        [lambda c=c: decide(c, mark_spam) for c in comments],
        [lambda c=c: decide(c, hide_comment, reason="unkind") for c in comments],
    )
    assert told == ["Somebody has decided this already."] * ROUNDS
    assert ModerationEntry.objects.count() == ROUNDS
    assert differences() == []


def test_two_answer_the_same_comment(discussion):
    top = make_comment(discussion)
    parent = make_comment(discussion, parent=top)
    staff = [make_reader(user=make_user(name, is_staff=True)) for name in ("mo", "ed")]

    def reply(reader, n):
        post_comment(
            discussion=discussion,
            reader=reader,
            body=f"Thought {n}.",
            name="",
            show_reaction=False,
            parent=Comment.objects.select_related("root").get(pk=parent.pk),
            address=f"203.0.113.{n}",
        )

    def unhurried(reader):
        for n in range(ROUNDS):
            LimitCount.objects.filter(key__contains=f":r{reader.pk}:").delete()
            yield lambda n=n: reply(reader, n)

    side_by_side(*(unhurried(reader) for reader in staff))
    parent.refresh_from_db()
    assert parent.reply_count == 2 * ROUNDS
    assert differences() == []


def test_many_vote_on_one_comment_and_change_their_minds(discussion):
    comment = make_comment(discussion)
    voters = [make_reader(f"Reader {n}") for n in range(6)]
    for n, reader in enumerate(voters):
        answer(discussion, reader, CAMPS[n % 3])
    said = ["good", "not", "", "not", "good", "good", "", "good"]
    vote = partial(vote_comment, comment=comment)
    side_by_side(
        *([lambda r=r, v=v: vote(reader=r, vote=v) for v in said[:ROUNDS]] for r in voters)
    )
    comment.refresh_from_db()
    assert comment.good_count == len(voters)
    assert set(comment.votes_by_camp.values()) == {(2, 0)}
    assert differences() == []


def test_readers_vote_while_votes_are_held_and_comments_hidden(discussion):
    top = make_comment(discussion)
    comments = [top, *(make_comment(discussion, parent=top) for _ in range(ROUNDS - 1))]
    ann, sam = make_reader("Ann"), make_reader("Sam")
    for comment in comments:
        vote_comment(comment=comment, reader=ann, vote="good")
        vote_comment(comment=comment, reader=sam, vote="not")

    def hold(reader, n):
        with transaction.atomic():
            hold_votes(reader, n % 2 == 0)

    def change_mind(comment):
        with suppress(NotAllowed):  # hidden a moment ago
            vote_comment(comment=comment, reader=sam, vote="good")

    side_by_side(
        [lambda n=n: hold(ann, n) for n in range(ROUNDS)],
        [lambda n=n: hold(sam, n) for n in range(ROUNDS)],
        [lambda c=c: change_mind(c) for c in reversed(comments)],
        [lambda c=c: hide_comment(comment=c, actor=None, reason="unkind") for c in comments],
    )
    assert differences() == []


def test_the_same_vote_is_pressed_twice_at_once(discussion):
    comment, reader = make_comment(discussion), make_reader("Ann")
    press = partial(vote_comment, comment=comment, vote="good")
    twice = [[lambda: press(reader=Reader.objects.get(pk=reader.pk))] for _ in range(2)]
    side_by_side(*twice)
    comment.refresh_from_db()
    assert (comment.good_count, comment.votes.count()) == (1, 1)
