"""What may be said about counts: shares, leads, intervals, changes of mind, intent by camp.

Readers choose to answer, so nothing here estimates what all readers think: intervals serve the
editor's charts and our own decisions and are never printed as ± to readers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import sqrt
from typing import NamedTuple

from polls.rules.crosstabs import MIN_CELL, crosstab_cells

# Below, a count tells what single persons said.
MIN_COUNTS = 5

# Below, a share is too unsteady to print: the interval of the top share is half the scale wide.
MIN_PERCENT = 20

# Shares of the top two this near are called a split, in points (design guide, mood bar).
SPLIT_POINTS = 5

# Fewer pairs, or fewer changes among them, and "most moved from … to …" is chance.
MIN_PAIRS = 30
MIN_CHANGED = 10


def percents(counts: Sequence[int]) -> list[int]:
    """Whole percents that sum to 100, by largest remainder; the earlier of equals gets the point.

    All zeros when nothing was counted. Each is less than 1 from the exact share.
    """
    total = sum(counts)
    if total == 0:
        return [0] * len(counts)
    floors = [100 * count // total for count in counts]
    by_remainder = sorted(range(len(counts)), key=lambda i: -(100 * counts[i] % total))
    for i in by_remainder[: 100 - sum(floors)]:
        floors[i] += 1
    return floors


def shown(total: int) -> str:
    """How much `total` answers may show: "nothing", "counts" or "percents"."""
    if total < MIN_COUNTS:
        return "nothing"
    return "counts" if total < MIN_PERCENT else "percents"


def leader(counts: Mapping[str, int]) -> str | None:
    """The key that leads, None when it is too close to call.

    A lead counts from 2 * sqrt(a + b) over the next; with both truly equal that is wrong in under
    5 % of cases. Compared in squares, so without rounding.
    """
    ranked = _ranked(counts)
    if not ranked:
        return None
    first, second = counts[ranked[0]], counts[ranked[1]] if len(ranked) > 1 else 0
    clear = first > second and (first - second) ** 2 >= 4 * (first + second)
    return ranked[0] if clear else None


def verdict(counts: Mapping[str, int], *, total: int | None = None) -> tuple[str, ...]:
    """The mood bar in a word: ("mostly", key), ("split", key, key) or ("leaning", key).

    `counts` come in the fixed order of the camps, and a split names its two in that order. Judged
    by the whole percents the reader sees: mostly from 50, unless the top two are equal; split when
    they are at most SPLIT_POINTS apart. `total` counts everybody who answered, with those in no
    camp (default: the sum). Empty under MIN_PERCENT answers, where no bar is drawn, and when nobody
    is in a camp.
    """
    in_camps = sum(counts.values())
    everybody = in_camps if total is None else total
    if everybody < MIN_PERCENT or not in_camps:
        return ()
    shares = percents([*counts.values(), everybody - in_camps])
    share = dict(zip(counts, shares, strict=False))
    first, *others = _ranked(counts)
    if not others:
        return ("mostly", first)
    second = others[0]
    if share[first] >= 50 and counts[first] > counts[second]:
        return ("mostly", first)
    if share[first] - share[second] <= SPLIT_POINTS:
        return ("split", *(key for key in counts if key in (first, second)))
    return ("leaning", first)


def wilson(successes: int, n: int, z: float) -> tuple[float, float]:
    """Wilson's score interval of a share: (low, high) within 0..1; (0, 1) when n is 0.

    z is the normal quantile: 1.96 for 95 %; for k shares at once the quantile of 1 - a / 2k makes
    it Goodman's simultaneous interval (2.394 for three). Wilson, JASA 22 (1927).
    """
    if not 0 <= successes <= n:
        raise ValueError("successes must lie between 0 and n")
    if n == 0:
        return 0.0, 1.0
    share, spread = successes / n, z * z / n
    middle = share + spread / 2
    half = z * sqrt(share * (1 - share) / n + spread / (4 * n))
    return max(0.0, (middle - half) / (1 + spread)), min(1.0, (middle + half) / (1 + spread))


class Move(NamedTuple):
    """`count` readers answered `old` before reading and `new` after."""

    old: str
    new: str
    count: int


class Changes(NamedTuple):
    """Of `total` readers who answered before and after, `changed` gave another answer.

    `move` is the most common change; None when two are equally common or it has under MIN_CELL
    readers.
    """

    total: int
    changed: int
    move: Move | None


def changes(pairs: Mapping[tuple[str, str], int]) -> Changes | None:
    """What reading changed, from {(before, after): readers}; None when too few to say.

    Says who moved, never that a side won: that would favour the side that starts behind.
    """
    moved = sorted(
        (Move(old, new, n) for (old, new), n in pairs.items() if old != new),
        key=lambda move: -move.count,
    )
    total, changed = sum(pairs.values()), sum(move.count for move in moved)
    if total < MIN_PAIRS or changed < MIN_CHANGED:
        return None
    tied = any(one.count == other.count for one, other in pairwise(moved[:2]))
    return Changes(total, changed, None if tied or moved[0].count < MIN_CELL else moved[0])


@dataclass(frozen=True)
class IntentSummary:
    """What the line below the intent may say.

    `mode` is "nothing" (then `tries` is None), "counts" (`tries` of `total`) or "percents"
    (`percent` too). `camp` is the camp that differs most, with the percent of it that will try;
    both are None when no camp may be named.
    """

    mode: str
    total: int
    tries: int | None = None
    percent: int | None = None
    camp: str | None = None
    camp_percent: int | None = None


def intent_summary(
    total: Mapping[str, int], by_camp: Mapping[str, Mapping[str, int]]
) -> IntentSummary:
    """How many will try it, and the camp whose share differs most from everybody's.

    `total` is {"try": n, "stay_away": n} over everybody, `by_camp` the same for each camp. A camp
    is named only with MIN_PERCENT answers, in a row that crosstab_cells shows, and only if its
    percent differs from everybody's as printed. Of equally different camps the first by key is
    named, so that the order of the rows does not matter.
    """
    tries, stays = total.get("try", 0), total.get("stay_away", 0)
    n = tries + stays
    mode = shown(n)
    if mode == "nothing":
        return IntentSummary(mode, n)
    if mode == "counts":
        return IntentSummary(mode, n, tries)
    percent = percents((tries, stays))[0]
    cells = crosstab_cells(by_camp, {"try": tries, "stay_away": stays})
    camp, camp_percent = _most_different(Fraction(tries, n), cells)
    if camp_percent == percent:
        camp = camp_percent = None
    return IntentSummary(mode, n, tries, percent, camp, camp_percent)


def _most_different(
    share: Fraction, cells: Mapping[str, dict[str, int] | None]
) -> tuple[str | None, int | None]:
    rows = {camp: row for camp, row in cells.items() if row and sum(row.values()) >= MIN_PERCENT}
    if not rows:
        return None, None

    def apart(camp: str) -> Fraction:
        return abs(Fraction(rows[camp]["try"], sum(rows[camp].values())) - share)

    camp = max(sorted(rows), key=apart)
    return camp, percents((rows[camp]["try"], rows[camp]["stay_away"]))[0]


def _ranked(counts: Mapping[str, int]) -> list[str]:
    return sorted(counts, key=lambda key: -counts[key])
