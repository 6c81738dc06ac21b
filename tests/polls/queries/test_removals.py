"""What was judged unfit counts against its author, what only went along does not."""

import pytest

from polls.actions._facts import approvals, facts_of
from polls.actions.appeals import decide_appeal, make_appeal
from polls.actions.erasures import erase_branch, erase_comment
from polls.actions.moderation import hide_comment, publish_comment, undo
from polls.models import Comment, ModerationEntry
from polls.queries.records import record_of
from polls.queries.removals import removed, went_along
from tests.factories import make_comment, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch(discussion):
    """What Rolf said, and what Pia answered."""
    top = make_comment(discussion, make_reader("Rolf"))
    return top, make_comment(discussion, make_reader("Pia"), parent=top)


def counted(reader):
    """The approvals of a reader, told in two ways, and the removals."""
    discussion = Comment.objects.filter(reader=reader).first().discussion
    told = facts_of(discussion, reader, body="x", fingerprint="", word="").approvals
    return approvals(reader), told, record_of(reader).removed


@pytest.mark.parametrize("erase", [erase_comment, erase_branch])
def test_what_was_erased_earns_no_trust_and_stands_in_the_record(branch, mo, erase):
    top, _reply = branch
    assert counted(top.reader) == (1, 1, 0)
    erase(comment=top, actor=mo.user, reason="illegal")
    assert counted(top.reader) == (0, 0, 1)


def test_who_was_erased_three_times_is_read_first_again(discussion, mo):
    reader = make_reader("Rolf")
    for _ in range(3):
        comment = make_comment(discussion, reader)
        erase_branch(comment=comment, actor=mo.user, reason="illegal")
    assert counted(reader) == (0, 0, 3)


def test_what_went_along_counts_as_it_did(branch, mo):
    top, reply = branch
    erase_branch(comment=top, actor=mo.user, reason="unkind")
    assert counted(reply.reader) == (1, 1, 0)
    assert went_along(Comment.objects.all()) == {reply.pk}


def test_also_when_a_moderator_had_published_it(discussion, branch, mo):
    top, _reply = branch
    waiting = make_comment(discussion, parent=top, state="pending")
    publish_comment(comment=waiting, actor=mo.user)
    erase_branch(comment=top, actor=mo.user, reason="unkind")
    assert counted(waiting.reader) == (1, 1, 0)


def test_what_had_been_hidden_before_it_went_along_stays_unfit(branch, mo):
    top, reply = branch
    hide_comment(comment=reply, actor=mo.user, reason="spam")
    appeal = make_appeal(comment=reply, reader=reply.reader, text="I meant no harm at all.")
    decide_appeal(appeal=appeal, actor=mo.user, granted=False, answer="No.")
    erase_branch(comment=top, actor=mo.user, reason="unkind")
    assert counted(reply.reader) == (0, 0, 1)


def test_what_had_been_restored_before_it_went_along_stays_fit(branch, mo):
    top, reply = branch
    hide_comment(comment=reply, actor=mo.user, reason="spam")
    undo(entry=ModerationEntry.objects.latest("pk"), actor=mo.user)
    erase_branch(comment=top, actor=mo.user, reason="unkind")
    assert counted(reply.reader) == (1, 1, 0)


@pytest.mark.parametrize("state", ["hidden", "rejected", "spam"])
def test_every_state_of_a_removal_is_one(discussion, state):
    comment = make_comment(discussion)
    Comment.objects.update(state=state)
    assert list(removed(Comment.objects.all())) == [comment]


def test_nothing_erased_asks_nothing(branch, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert went_along(branch) == set()
