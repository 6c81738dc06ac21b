"""How often each camp and each moderator meets a decision, and what may be said about it.

Shares of few differ by chance: each comes with its interval, and two of them are said to differ
only when their intervals lie apart. That is a question for editors, never an accusation: camps
may differ for good reasons.
"""

from collections.abc import Mapping
from typing import NamedTuple

from polls.rules.results import shown, wilson

# The normal quantile of a 95 % interval.
Z = 1.96


class Share(NamedTuple):
    """`count` of `of`; `percent`, `low` and `high` are whole percents, None for small numbers."""

    count: int
    of: int
    percent: int | None = None
    low: int | None = None
    high: int | None = None


def share(count: int, of: int) -> Share | None:
    """A share as it may be shown: None under 5, the bare count under 20, then with its interval.

    A comment loses its camp when it is erased, so `of` may have fallen below `count`: the greater
    of the two is what it was counted from.
    """
    of = max(count, of)
    mode = shown(of)
    if mode == "nothing":
        return None
    if mode == "counts":
        return Share(count, of)
    low, high = wilson(count, of, Z)
    return Share(count, of, round(100 * count / of), int(100 * low), -int(-100 * high // 1))


def apart(shares: Mapping[str, Share | None]) -> tuple[str, str] | None:
    """The keys of the highest and the lowest share, when their intervals do not touch.

    None when nothing can be said: fewer than two shares with an interval, or all of them overlap.
    The earlier of equals is named, so that the same numbers always read the same.
    """
    lows = {key: one.low for key, one in shares.items() if one and one.low is not None}
    highs = {key: one.high for key, one in shares.items() if one and one.high is not None}
    if len(lows) < 2:
        return None
    highest, lowest = max(lows, key=lambda key: lows[key]), min(highs, key=lambda key: highs[key])
    return (highest, lowest) if lows[highest] > highs[lowest] else None
