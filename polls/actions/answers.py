"""An answer to an appeal or a notice is taken back: a slip does not use up the only appeal."""

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from polls.actions._comments import lock_comment, set_state
from polls.actions._log import note_comment
from polls.actions._reports import reopen
from polls.actions.moderation import before
from polls.errors import Refused
from polls.models import Appeal, Comment, ModerationEntry, Notice
from polls.rules import moderation

OPEN = {"decided_at": None, "answer": ""}


@transaction.atomic
def undo_answer(*, entry: ModerationEntry, actor: AbstractUser | None) -> Comment:
    """Opens an appeal or a notice again; a comment that the answer moved stands as before.

    Raises Refused when it is too long ago, or when something else has become of the comment.
    """
    comment = Comment.objects.filter(pk=entry.comment_id).first()
    if comment is None:
        raise Refused(_("This comment is gone."))
    comment = lock_comment(comment)
    moved_to = moderation.moved_to(act=entry.act, state_before=entry.state_before)
    undoable = moderation.may_undo(
        act=entry.act,
        created_at=entry.created_at,
        now=timezone.now(),
        is_latest=not moved_to or _is_latest(entry, comment, moved_to),
    )
    if not undoable or not _open_again(entry):
        raise Refused(_("This can no longer be taken back. Decide anew instead."))
    # What moved no comment stands in the way of no decision before it.
    act = "undo" if moved_to else "undo_answer"
    note_comment(
        act, comment, actor=actor, reason=entry.reason, undoes=entry, notice_id=entry.notice_id
    )
    if moved_to:
        comment = set_state(comment, entry.state_before, **before(entry, comment))
        reopen(comment, at=entry.created_at)
    return comment


def _is_latest(entry: ModerationEntry, comment: Comment, state: str) -> bool:
    """Whether nothing more has become of a comment that an answer moved to `state`."""
    decisions = comment.moderation.exclude(act__in=moderation.BESIDE).order_by("-id")
    return comment.state == state and decisions.first() == entry


def _open_again(entry: ModerationEntry) -> int:
    """Opens what this entry answered. Returns 0 when it stands otherwise by now."""
    if entry.act.startswith("appeal"):
        answered = Appeal.objects.filter(comment=entry.comment_id, decided_at=entry.created_at)
        return answered.update(**OPEN, is_granted=None, decided_by=None)
    answered = Notice.objects.filter(pk=entry.notice_id, decided_at=entry.created_at)
    return answered.update(**OPEN, is_upheld=None)
