"""Which states of a comment follow which, what an author may still do, what a decision says."""

from datetime import datetime, timedelta
from typing import NamedTuple

from polls.errors import Refused, gettext_noop
from polls.rules.holds import (
    APPROVALS_FOR_TRUST,
    HELD_REASONS,
    REPORTS_TO_HOLD,
    Facts,
    Verdict,
    after_edit,
    first_state,
    is_held_by_reports,
    is_trusted,
)

__all__ = [
    "ANSWERS",
    "APPROVALS_FOR_TRUST",
    "BESIDE",
    "EDIT_WINDOW",
    "HELD_REASONS",
    "REASONS",
    "REMOVALS",
    "REMOVED",
    "REPORTS_TO_HOLD",
    "STATES",
    "TOLD_FOR",
    "TRANSITIONS",
    "UNDO_WINDOW",
    "UPHELD",
    "Facts",
    "Statement",
    "Verdict",
    "after_edit",
    "check_transition",
    "first_state",
    "is_held_by_reports",
    "is_trusted",
    "may_appeal",
    "may_delete",
    "may_edit",
    "may_reply",
    "may_undo",
    "most_picks",
    "moved_to",
    "read_as",
    "statement",
]

STATES = ("pending", "published", "hidden", "rejected", "spam", "withdrawn", "erased")

# Long enough for a typing slip, short enough that nobody is answered under another text.
EDIT_WINDOW = timedelta(minutes=15)

# Long enough to notice a slip of the hand; later, a decision is answered by another decision.
UNDO_WINDOW = timedelta(minutes=10)

# For so long an author finds a line about a removal below the article itself; afterwards at the
# address of the comment, and among their own answers. Who comes once a week meets it.
TOLD_FOR = timedelta(days=14)

# Acts on a comment that leave its state as it is: they stand in no decision's way back.
BESIDE = (
    *("lock_thread", "unlock_thread", "pick_comment", "unpick_comment"),
    *("appeal_received", "appeal_declined", "notice_received", "notice_declined", "undo_answer"),
)

# Picks are few, or they are a second order of the editors' own: 3 in 100, and one of each camp.
PICKS_IN_100 = 3

# Old state -> states it may become. Every decision of a moderator has a way back; what the author
# withdrew does not come back, since its text is gone.
TRANSITIONS: dict[str, frozenset[str]] = {
    "pending": frozenset({"published", "rejected", "spam", "withdrawn", "erased"}),
    "published": frozenset({"pending", "hidden", "rejected", "spam", "withdrawn", "erased"}),
    "hidden": frozenset({"published", "pending", "rejected", "spam", "withdrawn", "erased"}),
    "rejected": frozenset({"published", "pending", "hidden", "spam", "withdrawn", "erased"}),
    "spam": frozenset({"published", "pending", "hidden", "rejected", "withdrawn", "erased"}),
    "withdrawn": frozenset({"erased"}),
    "erased": frozenset(),
}

# What a moderator took off the page, and what is kept so that it can come back.
REMOVED = frozenset({"hidden", "rejected", "spam"})

# The acts of the log that take a comment off the page, and those that leave nothing of it.
ERASURES = ("erase_comment", "erase_branch")
REMOVALS = ("reject_comment", "hide_comment", "mark_spam", "notice_upheld", *ERASURES)

# Why a comment was removed or reported. The labels stand inside a sentence ("Removed by a
# moderator: personal remark."); a list of choices capitalises them.
REASONS = {
    "off_topic": gettext_noop("off topic"),
    "unkind": gettext_noop("personal remark"),
    "spam": gettext_noop("spam"),
    "spoiler": gettext_noop("unmarked spoiler"),
    "illegal": gettext_noop("against the law"),
    "other": gettext_noop("another rule"),
}

# The decisions of the log that change nothing but a state, and so have a way back; with the state
# in which each leaves a comment.
UNDOABLE = {
    "publish_comment": "published",
    "keep_comment": "published",
    "reject_comment": "rejected",
    "hide_comment": "hidden",
    "mark_spam": "spam",
}


# Answers to an appeal or a notice: what was asked is open again. A declined one moves no comment.
ANSWERS = frozenset({"appeal_granted", "appeal_declined", "notice_upheld", "notice_declined"})

# Where an upheld notice puts a comment; what is removed already stays where it is.
UPHELD = {"published": "hidden", "pending": "rejected"}


