"""Notices of illegal content: anybody sends one, a moderator answers, the log keeps both."""

import pytest

from polls.actions.erasures import erase_comment
from polls.actions.moderation import hide_comment
from polls.actions.notices import decide_notice, send_notice
from polls.actions.recount import differences
from polls.errors import Refused, TooSoon
from polls.models import Comment, ModerationEntry, Reader
from tests.factories import make_comment

pytestmark = pytest.mark.django_db
State = Comment.State
WHY = "The second sentence is a threat against a named person."


def notice(comment, **more):
    facts = {"name": "", "email": "", "explanation": WHY, "address": "203.0.113.77"}
    return send_notice(comment=comment, **facts | more)


def entries():
    return list(ModerationEntry.objects.order_by("id").values_list("act", "notice", "reason"))


def test_anybody_sends_one_and_is_given_a_key(comment):
    readers = Reader.objects.count()
    made = notice(comment, name=" Ada  Ark ", email="ada@example.org")
    assert (made.name, made.email, made.explanation) == ("Ada Ark", "ada@example.org", WHY)
    assert made.key
    assert Reader.objects.count() == readers
    assert entries() == [("notice_received", made.pk, "")]


def test_it_needs_no_name(comment):
    assert notice(comment).name == ""


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"explanation": ""}, "explanation"),
        ({"explanation": "It is illegal."}, "explanation"),
        ({"explanation": "x" * 3001}, "explanation"),
        ({"name": "x" * 101}, "name"),
        ({"email": "ada"}, "email"),
        ({"email": "ada@" + "x" * 260 + ".org"}, "email"),
    ],
)
def test_what_cannot_stand(comment, more, field, nothing_stored):
    with nothing_stored(), pytest.raises(Refused) as refusal:
        notice(comment, **more)
    assert refusal.value.field == field


def test_five_a_day_from_one_address(comment, nothing_stored):
    for number in range(5):
        notice(comment, explanation=f"{WHY} {number}")
    with nothing_stored(), pytest.raises(TooSoon):
        notice(comment)


def test_sent_again_it_is_the_same_notice(comment, nothing_stored):
    first = notice(comment, email="ada@example.org")
    with nothing_stored():
        assert notice(comment, email="ada@example.org") == first
    assert notice(comment) != first
    notice(comment, address="203.0.113.78")


@pytest.mark.parametrize(
    ("before", "after"), [(State.PUBLISHED, State.HIDDEN), (State.PENDING, State.REJECTED)]
)
def test_upheld_the_comment_is_removed_as_illegal(discussion, mo, before, after):
    comment = make_comment(discussion, state=before)
    made = notice(comment)
    decided = decide_notice(notice=made, actor=mo.user, upheld=True, answer="Removed.")
    assert (decided.is_upheld, decided.answer) == (True, "Removed.")
    comment.refresh_from_db()
    assert (comment.state, comment.reason) == (after, "illegal")
    assert entries()[1:] == [("notice_upheld", made.pk, "illegal")]
    entry = ModerationEntry.objects.first()
    assert (entry.actor, entry.comment, entry.state_before) == (mo.user, comment, before)
    assert differences() == []


def test_declined_it_stays(comment, mo):
    made = notice(comment)
    decide_notice(notice=made, actor=mo.user, upheld=False, answer="It is a quotation.")
    comment.refresh_from_db()
    assert comment.state == State.PUBLISHED
    assert entries()[1:] == [("notice_declined", made.pk, "")]


def test_what_was_removed_before_stays_as_it_is(discussion, mo):
    hidden = hide_comment(comment=make_comment(discussion), actor=mo.user, reason="unkind")
    erased = make_comment(discussion)
    made = [notice(hidden), notice(erased)]
    erase_comment(comment=erased, actor=mo.user, reason="illegal")
    for row in made:
        assert decide_notice(notice=row, actor=mo.user, upheld=True, answer="Gone.").is_upheld
    hidden.refresh_from_db()
    erased.refresh_from_db()
    assert (hidden.state, hidden.reason, erased.state) == (State.HIDDEN, "unkind", State.ERASED)


def test_an_answer_is_given_once(comment, mo, ed, nothing_stored):
    made = notice(comment)
    decide_notice(notice=made, actor=mo.user, upheld=False, answer="No.")
    with nothing_stored(), pytest.raises(Refused, match="decided this already"):
        decide_notice(notice=made, actor=ed.user, upheld=True, answer="Yes.")


def test_a_decision_without_an_answer_is_refused(comment, mo, nothing_stored):
    made = notice(comment)
    with nothing_stored(), pytest.raises(Refused) as refusal:
        decide_notice(notice=made, actor=mo.user, upheld=True, answer=" ")
    assert refusal.value.field == "answer"
