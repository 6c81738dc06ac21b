"""What is said in a thread of another system: as long, as deep and by as many as in every other."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from explainer.bench.site import LENGTH, WORDS

OF_FIVE = 3  # comments of five stand at the top level, the others answer one of those before
AN_AUTHOR = 5  # comments
SEED = 1


class Line(NamedTuple):
    """One comment, counted from 1; `parent` is the number of the one it answers."""

    number: int
    parent: int | None
    author: str
    text: str


def lines(comments: int) -> Iterator[Line]:
    """So many, the same every time."""
    chance, roots = Random(SEED), []  # noqa: S311 - chance that repeats, not secrecy
    authors = -(-comments // AN_AUTHOR)
    for number in range(1, comments + 1):
        parent = None if number % 5 in range(1, OF_FIVE + 1) else chance.choice(roots)
        if parent is None:
            roots.append(number)
        yield Line(number, parent, f"Reader {chance.randrange(authors)}", text(chance))


def text(chance: Random) -> str:
    """About 250 characters, no two the same."""
    return " ".join(chance.choices(WORDS.split(), k=LENGTH))