def may_edit(
    *, created_at: datetime, now: datetime, has_reply: bool, state: str, mine: bool
) -> bool:
    """Authors only, for EDIT_WINDOW, until the first accepted reply (`has_reply`)."""
    in_time = now - created_at < EDIT_WINDOW
    return mine and in_time and not has_reply and state in ("pending", "published")


def read_as(*, state: str, edited_at: datetime | None) -> str:
    """What a moderator had before them, to be sent along with what they decide: state and text."""
    return f"{state}.{edited_at.isoformat()}" if edited_at else state


def may_delete(*, state: str, mine: bool) -> bool:
    """Authors only, at any time, whatever a moderator made of it; not twice."""
    return mine and "withdrawn" in TRANSITIONS[state]


def may_reply(*, state: str, is_open: bool, locked: bool = False) -> bool:
    """Only what everybody can read, in an open discussion and a thread that is not locked."""
    return is_open and state == "published" and not locked


def may_appeal(*, state: str, held_reason: str, mine: bool, has_appealed: bool) -> bool:
    """Authors only, once, against a removal or against being held because of reports."""
    is_decision = state in REMOVED or (state == "pending" and held_reason == "reports")
    return mine and is_decision and not has_appealed


def may_undo(*, act: str, created_at: datetime, now: datetime, is_latest: bool) -> bool:
    """For UNDO_WINDOW, while nothing else has become of the comment (`is_latest`)."""
    return act in {*UNDOABLE, *ANSWERS} and is_latest and now - created_at < UNDO_WINDOW


def moved_to(*, act: str, state_before: str) -> str:
    """The state into which an answer moved a comment; "" when it stayed where it was."""
    if act == "notice_upheld":
        return UPHELD.get(state_before, "")
    return "published" if act == "appeal_granted" and state_before != "published" else ""


def most_picks(published: int) -> int:
    """How many editors' picks a discussion with so many published comments may have."""
    return max(1, published * PICKS_IN_100 // 100)


def check_transition(old: str, new: str) -> None:
    """Raise Refused unless a comment may go from state `old` to `new`; staying is no change."""
    if new not in STATES:
        raise Refused(gettext_noop("There is no such state."))
    if old != new and new not in TRANSITIONS[old]:
        raise Refused(
            gettext_noop("A comment that is {old} cannot become {new}."), old=old, new=new
        )


class Statement(NamedTuple):
    """A decision as its author is told it: four sentences or words, "" where there is nothing.

    `rule` is a label of REASONS or HELD_REASONS; `ground` says what led to the decision.
    """

    decision: str
    rule: str
    ground: str
    appeal: str


_WENT_ALONG = gettext_noop(
    "A moderator erased the comment that yours answers, and with it everything below. "
    "Nobody judged what you wrote. Its text is not kept."
)
_DECISIONS = {
    "hidden": gettext_noop("Your comment was taken off the page."),
    "rejected": gettext_noop("Your comment was not published."),
    "spam": gettext_noop("Your comment was taken off the page as spam."),
    "erased": gettext_noop("Your comment was erased. Its text is not kept."),
}
_BY_PERSON = gettext_noop("A moderator decided this; no machine did.")
_BY_NOTICE = gettext_noop("A moderator decided this after a notice of illegal content.")
_BY_REPORTS = gettext_noop(
    "Several readers reported it, so it was taken off the page automatically. A moderator decides."
)
_BY_RULE = gettext_noop("A rule held it automatically. A moderator reads it and decides.")


def statement(
    *,
    state: str,
    reason: str,
    held_reason: str,
    by_notice: bool,
    can_appeal: bool,
    went_along: bool = False,
) -> Statement | None:
    """What the author of a comment may know of the decision on it; None where there is none.

    `by_notice` says that somebody's notice of illegal content led to it, `went_along` that it was
    erased for what stood above it.
    """
    if went_along:
        return Statement(_WENT_ALONG, "", "", "")
    appeal = gettext_noop("You can appeal once; a person looks at it again.") if can_appeal else ""
    if state == "pending":
        held = gettext_noop("Your comment waits for a moderator. Only you see it.")
        ground = _BY_REPORTS if held_reason == "reports" else _BY_RULE
        return Statement(held, HELD_REASONS.get(held_reason, ""), ground, appeal)
    if state not in _DECISIONS:
        return None
    ground = _BY_NOTICE if by_notice else _BY_PERSON
    return Statement(_DECISIONS[state], REASONS.get(reason, reason), ground, appeal)
