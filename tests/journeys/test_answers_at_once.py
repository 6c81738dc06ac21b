"""An answer is taken back in two places at once, or while somebody decides on its comment."""

from contextlib import suppress

import pytest

from polls.actions.answers import undo_answer
from polls.actions.appeals import decide_appeal, make_appeal
from polls.actions.moderation import hide_comment, mark_spam
from polls.actions.recount import differences
from polls.errors import Refused
from polls.models import Appeal, Comment, ModerationEntry
from tests.factories import make_article, make_comment, make_user
from tests.journeys.test_at_once import ROUNDS, side_by_side

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def granted(transactional_db) -> list[ModerationEntry]:
    """Appeals that were granted by a slip."""
    discussion, mo = make_article().discussion, make_user("mo", is_staff=True)
    for _ in range(ROUNDS):
        hidden = hide_comment(comment=make_comment(discussion), actor=mo, reason="unkind")
        appeal = make_appeal(comment=hidden, reader=hidden.reader, text="I meant the film.")
        decide_appeal(appeal=appeal, actor=mo, granted=True, answer="A slip.")
    return list(ModerationEntry.objects.filter(act="appeal_granted").order_by("pk"))


def take_back(entry: ModerationEntry) -> None:
    with suppress(Refused):
        undo_answer(entry=entry, actor=None)


def remove(entry: ModerationEntry) -> None:
    mark_spam(comment=Comment.objects.get(pk=entry.comment_id), actor=None)


def test_it_is_taken_back_once(granted):
    side_by_side(*([lambda e=e: take_back(e) for e in granted] for _ in range(2)))
    undone = ModerationEntry.objects.filter(undoes__isnull=False).values_list("undoes", flat=True)
    assert sorted(undone) == [entry.pk for entry in granted]
    assert not Appeal.objects.exclude(decided_at=None).exists()
    assert set(Comment.objects.values_list("state", flat=True)) == {"hidden"}
    assert differences() == []


def test_a_decision_in_the_same_moment_stands(granted):
    side_by_side(
        [lambda e=e: take_back(e) for e in granted], [lambda e=e: remove(e) for e in granted]
    )
    assert set(Comment.objects.values_list("state", flat=True)) == {"spam"}
    for entry in granted:  # open again where it was taken back first, else answered still
        is_open = ModerationEntry.objects.filter(undoes=entry).exists()
        assert (Appeal.objects.get(comment=entry.comment_id).decided_at is None) == is_open
    assert differences() == []
