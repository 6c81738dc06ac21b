"""When answers come as a burst: what is counted, what is unusual, and what follows from it.

Numbers cannot tell a brigade from a community that arrives by one link: both are many, alike and
from one place. So an alarm only watches; only when volume, mix and source all fire are answers set
aside without a person, for a day at most; everything else a person decides.

An answer here is a choice of a question, or yes and no to a comment.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import log, sqrt
from typing import NamedTuple

from polls.errors import Refused, gettext_noop
from polls.rules import alike
from polls.rules.chance import g_test

WINDOW = timedelta(minutes=10)
# What is compared with the time before: long enough for a dozen answers on a quiet page, short
# enough that the burst is most of it.
RECENT = timedelta(hours=2)
# The usual rate is that of the last three days: it knows the night and the weekend.
BASELINE = timedelta(days=3)

# CUSUM for counts: told apart from the usual rate is three times as much. On real traffic volume
# alone means nothing (its variance is a multiple of its mean), so 8 is no guard, only a sieve.
SHIFT = 3
ALARM_AT = 8
# Answers in a window; below, one answer to a sleeping page would be a multiple of nothing.
LEAST_USUAL = 0.5

# Fewer than a dozen say nothing about a mix or a source.
LEAST_ANSWERS = 12
MIX_CHANCE = 0.001
SOURCE_SHARE, SOURCE_GROWTH = 0.6, 3
# Without a person nobody's answer stays out of the counts for longer.
AUTOMATIC = timedelta(hours=24)
# A burst is over when for half an hour no more came than the usual rate explains.
CALM = timedelta(minutes=30)
# A burst that nobody has judged so long after its end is counted for good, until somebody does.
WATCH = timedelta(days=7)

WATCHED, QUARANTINED, RELEASED, EXCLUDED = "watched", "quarantined", "released", "excluded"
STATES = (WATCHED, QUARANTINED, RELEASED, EXCLUDED)
# Here the answers are kept and shown, and out of every count.
ASIDE = frozenset({QUARANTINED, EXCLUDED})
# Here nobody has said the last word.
OPEN = frozenset({WATCHED, QUARANTINED})

VOLUME, MIX, SOURCE, ALIKE = "volume", "mix", "source", "alike"
# No matter of the alarm: answers past limits.ANSWERS_OF_ADDRESS wait for a person as they come.
LIMIT = "limit"
SIGNALS = (VOLUME, MIX, SOURCE, ALIKE, LIMIT)

# Why a person decided; the log repeats it to everybody, so nobody is named by it.
REASONS = {
    "one_hand": gettext_noop("one person or program behind many answers"),
    "called_for": gettext_noop("a call elsewhere to answer in one way"),
    "community": gettext_noop("real readers who came together"),
    "coincidence": gettext_noop("chance"),
    "unclear": gettext_noop("not clear yet"),
}


class Rise(NamedTuple):
    """How far counts have run above the usual, and in which window (its place) that began."""

    height: float
    since: int


class Share(NamedTuple):
    """So many `of` all."""

    count: int
    of: int

    @property
    def part(self) -> float:
        return self.count / self.of if self.of else 0.0


class Traffic(NamedTuple):
    """What came to one question or comment.

    `windows` counts answers per WINDOW over BASELINE, the oldest first; the last is not over yet.
    `recent` and `before` count each answer within RECENT and ahead of it. `source` is the share of
    the source with most recent answers, `source_before` that of the source with most ahead of it:
    what names a source changes with the day, so no source can be followed for long. `alike` is the
    size of the largest group of readers here whose votes are the same.
    """

    windows: Sequence[int]
    recent: Mapping[Hashable, int]
    before: Mapping[Hashable, int]
    source: Share = Share(0, 0)
    source_before: Share = Share(0, 0)
    alike: int = 0


def step(height: float, count: int, usual: float) -> float:
    """The CUSUM of a Poisson count after one more window: max(0, S + x - k).

    k = L (rho - 1) / ln rho is where the two rates, L and rho L, explain a count equally well
    (Lucas 1985, "Counted data CUSUM's"). `usual` is L, in answers per window.
    """
    usual = max(usual, LEAST_USUAL)
    return max(0.0, height + count - _allowed(usual))


def _allowed(usual: float) -> float:
    return usual * (SHIFT - 1) / log(SHIFT)


def is_high(height: float, usual: float) -> bool:
    """Whether a CUSUM is an alarm; the bound grows with the spread of a Poisson count."""
    return height > ALARM_AT * max(1.0, sqrt(max(usual, LEAST_USUAL)))


def usual_of(windows: Sequence[int]) -> float:
    """The usual answers per window: the mean of those that are no longer RECENT."""
    earlier = windows[: -(RECENT // WINDOW)]
    return sum(earlier) / len(earlier) if earlier else 0.0


def rise(windows: Sequence[int], usual: float) -> Rise:
    """The CUSUM at the end of `windows`, and the window in which it left zero for the last time."""
    height, since = 0.0, len(windows)
    for place, count in enumerate(windows):
        if not height:
            since = place
        height = step(height, count, usual)
    return Rise(height, since if height else len(windows))


def is_other_mix(recent: Mapping[Hashable, int], before: Mapping[Hashable, int]) -> bool:
    """Whether what came lately is mixed otherwise than chance explains; a dozen on each side."""
    enough = min(sum(recent.values()), sum(before.values())) >= LEAST_ANSWERS
    return enough and g_test(recent, before) < MIX_CHANCE


def is_one_source(recent: Share, before: Share) -> bool:
    """Whether one source sent most, and far more than any used to; a dozen answers at least."""
    much = recent.of >= LEAST_ANSWERS and recent.part >= SOURCE_SHARE
    return much and recent.part >= SOURCE_GROWTH * before.part


def signals(traffic: Traffic) -> tuple[str, ...]:
    """Which of SIGNALS an alarm can hear fire, in their order."""
    usual = usual_of(traffic.windows)
    fires = {
        VOLUME: is_high(rise(traffic.windows, usual).height, usual),
        MIX: is_other_mix(traffic.recent, traffic.before),
        SOURCE: is_one_source(traffic.source, traffic.source_before),
        ALIKE: traffic.alike >= alike.READERS,
    }
    return tuple(signal for signal, is_heard in fires.items() if is_heard)


def is_alarm(fired: Iterable[str]) -> bool:
    """Volume, and one sign more that these answers are unlike the rest."""
    return VOLUME in fired and len(set(fired)) > 1


def is_quarantined_at_once(fired: Iterable[str]) -> bool:
    """Volume, mix and source together: set aside for at most AUTOMATIC, until a person decides."""
    return {VOLUME, MIX, SOURCE} <= set(fired)


def is_over(lately: int, usual: float) -> bool:
    """Whether a burst has calmed down: no more of it within CALM than the usual rate explains."""
    return lately <= CALM // WINDOW * _allowed(max(usual, LEAST_USUAL))


def check_decision(state: str, wanted: str, reason: str, *, is_decided: bool) -> None:
    """Let a person's decision through, or raise Refused: for no reason, or for nothing new.

    Every decision has a way back, so each state may follow each other. To confirm what a rule has
    set aside (`is_decided` false) is a decision, too.
    """
    if reason not in REASONS:
        raise Refused(gettext_noop("Choose a reason: everybody can read it."), field="reason")
    if state == wanted and is_decided:
        raise Refused(gettext_noop("Somebody has decided this already."))


def window_of(moment: datetime) -> int:
    """The number of the window a moment falls in, counted since 1970."""
    return int(moment.timestamp() // WINDOW.total_seconds())


def began(windows: Sequence[int], now: datetime) -> datetime:
    """When the rise that these windows end with began; no longer ago than RECENT.

    What the signals have not looked at cannot be part of what they saw.
    """
    place = max(rise(windows, usual_of(windows)).since, len(windows) - RECENT // WINDOW)
    first = window_of(now) - (len(windows) - 1 - place)
    return datetime.fromtimestamp(first * WINDOW.total_seconds(), tz=now.tzinfo)


def filled(counts: Mapping[int, int], now: datetime, span: timedelta) -> list[int]:
    """Counts by window number as a row without gaps: `span` up to now, the oldest first."""
    last = window_of(now)
    return [counts.get(place, 0) for place in range(last - span // WINDOW + 1, last + 1)]
