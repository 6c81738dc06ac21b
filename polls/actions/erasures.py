"""What must not even be kept: a comment or a branch is erased, and only its place stays."""

from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polls.actions._comments import clear_all, held, stretches
from polls.actions._log import note_comment
from polls.actions._reports import settle_all
from polls.actions.moderation import lock_as_seen
from polls.errors import Refused
from polls.models import Comment
from polls.queries.threads import branch_of
from polls.rules import moderation

State = Comment.State


@transaction.atomic
def erase_comment(
    *, comment: Comment, actor: AbstractUser | None, reason: str, seen: str = ""
) -> Comment:
    """Erases text, name, camp and earlier versions for good; only the place in the thread stays.

    For what must not even be kept. Raises Refused for one that is erased already.
    """
    comment = lock_as_seen(comment, seen)
    if comment.state == State.ERASED:
        raise Refused(_("This comment is erased already."))
    entry = note_comment("erase_comment", comment, actor=actor, reason=reason)
    _erase([comment], reason, at=entry.created_at)
    comment.refresh_from_db()
    return comment


class AnsweredSince(Refused):
    """Somebody has replied to what a moderator wants to erase."""

    def __init__(self) -> None:
        super().__init__(_("Somebody has replied meanwhile: look at it again."))


@transaction.atomic
def erase_branch(
    *,
    comment: Comment,
    actor: AbstractUser | None,
    reason: str,
    seen: str = "",
    upto: int | None = None,
) -> Comment:
    """Erases a comment and everything below it, at any depth; one entry says how many.

    `upto` is the newest that the moderator has agreed to: a reply that came since is not erased
    unread.
    """
    comment = lock_as_seen(comment, seen)
    branch = _branch(comment)
    if not branch:
        raise Refused(_("This branch is erased already."))
    if upto is not None and branch[-1].pk > upto:
        raise AnsweredSince
    number = len(branch)
    words = {"reason": _(moderation.REASONS.get(reason, reason)), "count": number}
    told = ngettext("%(reason)s, %(count)d comment", "%(reason)s, %(count)d comments", number)
    entry = note_comment("erase_branch", comment, actor=actor, reason=told % words)
    _erase(branch, reason, at=entry.created_at)
    comment.refresh_from_db()
    return comment


def _branch(top: Comment) -> list[Comment]:
    """What is not erased yet of a comment and everything below it, the oldest first.

    All of it is held, from the root down, also what is erased: votes hold what they count.
    """
    needed = ("state", "path", "camp_id", "reader_id", "discussion_id")
    rows = [row for ids in stretches(branch_of(top)) for row in held(ids).only(*needed)]
    return [row for row in rows if row.state != State.ERASED]


def _erase(comments: list[Comment], reason: str, *, at: datetime) -> None:
    settle_all(comments, at=at, upheld=True)
    clear_all(comments, State.ERASED, reason=reason)
