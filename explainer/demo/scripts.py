"""Reading texts/*.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

TEXTS = Path(__file__).parent / "texts"
# The articles that are filled. The first, the quarrelsome one, has what is not written out.
SLUGS = ("netorare", "isekai", "tsundere", "kishotenketsu")


class Line(NamedTuple):
    """One comment: `to` is the line it answers, `same` an earlier line of the same author."""

    text: str
    camp: str
    to: int | None = None
    same: int | None = None
    state: str = "published"
    reason: str = ""
    edited: bool = False


Thread = list[Line]


@dataclass(frozen=True)
class Script:
    """What happens below one article. Shares are percents."""

    slug: str
    answers: int
    before: Mapping[str, int]
    after: Mapping[str, int]
    tries: Mapping[str, int]
    works: list[dict]
    threads: list[Thread]
    points: Mapping[str, list[str]] = field(repr=False)

    @property
    def length(self) -> int:
        """The number of comments written out."""
        return sum(len(thread) for thread in self.threads)


@cache
def script(slug: str) -> Script:
    """The script of one article."""
    facts = read(slug)
    return Script(
        slug=slug,
        threads=[_thread(thread) for thread in facts.pop("threads")],
        **facts,
    )


@cache
def read(name: str) -> dict:
    return tomllib.loads((TEXTS / f"{name}.toml").read_text(encoding="utf-8"))


def _thread(facts: dict) -> Thread:
    replies = facts.get("replies", [])
    root = {key: value for key, value in facts.items() if key != "replies"}
    return [_line(root), *(_line({"to": 0} | reply) for reply in replies)]


def _line(facts: dict) -> Line:
    return Line(**facts | {"text": facts["text"].strip()})


def shared_out(number: int, shares: Mapping[str, int]) -> dict[str, int]:
    """`number` things in the given shares, to the last one (largest remainder): {key: how many}."""
    whole = sum(shares.values())
    counts = {key: number * share // whole for key, share in shares.items()}
    by_remainder = sorted(shares, key=lambda key: -(number * shares[key] % whole))
    for key in by_remainder[: number - sum(counts.values())]:
        counts[key] += 1
    return counts


def dealt(number: int, shares: Mapping[str, int], rng: Random) -> list[str]:
    """The same as a shuffled list of keys."""
    cards = [key for key, count in shared_out(number, shares).items() for _ in range(count)]
    rng.shuffle(cards)
    return cards
