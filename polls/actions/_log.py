"""The only code that writes the log of moderation."""

from django.contrib.auth.models import AbstractUser
from django.db.models import Model

from polls.models import Comment, ModerationEntry

REASON_MOST = ModerationEntry._meta.get_field("reason").max_length


def note(
    act: str, *, actor: AbstractUser | None, reason: str = "", **of: object
) -> ModerationEntry:
    """One entry: who (None for a rule), what, why, and under its noun the row it was done to."""
    return ModerationEntry.objects.create(actor=actor, act=act, reason=reason[:REASON_MOST], **of)


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
