"""Which comments wait for a person before anybody else sees them, and why."""

from typing import NamedTuple

from polls.errors import gettext_noop

# Why a comment is pending; "" for one that is not. What tells a moderator most comes first: of
# several reasons that apply, the first one is kept.
HELD_REASONS = {
    "trap": gettext_noop("A field was filled in that nobody sees"),
    "word": gettext_noop("A word on the list"),
    "repeat": gettext_noop("The same text again"),
    "speed": gettext_noop("Sent faster than a person writes"),
    "reports": gettext_noop("Reported by readers"),
    "burst": gettext_noop("Part of a burst"),
    "reader": gettext_noop("Every comment of this reader is read first"),
    "manual": gettext_noop("Every comment here is read first"),
    "link": gettext_noop("A newcomer's comment with a link"),
    "newcomer": gettext_noop("First comments are read before they appear"),
}

# Comments approved by a moderator before a reader's next ones appear at once; Coral's threshold.
APPROVALS_FOR_TRUST = 2

# Found in the text itself, or in how much its author is trusted: an edit is asked for them anew.
# The others are about how it came here, and stay.
ASKED_AGAIN = frozenset({"word", "repeat", "reader", "manual", "link", "newcomer"})

# A form younger than this, in seconds, was not filled in by a person (Discourse: 3, Astuto: 2).
FORM_LEAST_AGE = 3

# Reports by so many different readers, each from a place of their own, hold a comment. Never fewer,
# or a handful of friends, or one script, decides what everybody reads.
REPORTS_TO_HOLD = 5


class Facts(NamedTuple):
    """What the rules ask about a text and its author.

    `approvals` counts the author's comments that were fit to be read; `links` those in the text;
    `word` is a suspect word as its list has it; `is_repeat` says that the same text was posted not
    long ago; `read_first` is the discussion's setting, `reader_read_first` the one of this reader.
    `form_age` is how old the form is, in seconds, None for one that is not ours; `trap` says that
    the field was filled in which only machines find.
    """

    approvals: int = 0
    is_staff: bool = False
    read_first: bool = False
    reader_read_first: bool = False
    links: int = 0
    word: str = ""
    is_repeat: bool = False
    form_age: float | None = FORM_LEAST_AGE
    trap: bool = False


class Verdict(NamedTuple):
    """What becomes of a comment: its state, why it is held, and what the rule found."""

    state: str
    held_reason: str = ""
    held_detail: str = ""


PUBLISHED = Verdict("published")


def is_trusted(*, approvals: int, is_staff: bool) -> bool:
    """Whether a reader's comments appear without being read first."""
    return is_staff or approvals >= APPROVALS_FOR_TRUST


def first_state(facts: Facts) -> Verdict:
    """What becomes of a new comment. Staff never wait."""
    if facts.is_staff:
        return PUBLISHED
    is_new = not is_trusted(approvals=facts.approvals, is_staff=facts.is_staff)
    applies = {
        "trap": facts.trap,
        "word": bool(facts.word),
        "repeat": facts.is_repeat,
        "speed": facts.form_age is None or facts.form_age < FORM_LEAST_AGE,
        "reader": facts.reader_read_first,
        # The editor's choice, nothing the author did.
        "manual": facts.read_first,
        # A newcomer's links outrank the newcomer: they are what the moderator should look at.
        "link": is_new and facts.links > 0,
        "newcomer": is_new,
    }
    reason = next((reason for reason in HELD_REASONS if applies.get(reason)), "")
    return (
        Verdict("pending", reason, facts.word if reason == "word" else "") if reason else PUBLISHED
    )


def after_edit(old: Verdict, facts: Facts) -> Verdict:
    """What becomes of a comment whose author changed the text; `old` is how it stood.

    An edit is judged as a new comment would be: approval was given to the old words, not to the
    new ones. So a trusted reader's edit stays published and everybody else's waits (again).
    Whatever is pending stays so, since nobody has looked at it yet: for the gravest reason that
    holds it now, and for the old one when the new text alone would not wait.
    """
    new = first_state(facts)
    if old.state != "pending":
        return new
    if new.state != "pending":
        return old
    if old.held_reason in ASKED_AGAIN:
        return new
    return min(old, new, key=_gravity)


def _gravity(verdict: Verdict) -> int:
    """The place of a reason among all: the gravest is 0, one of before there were reasons last."""
    order = list(HELD_REASONS)
    return order.index(verdict.held_reason) if verdict.held_reason in order else len(order)


def is_held_by_reports(*, state: str, open_reports: int) -> bool:
    """Whether reports take a comment off the page until a moderator has looked.

    `open_reports` are those of different readers in different places that nobody has decided: what
    a moderator has kept takes as many new ones.
    """
    return state == "published" and open_reports >= REPORTS_TO_HOLD
