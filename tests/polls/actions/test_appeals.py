"""An author appeals, once; a moderator answers, once."""

import pytest

from polls.actions.appeals import decide_appeal, make_appeal
from polls.actions.comments import withdraw_comment
from polls.actions.erasures import erase_comment
from polls.actions.moderation import hide_comment, mark_spam, publish_comment, reject_comment, undo
from polls.actions.recount import differences
from polls.actions.reports import report_comment
from polls.actions.sanctions import block_reader
from polls.errors import NotAllowed, Refused
from polls.models import Appeal, Comment, ModerationEntry
from polls.queries.comments import total
from tests.factories import is_stored, make_comment, make_reader, make_readers

pytestmark = pytest.mark.django_db
State = Comment.State
WORDS = "It was about the film, not about the person."


def appeal(comment, reader=None, text=WORDS):
    return make_appeal(comment=comment, reader=reader or comment.reader, text=text)


@pytest.fixture
def hidden(discussion, mo):
    return hide_comment(comment=make_comment(discussion), actor=mo.user, reason="unkind")


@pytest.mark.parametrize("act", [hide_comment, reject_comment, mark_spam])
def test_an_author_appeals_against_a_removal(discussion, mo, act):
    comment = make_comment(
        discussion, state=State.PENDING if act is reject_comment else State.PUBLISHED
    )
    more = {} if act is mark_spam else {"reason": "spam"}
    made = appeal(act(comment=comment, actor=mo.user, **more))
    assert (made.text, made.decided_at) == (WORDS, None)
    entry = ModerationEntry.objects.first()
    assert (entry.act, entry.actor) == ("appeal_received", None)


def test_an_author_appeals_against_being_held_by_reports(comment):
    for reader in make_readers(5):
        report_comment(comment=comment, reader=reader, reason="unkind")
    comment.refresh_from_db()
    assert appeal(comment).comment == comment


def test_a_blocked_author_appeals_too(hidden, mo):
    block_reader(reader=hidden.reader, actor=mo.user, reason="spam")
    assert appeal(hidden)


def test_once(hidden, mo, nothing_stored):
    decide_appeal(appeal=appeal(hidden), actor=mo.user, granted=False, answer="It was not.")
    with nothing_stored(), pytest.raises(NotAllowed, match="once"):
        appeal(hidden, text="And another thing, since you ask.")


def test_the_same_words_once_more_are_the_same_appeal(hidden, mo, nothing_stored):
    made, other = appeal(hidden), make_reader()
    with nothing_stored():
        assert appeal(hidden) == made
    with nothing_stored(), pytest.raises(NotAllowed):
        appeal(hidden, other)
    decide_appeal(appeal=made, actor=mo.user, granted=True, answer="Sorry.")
    with nothing_stored():
        assert appeal(hidden) == made


def test_nobody_appeals_for_another(hidden, nothing_stored):
    other = make_reader()
    with nothing_stored(), pytest.raises(NotAllowed):
        appeal(hidden, other)


@pytest.mark.parametrize("state", [State.PUBLISHED, State.PENDING])
def test_where_nobody_removed_anything_there_is_nothing_to_appeal_against(
    discussion, state, nothing_stored
):
    comment = make_comment(discussion, state=state)
    with nothing_stored(), pytest.raises(NotAllowed):
        appeal(comment)


@pytest.mark.parametrize("text", ["", "Why?", "x" * 1001, "It was about\0 the film."])
def test_a_text_that_cannot_stand(hidden, text, nothing_stored):
    with nothing_stored(), pytest.raises(Refused) as refusal:
        appeal(hidden, text=text)
    assert refusal.value.field == "text"


def test_granted_the_comment_is_published(discussion, hidden, mo):
    decided = decide_appeal(appeal=appeal(hidden), actor=mo.user, granted=True, answer="Sorry.")
    assert (decided.is_granted, decided.answer, decided.decided_by) == (True, "Sorry.", mo.user)
    hidden.refresh_from_db()
    assert (hidden.state, hidden.reason) == (State.PUBLISHED, "")
    assert total(discussion) == 1
    entry = ModerationEntry.objects.first()
    assert (entry.act, entry.state_before, entry.reason) == ("appeal_granted", "hidden", "Sorry.")
    assert differences() == []


def test_declined_it_stays_as_it_is(discussion, hidden, mo):
    decided = decide_appeal(appeal=appeal(hidden), actor=mo.user, granted=False, answer="No.")
    assert decided.is_granted is False
    hidden.refresh_from_db()
    assert (hidden.state, hidden.reason) == (State.HIDDEN, "unkind")
    assert ModerationEntry.objects.first().act == "appeal_declined"


def test_an_answer_is_given_once(hidden, mo, ed, nothing_stored):
    made = appeal(hidden)
    decide_appeal(appeal=made, actor=mo.user, granted=False, answer="No.")
    with nothing_stored(), pytest.raises(Refused, match="decided this already"):
        decide_appeal(appeal=made, actor=ed.user, granted=True, answer="Yes.")


def test_who_publishes_the_comment_grants_the_appeal_and_undoing_opens_it(hidden, mo):
    made = appeal(hidden)
    publish_comment(comment=hidden, actor=mo.user)
    made.refresh_from_db()
    assert (made.is_granted, made.decided_by) == (True, mo.user)
    undo(entry=ModerationEntry.objects.first(), actor=mo.user)
    made.refresh_from_db()
    assert (made.is_granted, made.decided_at, made.decided_by) == (None, None, None)


def test_what_its_author_deleted_takes_the_appeal_along(hidden):
    appeal(hidden, text="Xylograph is no insult.")
    withdraw_comment(comment=hidden, reader=hidden.reader)
    assert not is_stored("Xylograph")


def test_an_erased_comment_does_not_come_back_by_an_appeal(hidden, mo):
    appeal(hidden)
    erase_comment(comment=hidden, actor=mo.user, reason="illegal")
    assert not Appeal.objects.exists()
