"""Suggested topics: the shape of a title, which suggestions are the same, which status follows."""

import re
from collections.abc import Mapping
from typing import TypeVar

from polls.errors import Refused, gettext_noop
from polls.rules import likeness

T = TypeVar("T")

# Characters of what stands between "What’s" and "?".
TITLE_LENGTH = (3, 120)

STATUSES = ("pending", "open", "writing", "published", "declined", "rejected")

# What readers may still vote for: the rest is decided.
VOTABLE = frozenset({"pending", "open", "writing"})

# Every decision can be taken back: an article may be withdrawn, a rejection may be a mistake.
# Declined is an answer readers are shown; rejected was never listed. A merged topic is no status:
# it becomes a wording of the other.
TRANSITIONS: dict[str, frozenset[str]] = {
    "pending": frozenset({"open", "writing", "published", "declined", "rejected"}),
    "open": frozenset({"writing", "published", "declined", "rejected"}),
    "writing": frozenset({"open", "published", "declined"}),
    "published": frozenset({"open", "writing"}),
    "declined": frozenset({"open", "writing", "published"}),
    "rejected": frozenset({"open"}),
}

# Asking and phrasing, compared word by word: "isekai" must never lose its "is".
_LEADS = tuple(
    tuple(lead.split())
    for lead in (
        "what is",
        "what was",
        "what are",
        "what were",
        "what does",
        "what do",
        "how does",
        "how do",
        "meaning of",
        "definition of",
        "whats",
        "what s",
        "explain",
        "define",
    )
)
_TAILS = ("mean", "means", "please", "exactly", "explained")

_CONTRACTED = re.compile(r"\bwhat['’‘ʼ´`]s\b", re.IGNORECASE)
_ASKED = re.compile(r"\s*what(?:['’‘ʼ´`]?s|\s+is|\s+are)(?=$|[\s?？])\s*", re.IGNORECASE)


def normalise(title: str) -> str:
    """The words of a title without the asking: "What’s a Heist Story, exactly?" is "heist story".

    Meant for comparing, never for showing. Empty when nothing but asking is left.
    """
    parts = likeness.words(_CONTRACTED.sub("what is", title))
    shorter = _shorten(parts)
    while shorter != parts:
        parts, shorter = shorter, _shorten(shorter)
    return " ".join(parts)


def key(title: str) -> str:
    """The key under which equal topics are one: normalised, letters and digits, one plural s off.

    Raises Refused when nothing is left. key(key(title)) == key(title).
    """
    found = _forms(title).key
    if not found:
        raise Refused(gettext_noop("Write what you would like explained."), field="title")
    return found


def strip_question(title: str) -> str:
    """What a reader typed into "What’s [ ] ?", should they have asked the whole question.

    Drops a leading "What’s", "What is" or "What are" and the question marks at the end, makes
    runs of white space one space, and keeps the spelling. May be empty.
    """
    bare = " ".join(title.split()).rstrip("?？ ")
    return _ASKED.sub("", bare, count=1) if _ASKED.match(bare) else bare


def question(title: str) -> str:
    """The question as shown: "a heist story" becomes "What’s a heist story?"."""
    return f"What’s {strip_question(title)}?"


def similar(key: str, candidates: Mapping[str, T], limit: int = likeness.OFFERED) -> list[T]:
    """Topics to offer as "Already asked?", best first.

    `key` is a title or its key; `candidates` maps titles to whatever the caller wants back (the
    same thing may stand under several titles). Titles find more than keys: their words are known.
    """
    return likeness.nearest(
        _forms(key), ((_forms(title), found) for title, found in candidates.items()), limit
    )


def check_transition(old: str, new: str) -> None:
    """Raise Refused unless a topic may go from status `old` to `new`; staying is no change."""
    if new not in STATUSES:
        raise Refused(gettext_noop("There is no such status."))
    if old != new and new not in TRANSITIONS[old]:
        raise Refused(gettext_noop("A topic that is {old} cannot become {new}."), old=old, new=new)


def _forms(title: str) -> likeness.Forms:
    text = normalise(title)
    glued = likeness.glue(text.split())
    # One letter is no plural, and "boss" is not two of a bos.
    is_plural = len(glued) > 3 and glued.endswith("s") and not glued.endswith("ss")
    return likeness.Forms(text, glued[:-1] if is_plural else glued)


def _shorten(parts: list[str]) -> list[str]:
    for lead in _LEADS:
        if tuple(parts[: len(lead)]) == lead and (len(parts) > len(lead) or len(lead) > 1):
            rest = parts[len(lead) :]
            return _without_tail(rest) if lead[-1] in ("does", "do") else rest
    if len(parts) > 1 and parts[0] in likeness.ARTICLES:
        return parts[1:]
    if len(parts) > 1 and parts[-1] in _TAILS:
        return parts[:-1]
    return parts


def _without_tail(parts: list[str]) -> list[str]:
    # "How does magic work" asks about magic, "What is sex work" not about sex.
    while len(parts) > 1 and parts[-1] in (*_TAILS, "work"):
        parts = parts[:-1]
    return parts
