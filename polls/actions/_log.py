"""The only code that writes the log of moderation."""

from datetime import timedelta

from django.contrib.auth.models import AbstractUser
from django.db.models import Model
from django.utils import timezone

from polls.models import Comment, ModerationEntry, statements

# Longer than a lost answer takes to be sent again, shorter than a second thought.
REPEAT_WINDOW = timedelta(minutes=1)
REASON_MOST = ModerationEntry._meta.get_field("reason").max_length


def note(
    act: str, *, actor: AbstractUser | None, reason: str = "", **of: object
) -> ModerationEntry:
    """One entry: who (None for a rule), what, why, and under its noun the row it was done to."""
    entry = ModerationEntry(actor=actor, act=act, reason=reason[:REASON_MOST], **of)
    statements.insert(entry)
    return entry


def is_repeat(act: str, *, actor: AbstractUser | None, reason: str, **of: Model) -> bool:
    """Whether the last that was done to this row is the same, by the same person, just now.

    A double click, or the same form sent again after its answer was lost.
    """
    last = ModerationEntry.objects.filter(**of).order_by("-id").first()
    return (
        last is not None
        and (last.act, last.actor, last.reason) == (act, actor, reason[:REASON_MOST])
        and timezone.now() - last.created_at < REPEAT_WINDOW
    )


def note_comment(
    act: str, comment: Comment, *, actor: AbstractUser | None, reason: str = "", **of: Model | str
) -> ModerationEntry:
    """An entry on a comment as it stands before the act: its state, why, and its author's camp.

    The way back and the fairness report are made of these.
    """
    facts = {
        "comment": comment,
        "discussion_id": comment.discussion_id,
        "state_before": comment.state,
        "reason_before": why(comment),
        "camp": comment.camp.key if comment.camp else "",
    }
    return note(act, actor=actor, reason=reason, **facts | of)


def why(comment: Comment) -> str:
    """Why a comment stands where it stands: held for, or removed for; "" for neither."""
    return comment.held_reason if comment.state == Comment.State.PENDING else comment.reason
