"""Many readers who answer, vote and comment at once, and a log of what was acknowledged to them.

Each person does four things in turn: answers, changes their mind, votes on a comment and writes
one. A thing whose answer is lost is sent again, the very same, until it is acknowledged. So in the
end each of them must be stored, and each once.
"""

import asyncio
import itertools
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.faults.sizes import WRITERS
from tests.faults.wire import Answer, LostError, Wire

PAGE = "/articles/isekai/"
REACTIONS = ("enraged", "sad", "happy")
LONGEST = 120  # seconds until something awaited has happened
PAUSE = 0.05  # seconds before the same thing is sent again


@dataclass
class Person:
    """Somebody who acts, and what was acknowledged to them."""

    number: int
    cookie: str = ""
    # A script on the page draws it, so that a first act that is sent twice is one reader's.
    first: str = field(default_factory=lambda: secrets.token_hex(16))
    said: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """An address of their own, from the network kept for such measurements."""
        return f"198.{18 + self.number // 64516}.{self.number // 254 % 254}.{self.number % 254 + 1}"

    @property
    def key(self) -> str:
        """By which the database knows this reader."""
        return key_of(self.cookie)


def key_of(cookie: str) -> str:
    """A reader's key, as their cookie names it."""
    return cookie.partition("=")[2].partition(":")[0].replace("-", "")


@dataclass
class Log:
    """What the people were told."""

    people: list[Person] = field(default_factory=list)
    acknowledged: int = 0
    lost: int = 0
    refused: int = 0  # 503 with the time to try again
    wrong: Counter[str] = field(default_factory=Counter)  # what no fault excuses


class Crowd:
    """So many writers at once on one question, one comment and one discussion.

    Together they act at most `pace` times a second; 0 is as often as they are answered.
    """

    def __init__(
        self,
        port: int,
        comment: int,
        stamp: str,
        regulars: list[str],
        *,
        first_number: int = 0,
        pace: float = 0,
    ) -> None:
        self.port, self.comment, self.stamp = port, comment, stamp
        self.rest = pace and WRITERS / pace  # seconds after each act
        self.regulars = iter(regulars)  # cookies of readers whose comments appear at once
        self.numbers = itertools.count(first_number)
        self.log = Log()
        self.is_over = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._all()), daemon=True)

    def start(self) -> None:
        self._thread.start()

    def finish(self) -> Log:
        """Lets everybody finish what they began, and returns the log."""
        self.is_over.set()
        self._thread.join(LONGEST)
        assert not self._thread.is_alive(), f"Some never got an answer: {self.log.wrong}"
        return self.log

    def wait_for(self, acts: int) -> None:
        """Until so many more acts are acknowledged."""
        self.wait_until(lambda wanted=self.log.acknowledged + acts: self.log.acknowledged >= wanted)

    def wait_until(self, holds: Callable[[], object]) -> float:
        """As `wait_until`, but ends at the first answer that no fault excuses."""
        seconds = wait_until(lambda: holds() or self.log.wrong)
        assert self.log.wrong == {}
        return seconds

    async def _all(self) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(WRITERS):
                group.create_task(self._writer())

    async def _writer(self) -> None:
        async with Wire(self.port) as wire:
            while not self.is_over.is_set():
                person = Person(next(self.numbers))
                if person.number % 3 == 0:
                    person.cookie = next(self.regulars, "")
                self.log.people.append(person)
                await self._live(wire, person)

    async def _live(self, wire: Wire, person: Person) -> None:
        for kind, said, path, fields in self._day_of(person):
            if not await self._until_acknowledged(wire, person, path, fields):
                return
            person.said[kind] = said
            await asyncio.sleep(self.rest)

    def _day_of(self, person: Person) -> Iterator[tuple[str, str, str, dict[str, str]]]:
        for reaction in (REACTIONS[person.number % 3], REACTIONS[person.number // 3 % 3]):
            yield "answer", reaction, f"{PAGE}questions/reaction/", {"answer": reaction}
        yield "vote", "good", f"{PAGE}comments/{self.comment}/vote/", {"vote": "good"}
        text = f"What {person.first} thinks of it."
        fields = {"body": text, "name": f"Nobody {person.number}", "stamp": self.stamp}
        yield "comment", text, f"{PAGE}comments/", fields

    async def _until_acknowledged(
        self, wire: Wire, person: Person, path: str, fields: dict[str, str]
    ) -> bool:
        while True:
            try:
                answer = await wire.post(
                    path,
                    fields | {"first": person.first},
                    X_Forwarded_For=person.address,
                    Cookie=person.cookie,
                )
            except LostError:
                self.log.lost += 1
            else:
                person.cookie = answer.cookie or person.cookie
                if answer.status == 303:
                    self.log.acknowledged += 1
                    return True
                if not is_honest_refusal(answer):
                    self.log.wrong[f"{answer.status} for {path}"] += 1
                    return False
                self.log.refused += 1
            await asyncio.sleep(PAUSE)


def is_honest_refusal(answer: Answer) -> bool:
    """503 that says when to come back."""
    return answer.status == 503 and answer.headers.get("retry-after", "").isdigit()


def wait_until(holds: Callable[[], object], longest: float = LONGEST) -> float:
    """Waits for a condition; returns the seconds it took. Fails when it never holds."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < longest, "What was waited for did not happen."
        time.sleep(0.01)
    return time.monotonic() - begun


@contextmanager
def writing(crowd: Crowd) -> Iterator[Crowd]:
    """A block in which the crowd writes; it ends when everybody has finished."""
    crowd.start()
    try:
        yield crowd
    except BaseException:
        crowd.is_over.set()
        raise
    crowd.finish()
