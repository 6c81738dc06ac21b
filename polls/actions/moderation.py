"""What a moderator does to a comment. Every act is logged, and decides what readers reported.

`seen` is what a moderator saw when they decided, the state and the text: when somebody else was
first, an act is refused instead of undoing theirs, and so is one on words that nobody has read.
"""

from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from polls.actions._comments import PUBLISHED, lock_comment, set_state
from polls.actions._log import note_comment
from polls.actions._reports import grant_appeal, reopen, settle
from polls.actions.revisions import touch
from polls.errors import Refused
from polls.models import Comment, ModerationEntry
from polls.rules import moderation

State = Comment.State
# A removal always has a reason that its author is shown (product decision).
NEED_A_REASON = {State.REJECTED, State.HIDDEN}

STATE_AFTER = {
    "publish_comment": State.PUBLISHED,
    "keep_comment": State.PUBLISHED,
    "reject_comment": State.REJECTED,
    "hide_comment": State.HIDDEN,
    "mark_spam": State.SPAM,
}


class DecidedAlready(Refused):
    """Somebody else was faster."""

    def __init__(self) -> None:
        super().__init__(_("Somebody has decided this already."))


class ChangedSince(Refused):
    """What the moderator read is not what stands there."""

    def __init__(self) -> None:
        super().__init__(_("Its author has changed it: read it again."))


def publish_comment(*, comment: Comment, actor: AbstractUser | None, seen: str = "") -> Comment:
    """Lets everybody see a held, hidden or rejected comment."""
    return _decide(comment, actor, "publish_comment", State.PUBLISHED, "", seen)


def reject_comment(
    *, comment: Comment, actor: AbstractUser | None, reason: str, seen: str = ""
) -> Comment:
    """Turns down a comment that waits, with a reason its author is shown."""
    return _decide(comment, actor, "reject_comment", State.REJECTED, reason, seen)


def hide_comment(
    *, comment: Comment, actor: AbstractUser | None, reason: str, seen: str = ""
) -> Comment:
    """Takes a published comment off the page, with a reason shown in its place."""
    return _decide(comment, actor, "hide_comment", State.HIDDEN, reason, seen)


def mark_spam(*, comment: Comment, actor: AbstractUser | None, seen: str = "") -> Comment:
    """Takes a comment off the page as spam."""
    return _decide(comment, actor, "mark_spam", State.SPAM, "spam", seen)


@transaction.atomic
def _decide(
    comment: Comment, actor: AbstractUser | None, act: str, state: str, reason: str, seen: str
) -> Comment:
    if state in NEED_A_REASON and not reason:
        raise Refused(_("Give a reason: its author is shown it."))
    comment = lock_as_seen(comment, seen)
    if comment.state == state and comment.reason == reason and not comment.report_count:
        return comment
    entry = note_comment(act, comment, actor=actor, reason=reason)
    return decided(comment, state, reason, at=entry.created_at, by=actor)


def decided(
    comment: Comment, state: str, reason: str, *, at: datetime, by: AbstractUser | None
) -> Comment:
    """Moves a comment to where a decision puts it, and with it what readers reported."""
    comment = set_state(comment, state, reason=reason, held_reason="")
    settle(comment, at=at, upheld=state != PUBLISHED)
    if state == PUBLISHED:
        grant_appeal(comment, at=at, by=by)
    return comment


def lock_as_seen(comment: Comment, seen: str) -> Comment:
    """Holds a comment that a moderator wants to act on; raises Refused as `check_seen`."""
    comment = lock_comment(comment)
    check_seen(comment, seen)
    return comment


def check_seen(comment: Comment, seen: str) -> None:
    """Raises Refused for a comment that is not as a moderator saw it; "" saw nothing."""
    is_now = moderation.read_as(state=comment.state, edited_at=comment.edited_at)
    if seen and seen != is_now:
        raise DecidedAlready if seen.partition(".")[0] != comment.state else ChangedSince


@transaction.atomic
def keep_comment(*, comment: Comment, actor: AbstractUser | None, seen: str = "") -> Comment:
    """Leaves a reported comment on the page: nobody's report so far is upheld."""
    comment = lock_as_seen(comment, seen)
    if comment.state != PUBLISHED:
        raise Refused(_("Only what is on the page can be kept there."))
    if comment.report_count:
        entry = note_comment("keep_comment", comment, actor=actor)
        settle(comment, at=entry.created_at, upheld=False)
    return comment


def lock_thread(*, comment: Comment, actor: AbstractUser | None) -> Comment:
    """Takes no more replies below the top comment of a thread. Returns that one."""
    return _set_lock(comment, actor, "lock_thread", locked=True)


def unlock_thread(*, comment: Comment, actor: AbstractUser | None) -> Comment:
    """Takes replies again. Returns the top comment of the thread."""
    return _set_lock(comment, actor, "unlock_thread", locked=False)


@transaction.atomic
def _set_lock(comment: Comment, actor: AbstractUser | None, act: str, *, locked: bool) -> Comment:
    top = lock_comment(comment.root or comment)
    if bool(top.locked_at) != locked:
        note_comment(act, top, actor=actor)
        top.locked_at = timezone.now() if locked else None
        top.save(update_fields=["locked_at"])
        touch(top.discussion_id)
    return top


@transaction.atomic
def undo(*, entry: ModerationEntry, actor: AbstractUser | None) -> Comment:
    """Takes a decision back: the comment stands as before, and what was reported is open again.

    Raises Refused for an act that has no way back, one that is too long ago, and one after which
    something else has become of the comment.
    """
    comment = Comment.objects.filter(pk=entry.comment_id).first()
    if comment is None:
        raise Refused(_("This comment is gone."))
    comment = lock_comment(comment)
    latest = comment.moderation.exclude(act__in=moderation.BESIDE).order_by("-id").first()
    undoable = moderation.may_undo(
        act=entry.act,
        created_at=entry.created_at,
        now=timezone.now(),
        is_latest=latest == entry and comment.state == STATE_AFTER.get(entry.act),
    )
    if not undoable:
        raise Refused(_("This can no longer be taken back. Decide anew instead."))
    note_comment("undo", comment, actor=actor, reason=entry.reason, undoes=entry)
    comment = set_state(comment, entry.state_before, **before(entry, comment))
    reopen(comment, at=entry.created_at)
    return comment


def before(entry: ModerationEntry, comment: Comment) -> dict[str, object]:
    """The fields of a comment as they stood before an act."""
    was_held = entry.state_before == State.PENDING
    fields: dict[str, object] = {
        "held_reason": entry.reason_before if was_held else "",
        "reason": "" if was_held else entry.reason_before,
    }
    # What nobody had read before counts for no trust again.
    if comment.published_at and comment.published_at >= entry.created_at:
        fields["published_at"] = None
    return fields
