"""Two sides of one row, measured in turn with the same load."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from explainer.bench import NotMeasuredError
from explainer.bench.load import Played, play
from explainer.bench.machine import Clock, spent

CONNECTIONS = 16
WARM = 1  # seconds of load before each measured one


@dataclass
class Side:
    """Who is asked (address:port), with which requests: `write` makes at least so many of them.

    `most` is how many answers a second the requests must last for; 0 when they may be repeated.
    `servers` are the processes that answer, `also` the name of others that help them.
    """

    address: str
    write: Callable[[int], Sequence[str]]
    most: int = 0
    connections: int = CONNECTIONS
    servers: Sequence[int] = ()
    also: str = ""
    played: list[Played] = field(default_factory=list)

    def play(self, folder: Path, seconds: int) -> Played:
        """Loads it for so many seconds."""
        requests = self.write(self.most * seconds)
        one = play(self.address, requests, folder, seconds=seconds, connections=self.connections)
        self.played.append(one)
        self._check_that_none_was_repeated(one, len(requests))
        return one

    def _check_that_none_was_repeated(self, one: Played, there: int) -> None:
        if self.most and one.requests + self.connections > there:
            raise NotMeasuredError(
                f"More than the {there:,} readers made beforehand could act. Measure for less long."
            )

    @property
    def acknowledged(self) -> int:
        """Requests that were answered, the warm-ups' too."""
        return sum(one.requests - one.refused for one in self.played)

    @property
    def unheard(self) -> int:
        """Requests that may have been under way when a load ended."""
        return self.connections * len(self.played)

    @property
    def faults(self) -> int:
        """Answers that were refusals, errors, or did not come."""
        return sum(one.broken + one.refused for one in self.played)


@dataclass(frozen=True)
class Turn:
    """One measured load: answers a second, processor time of the servers for each of them, in ms,
    and the cores that others used meanwhile."""

    rate: float
    cost: float
    others: float


def alternate(
    site: Side,
    yardstick: Side,
    *,
    folder: Path,
    rounds: int,
    seconds: int,
    done: Callable[[int], None],
) -> tuple[list[Turn], list[Turn]]:
    """Loads both in turn; who is first changes with each round. `done` is told the seconds."""
    turns: tuple[list[Turn], list[Turn]] = [], []
    for number in range(rounds):
        for at in (0, 1) if number % 2 == 0 else (1, 0):
            turns[at].append(_turn((site, yardstick)[at], folder, seconds))
            done(WARM + seconds)
    return turns


def _turn(side: Side, folder: Path, seconds: int) -> Turn:
    side.play(folder, WARM)
    clock, before = Clock(side.also), spent(side.servers, side.also)
    played = side.play(folder, seconds)
    cost = (spent(side.servers, side.also) - before) * 1000 / max(played.requests, 1)
    return Turn(played.rate, cost, clock.others())
