"""Simulated discussions: what a brigade of one camp can do to the top ten.

The worlds are those of the study behind the rules: 500 voters in three camps, 100 comments, some 40
votes each, 8 of 100 votes pressed by mistake. A comment has one quality, which every camp sees, and
leans towards its author's camp: those readers like it better, the others worse. Five comments
are planted: one-sided, no better than others, and a fifth of the largest camp votes for all five.

Every run is the number it is seeded with: the same on every machine, and nothing here is drawn anew
to make a test pass. Chance alone puts a planted comment into the top ten now and then, the more
so the smaller a camp is (ten readers are the third camp of world C, and vote less than once on
a comment). So two things are proved: with the votes that readers are likely to give none is lifted
in any run; with votes that are drawn, no more than the study found.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import exp, sqrt
from statistics import mean, median

import pytest

from polls.rules.ranking import Votes, badge, score
from polls.rules.voting import CAMPS

WORLDS = {
    "A": dict(zip(CAMPS, (250, 150, 100), strict=True)),
    "B": dict(zip(CAMPS, (375, 100, 25), strict=True)),
    "C": dict(zip(CAMPS, (440, 50, 10), strict=True)),
}
SEEDS = range(40)
VOTERS, COMMENTS, VOTES_OF_ONE, MISTAKES = 500, 100, 40, 0.08
PLANTED, TOP = 5, 10
BRIGADE = 0.2  # of the largest camp, which stands first
LEAN, PLANTED_LEAN = 1, 2

Rank = Callable[[Votes], float]


def likely(quality: float, lean: float) -> float:
    """How likely a reader presses “Good point”."""
    meant = 1 / (1 + exp(-(quality + lean)))
    return meant * (1 - MISTAKES) + (1 - meant) * MISTAKES


@dataclass(frozen=True)
class Said:
    """A comment's votes: without the brigade, with it, and with it as they are likely to be."""

    drawn: Votes
    attacked: Votes
    as_expected: Votes


def say(chance: random.Random, sizes: dict[str, int], *, is_planted: bool) -> Said:
    """One comment and its votes, with the brigade and without: all else is the same."""
    largest = CAMPS[0]
    camps, weights = list(sizes), list(sizes.values())
    author = largest if is_planted else chance.choices(camps, weights)[0]
    quality = 0 if is_planted else chance.gauss(0, 1)
    lean = PLANTED_LEAN if is_planted else LEAN
    likes = {camp: likely(quality, lean if camp == author else -lean) for camp in camps}
    drawn, attacked, as_expected = {}, {}, {}
    for camp, size in sizes.items():
        brigade = round(BRIGADE * size) if is_planted and camp == largest else 0
        ballots = [draw(chance, likes[camp]) for _reader in range(size)]
        honest = ballots[brigade:]
        drawn[camp] = (ballots.count(True), ballots.count(False))
        attacked[camp] = (honest.count(True) + brigade, honest.count(False))
        votes = len(honest) * VOTES_OF_ONE / VOTERS
        as_expected[camp] = (votes * likes[camp] + brigade, votes * (1 - likes[camp]))
    return Said(drawn, attacked, as_expected)


def draw(chance: random.Random, likes: float) -> bool | None:
    """What one reader says, None for most, who come past without a word."""
    speaks, yes = chance.random() < VOTES_OF_ONE / VOTERS, chance.random() < likes
    return yes if speaks else None


@cache
def discussion(world: str, seed: int) -> list[Said]:
    """The planted comments, then the others."""
    chance = random.Random(f"{world}{seed}")
    return [say(chance, WORLDS[world], is_planted=n < PLANTED) for n in range(COMMENTS)]


def top(said: list[Said], votes: str, rank: Rank) -> list[int]:
    """The numbers of the ten that stand on top; of two with the same rank the older first."""
    order = sorted(range(len(said)), key=lambda n: (-rank(getattr(said[n], votes)), n))
    return order[:TOP]


def planted_on_top(world: str, votes: str, rank: Rank = score) -> list[int]:
    """How many of the five stand in the top ten, run by run."""
    runs = [top(discussion(world, seed), votes, rank) for seed in SEEDS]
    return [sum(number < PLANTED for number in run) for run in runs]


def wilson(votes: Votes) -> float:
    """What Reddit's “best” sorts by, over all votes together: whoever is most, decides."""
    yes, no = (sum(side) for side in zip(*votes.values(), strict=True))
    z, n = 1.281551565545, yes + no
    if not n:
        return 0
    p = yes / n
    return (p + z * z / (2 * n) - z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)


@pytest.mark.parametrize("world", WORLDS)
def test_a_brigade_lifts_none_of_five_when_readers_vote_as_they_are_likely_to(world):
    assert planted_on_top(world, "as_expected") == [0] * len(SEEDS)


@pytest.mark.parametrize(("world", "mean_of_the_study"), [("A", 0.0), ("B", 0.1), ("C", 0.2)])
def test_a_brigade_lifts_none_of_five_but_for_chance(world, mean_of_the_study):
    before, after = planted_on_top(world, "drawn"), planted_on_top(world, "attacked")
    lifted = [with_it - without for with_it, without in zip(after, before, strict=True)]
    assert median(after) == 0
    assert max(lifted) <= 1
    assert mean(lifted) <= mean_of_the_study


@pytest.mark.parametrize("world", WORLDS)
def test_the_votes_of_all_together_would_fall_for_it(world):
    # The contrast: the worlds are no harmless ones, it is the camps that make the difference.
    assert mean(planted_on_top(world, "attacked", wilson)) >= 3.5
    assert mean(planted_on_top(world, "as_expected", wilson)) >= 3.5


@pytest.mark.parametrize("world", WORLDS)
def test_a_brigade_buys_no_badge(world):
    bought = [
        earned
        for seed in SEEDS
        for said in discussion(world, seed)[:PLANTED]
        if (earned := badge(said.attacked)) and earned.kind == "valued"
    ]
    assert len(bought) <= 0.03 * PLANTED * len(SEEDS)
