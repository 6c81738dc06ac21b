"""How much is measured, and what must be made beforehand for it."""

import os
from collections.abc import Collection
from dataclasses import dataclass

from explainer.bench.sides import WARM
from explainer.bench.site import ANSWERS, COMMENTS

SQLITE, POSTGRES = "sqlite", "postgres"
# Acts a second that there are readers for, on two cores. Several times what was ever measured.
PACE = {ANSWERS: 2500, COMMENTS: 1200}
# Which rows write, into a site of which kind, what, and how many sides of them do.
WRITES = {
    "answers": (SQLITE, ANSWERS, 1),
    "answers-postgres": (POSTGRES, ANSWERS, 1),
    "answers-64": (POSTGRES, ANSWERS, 2),
    "comments": (SQLITE, COMMENTS, 1),
    "comments-postgres": (POSTGRES, COMMENTS, 1),
}
# nginx's processes share 16 connections as it happens, once 8 and 8, once 2 and 14, which moves its
# rate by a third. So they are opened anew so many times as often, for a second each.
RECONNECTED = {"nginx": 5}
UNLOADED = {"threads", "start", "memory"}


@dataclass(frozen=True)
class Plan:
    """The rows that are wanted, and how long each is measured: `rounds` times so many `seconds`.

    `postgres` is the address of a PostgreSQL database, or empty; a database is made beside it.
    `comments` and `small` are the sizes of the long and the short discussion.
    """

    names: Collection[str]
    seconds: int
    rounds: int
    postgres: str
    comments: int
    small: int

    @property
    def load(self) -> int:
        """Seconds of load in all."""
        turns = (self.turns(name) for name in self.names if name not in UNLOADED)
        return sum(2 * rounds * (WARM + seconds) for rounds, seconds in turns)

    def turns(self, name: str) -> tuple[int, int]:
        """How often either side of a row is loaded, and for how many seconds each time."""
        if name in RECONNECTED:
            return self.rounds * RECONNECTED[name], 1
        return self.rounds, self.seconds

    @property
    def a_side(self) -> int:
        """Seconds that one side is loaded for one row, its warm-ups too."""
        return self.rounds * (WARM + self.seconds)

    def readers(self, kind: str, path: str) -> int:
        """How many a site needs, so that none acts twice in all the rows."""
        sides = sum(
            number
            for name, (*where, number) in WRITES.items()
            if name in self.names and where == [kind, path]
        )
        return sides * self.a_side * pace(path)


def pace(path: str) -> int:
    """Acts a second that there are readers for, on this machine."""
    return PACE[path] * max(1, (os.cpu_count() or 1) // 2)
