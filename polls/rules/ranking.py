"""How comments are ordered across camps, and which badges they earn.

A comment's score is the geometric mean of its camps' rates, so that every camp counts the same,
large or small, and none alone can lift a comment to the top. Declared camps are a lens, never a
score: no reaction ever adds weight. Sources: Polis' group-aware consensus to the K-th root;
Community Notes' Gaussian model with one point per camp.
"""

from collections.abc import Container, Mapping, Sequence
from datetime import datetime, timedelta
from math import prod
from typing import Literal, NamedTuple

# camp -> (yes, no): how many readers of a camp pressed "Good point", how many "Not for me".
Votes = Mapping[str, tuple[int, int]]

# The rate and the score of a comment nobody has judged: (0 + 1) / (0 + 2).
NEUTRAL = 0.5

# A camp values a comment from so many yes, and more than twice as many as no; it rejects one the
# other way round. Community Notes asks for five of each side too.
BADGE_VOTES = 5
BADGE_FACTOR = 2
BADGE_CAMPS = 2

# A badge appears when it has been earned for so long: a burst shows itself within it.
BADGE_DELAY = timedelta(minutes=30)

# Of every ten places these go to what the reader's own camp has judged least (1 is the top).
BLOCK = 10
RESERVED_PLACES = (3, 8)


class Badge(NamedTuple):
    """What the camps say of a comment together, and which of them say it."""

    kind: Literal["valued", "split"]
    valued: tuple[str, ...]
    rejected: tuple[str, ...]


class Entry(NamedTuple):
    """A comment to be placed."""

    id: int
    author_id: int


class Place(NamedTuple):
    """A comment in its place; `is_reserved` when it stands there for being judged least."""

    id: int
    is_reserved: bool


def rate(yes: int, no: int) -> float:
    """How well one camp takes a comment: between 0 and 1, NEUTRAL before anybody has said.

    Laplace's rule of succession, which Polis uses too: one vote is no verdict.
    """
    return (yes + 1) / (yes + no + 2)


def score(votes: Votes) -> float:
    """The geometric mean of the camps' rates: between 0 and 1, NEUTRAL before anybody has voted.

    Each yes raises it and each no lowers it, in whatever camp; how large a camp is changes
    nothing, and a camp without voters never reorders. `votes` names at least one camp, and two
    scores compare only over the same camps.
    """
    # In whole numbers up to the one division: no order of the camps can change the last digit.
    above = prod(yes + 1 for yes, _no in votes.values())
    below = prod(yes + no + 2 for yes, no in votes.values())
    return (above / below) ** (1 / len(votes))


def most_of_one_camp(camps: int) -> float:
    """What a score stays below while only one of so many camps votes, however often."""
    return NEUTRAL ** ((camps - 1) / camps)


def badge(votes: Votes) -> Badge | None:
    """The badge these votes earn.

    "valued" when at least BADGE_CAMPS camps value the comment and none rejects it; "split" when
    one does and another does the opposite. It asks for so many yes, not for so many votes: a no
    must never add a badge.
    """
    valued = tuple(camp for camp, (yes, no) in votes.items() if _is_clear(yes, no))
    rejected = tuple(camp for camp, (yes, no) in votes.items() if _is_clear(no, yes))
    if valued and rejected:
        return Badge("split", valued, rejected)
    if len(valued) >= BADGE_CAMPS and not rejected:
        return Badge("valued", valued, ())
    return None


def _is_clear(many: int, few: int) -> bool:
    return many >= BADGE_VOTES and many > BADGE_FACTOR * few


def shown_badge(votes: Votes, since: datetime | None, now: datetime) -> Badge | None:
    """The badge as readers see it: only when one of its kind has been earned since BADGE_DELAY."""
    if since is None or now - since < BADGE_DELAY:
        return None
    return badge(votes)


def places(best: Sequence[Entry], least: Sequence[Entry], size: int = 20) -> list[Place]:
    """The first `size` places of a page: the best in their order, with the reserved places.

    Of every ten, RESERVED_PLACES go to the first of `least` (what the reader's own camp has
    judged least, least first) that has no place yet and whose author stands nowhere in that ten;
    without one, and at every other place, the next of `best` follows. Nobody is placed twice, and
    with `size` for all of them, nobody is left out.
    """
    natural = [*best, *least]
    placed: list[Place] = []
    taken: set[int] = set()
    authors: set[int] = set()
    for place in range(size):
        if place % BLOCK == 0:
            authors = set()
        is_reserved = place % BLOCK + 1 in RESERVED_PLACES
        reserved = _first(least, taken, authors) if is_reserved else None
        entry = reserved or _first(natural, taken)
        if entry is None:
            break
        placed.append(Place(entry.id, reserved is not None))
        taken.add(entry.id)
        authors.add(entry.author_id)
    return placed


def _first(
    entries: Sequence[Entry], taken: Container[int], authors: Container[int] = ()
) -> Entry | None:
    """The first that is not taken yet and whose author is none of those."""
    return next(
        (row for row in entries if row.id not in taken and row.author_id not in authors), None
    )
