"""What a button of the moderators' queue does: an act by the name that the form sends."""

from collections.abc import Callable

from django.contrib.auth.models import AbstractUser
from django.utils.translation import gettext as _

from polls.actions import moderation as actions
from polls.actions.answers import undo_answer
from polls.errors import Refused
from polls.models import Comment, ModerationEntry
from polls.rules.moderation import ANSWERS, REASONS

# What is told to each: the comment, who decides, the reason, and the state they saw it in.
Act = Callable[[Comment, AbstractUser, str, str], None]


def publish(comment: Comment, actor: AbstractUser, reason: str, seen: str) -> None:
    actions.publish_comment(comment=comment, actor=actor, seen=seen)


def keep(comment: Comment, actor: AbstractUser, reason: str, seen: str) -> None:
    actions.keep_comment(comment=comment, actor=actor, seen=seen)


def remove(comment: Comment, actor: AbstractUser, reason: str, seen: str) -> None:
    check_reason(reason)
    never_stood = comment.state in {Comment.State.PENDING, Comment.State.REJECTED}
    act = actions.reject_comment if never_stood else actions.hide_comment
    act(comment=comment, actor=actor, reason=reason, seen=seen)


def check_reason(reason: str) -> None:
    """Raises Refused for what is no reason of the rules."""
    if reason not in REASONS:
        raise Refused(_("Choose a reason: its author is shown it."), field="reason")


def spam(comment: Comment, actor: AbstractUser, reason: str, seen: str) -> None:
    actions.mark_spam(comment=comment, actor=actor, seen=seen)


def lock(comment: Comment, actor: AbstractUser, reason: str, seen: str) -> None:
    actions.lock_thread(comment=comment.root or comment, actor=actor)


def unlock(comment: Comment, actor: AbstractUser, reason: str, seen: str) -> None:
    actions.unlock_thread(comment=comment.root or comment, actor=actor)


def publish_or_keep(comment: Comment, actor: AbstractUser, reason: str, seen: str) -> None:
    """Of many, some wait and some are on the page: each is left where everybody reads it."""
    act = keep if comment.state == Comment.State.PUBLISHED else publish
    act(comment, actor, reason, seen)


DECISIONS: dict[str, Act] = {"publish": publish, "keep": keep, "remove": remove, "spam": spam}
OF_MANY: dict[str, Act] = {"publish": publish_or_keep, "remove": remove, "spam": spam}
OF_THREADS: dict[str, Act] = {"lock": lock, "unlock": unlock}


def known(do: str, acts: dict[str, Act]) -> Act:
    """The act of that name. Raises Refused for one that is not among `acts`."""
    if do not in acts:
        raise Refused(_("There is no such act."))
    return acts[do]


def take_back(entry: ModerationEntry, actor: AbstractUser) -> Comment:
    """Takes a decision or an answer back. Raises Refused where there is no way back any more."""
    act = undo_answer if entry.act in ANSWERS else actions.undo
    return act(entry=entry, actor=actor)
