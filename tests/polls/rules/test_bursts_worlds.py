"""Simulated pages: how often the alarm is false, and which brigades it sees.

The worlds are those of the study behind the rules: answers per window of ten minutes, as a Poisson
count or in bursts (its variance four times its mean), half of them enraged, three tenths sad, the
rest happy; readers come from many places. A brigade is so many answers of one camp over two hours.
Smaller than the study: a dozen months of a page instead of hundreds, forty brigades of a kind.

Every run is the number it is seeded with: the same on every machine, and nothing here is drawn anew
to make a test pass.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from math import exp

import pytest

from polls.rules import bursts
from polls.rules.bursts import MIX, SOURCE, VOLUME, Share, Traffic

MIXES = {"enraged": 0.5, "sad": 0.3, "happy": 0.2}
PLACES = 400  # networks that readers come from
DAY = 144
BASELINE, RECENT = bursts.BASELINE // bursts.WINDOW, bursts.RECENT // bursts.WINDOW
BURSTY = 4
MONTHS = 12
RUNS = 40

# Real readers who come by one link from where people think otherwise.
COMMUNITY = {"enraged": 0.1, "sad": 0.1, "happy": 0.8}

Window = list[tuple[str, int]]  # (camp, place) of each answer


def poisson(chance: random.Random, mean: float) -> int:
    """A count with that mean, by Knuth's product of chances, in pieces that do not underflow."""
    count = 0
    while mean > 0:
        piece, left = exp(-min(mean, 30)), chance.random()
        mean -= 30
        while left > piece:
            count += 1
            left *= chance.random()
    return count


def page(chance: random.Random, rate: float, *, is_bursty: bool) -> Iterator[Window]:
    """A page's windows without end."""
    camps, weights = list(MIXES), list(MIXES.values())
    while True:
        mean = chance.gammavariate(rate / (BURSTY - 1), BURSTY - 1) if is_bursty else rate
        count = poisson(chance, mean)
        yield [(camp, chance.randrange(PLACES)) for camp in chance.choices(camps, weights, k=count)]


def traffic(windows: Sequence[Window]) -> Traffic:
    """What the rules ask of a page, as the site would count it at the end of these windows."""
    recent = [answer for window in windows[-RECENT:] for answer in window]
    before = [answer for window in windows[:-RECENT] for answer in window]
    return Traffic(
        windows=[len(window) for window in windows],
        recent=Counter(camp for camp, _ in recent),
        before=Counter(camp for camp, _ in before),
        source=largest(recent),
        source_before=largest(before),
    )


def largest(answers: Window) -> Share:
    places = Counter(place for _camp, place in answers)
    return Share(max(places.values(), default=0), len(answers))


@cache
def false_alarms(rate: float, *, is_bursty: bool) -> Counter[tuple[str, ...]]:
    """Alarms of a page that nobody attacks, over MONTHS, by what fires at once.

    After an alarm of volume the count begins anew, as a control chart is read.
    """
    chance = random.Random(f"{rate} {is_bursty}")
    made = page(chance, rate, is_bursty=is_bursty)
    windows = [next(made) for _ in range(BASELINE)]
    earlier = sum(map(len, windows[:-RECENT]))
    height, found = 0.0, Counter()
    for _ in range(MONTHS * 30 * DAY):
        earlier += len(windows[-RECENT]) - len(windows[-BASELINE])
        windows.append(next(made))
        usual = earlier / (BASELINE - RECENT)
        height = bursts.step(height, len(windows[-1]), usual)
        if bursts.is_high(height, usual):
            height = 0.0
            seen = traffic(windows[-BASELINE:])
            found[VOLUME,] += 1
            is_mixed = bursts.is_other_mix(seen.recent, seen.before)
            found[VOLUME, MIX] += is_mixed
            found[VOLUME, MIX, SOURCE] += is_mixed and bursts.is_one_source(
                seen.source, seen.source_before
            )
    return found


def per_month(rate: float, *fired: str, is_bursty: bool) -> float:
    return false_alarms(rate, is_bursty=is_bursty)[fired] / MONTHS


@cache
def seen(
    heads: int, rate: float, *, of_one_place: bool = False, is_community: bool = False
) -> list[tuple]:
    """For each run: after how many windows of the brigade it was an alarm, and all that fired.

    A brigade says "happy" alone.
    """
    weights = COMMUNITY if is_community else {"happy": 1}
    found = []
    for seed in range(RUNS):
        chance = random.Random(f"{heads} {rate} {seed}")
        made = page(chance, rate, is_bursty=False)
        windows = [next(made) for _ in range(BASELINE)]
        when = Counter(chance.randrange(RECENT) for _ in range(heads))
        first, ever = None, set()
        for n in range(RECENT):
            said = chance.choices(list(weights), list(weights.values()), k=when[n])
            places = [PLACES if of_one_place else chance.randrange(PLACES) for _ in said]
            windows.append([*next(made), *zip(said, places, strict=True)])
            fired = bursts.signals(traffic(windows[-BASELINE:]))
            ever |= set(fired)
            first = n + 1 if first is None and bursts.is_alarm(fired) else first
        found.append((first, frozenset(ever)))
    return found


def share_seen(heads: int, rate: float) -> float:
    return sum(first is not None for first, _ever in seen(heads, rate)) / RUNS


@pytest.mark.parametrize("rate", [0.2, 1, 5])
def test_a_quiet_page_is_left_alone(rate):
    assert per_month(rate, VOLUME, is_bursty=False) <= 0.5
    assert per_month(rate, VOLUME, MIX, is_bursty=False) == 0


@pytest.mark.parametrize("rate", [0.2, 1, 5])
def test_volume_alone_is_useless_on_a_page_as_pages_are(rate):
    assert per_month(rate, VOLUME, is_bursty=True) > 5


@pytest.mark.parametrize("rate", [0.2, 1, 5])
def test_volume_and_mix_leave_it_alone(rate):
    assert per_month(rate, VOLUME, MIX, is_bursty=True) <= 0.1


@pytest.mark.parametrize("rate", [0.2, 1, 5])
def test_nothing_is_set_aside_without_a_person_on_a_page_that_nobody_attacks(rate):
    for is_bursty in (False, True):
        assert per_month(rate, VOLUME, MIX, SOURCE, is_bursty=is_bursty) == 0


# What the study found, as the least: here the brigade says what the fewest say, which shows best.
AT_LEAST = {
    (0.2, 20): 0.5,
    (0.2, 40): 1,
    (0.2, 80): 1,
    (1, 40): 0.85,
    (1, 80): 1,
    (5, 80): 0.75,
}


@pytest.mark.parametrize(("rate", "heads"), AT_LEAST)
def test_a_brigade_is_seen(rate, heads):
    assert share_seen(heads, rate) >= AT_LEAST[rate, heads]


def test_forty_on_a_quiet_page_are_seen_within_the_hour():
    assert max(first for first, _ever in seen(40, 0.2)) <= 6


@pytest.mark.parametrize("rate", [0.2, 1, 5])
def test_ten_are_not_seen_by_their_number(rate):
    assert share_seen(10, rate) == 0


def test_twenty_drown_on_a_busy_page():
    assert share_seen(20, 5) == 0


def test_a_brigade_from_one_place_fires_everything():
    everything = {VOLUME, MIX, SOURCE}
    assert all(ever >= everything for _first, ever in seen(60, 1, of_one_place=True))


def test_so_does_a_community_that_comes_together_and_so_a_person_decides():
    everything = {VOLUME, MIX, SOURCE}
    found = seen(60, 1, of_one_place=True, is_community=True)
    assert all(ever >= everything for _first, ever in found)
