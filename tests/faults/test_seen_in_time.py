"""What is acknowledged is seen by everybody two seconds later, whoever answers and however much."""

import asyncio
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from operator import ge

from tests.faults.processes import frozen
from tests.faults.sites import Site, running
from tests.faults.sizes import FULL
from tests.faults.wire import Answer, Wire
from tests.faults.writers import LONGEST, PAGE
from tests.loops import run as in_a_loop

PROMISE = 2  # seconds after which nobody is shown what was before
CLIENTS = 24
PERMALINKS = 600 if FULL else 150
ROUNDS = 1  # that each client makes before anything happens, so that its pages are kept
COUNT = f"{PAGE}?results=1"
SHOWN_FROM = 6  # answers; fewer than five are not shown
MAKE = f"""
import json
from polls.models import Discussion
from tests import factories
made = factories.make_comments(Discussion.objects.get(key="isekai"), {PERMALINKS})
print(json.dumps([comment.pk for comment in made]))
"""
COMMENTS = re.compile(rb"([\d,]+) comments")
READERS = re.compile(rb"([\d,]+) readers")


def number(answer: Answer, of: re.Pattern[bytes]) -> int:
    """The largest number of something that a page names."""
    assert answer.status == 200
    return max((int(each.replace(b",", b"")) for each in of.findall(answer.body)), default=0)


@dataclass
class Look:
    """One look at a page: when it began, and what was seen."""

    began: float
    path: str
    seen: int


class Lookers:
    """Clients who go round their permalinks, each on one connection, and never stop looking."""

    def __init__(self, port: int, paths: list[str]) -> None:
        self.port, self.paths = port, paths
        self.rounds = [0] * CLIENTS
        self.looks: list[Look] = []
        self.is_over = asyncio.Event()

    async def look(self, client: int) -> None:
        mine = self.paths[client::CLIENTS]
        async with Wire(self.port) as wire:
            while not self.is_over.is_set():
                for path in mine:
                    began = time.monotonic()
                    self.looks.append(Look(began, path, number(await wire.get(path), COMMENTS)))
                self.rounds[client] += 1

    async def until(self, holds: Callable[[], object]) -> None:
        deadline = time.monotonic() + LONGEST
        while not holds():
            assert time.monotonic() < deadline
            await asyncio.sleep(0.02)


def test_nobody_is_shown_an_old_page_two_seconds_after_a_comment(
    site: Site, note: Callable[..., None]
) -> None:
    made = site.manage("shell", "--no-imports", "-c", MAKE)
    paths = [f"{PAGE}?comment={pk}" for pk in json.loads(made.stdout)]

    async def scene() -> tuple[list[Look], int, float]:
        lookers = Lookers(site.port, paths)
        async with asyncio.TaskGroup() as group:
            for client in range(CLIENTS):
                group.create_task(lookers.look(client))
            await lookers.until(lambda: min(lookers.rounds) >= ROUNDS)
            before = max(look.seen for look in lookers.looks)
            await comment(site)
            acknowledged = time.monotonic()
            await lookers.until(lambda: lookers.looks[-1].began > acknowledged + PROMISE)
            rounds = [made + 2 for made in lookers.rounds]  # one of them from its very beginning
            await lookers.until(lambda: all(map(ge, lookers.rounds, rounds)))
            lookers.is_over.set()
        return lookers.looks, before, acknowledged

    with running(site):
        looks, before, acknowledged = in_a_loop(scene())
    seconds = [look.began - acknowledged for look in looks if look.seen == before]
    assert {look.seen for look in looks} == {before, before + 1}
    assert {look.path for look in looks if look.seen == before + 1} == set(paths)
    assert max(seconds) <= PROMISE
    note(f"{PERMALINKS} pages outdated at once: old until", times=1, recovery=max(seconds), goal=2)


async def comment(site: Site) -> None:
    """Somebody who is known writes one, which appears at once."""
    fields = {"body": "Something new.", "name": "Ann", "stamp": site.seed["stamp"]}
    async with Wire(site.port) as wire:
        answer = await wire.post(f"{PAGE}comments/", fields, Cookie=site.seed["cookies"][0])
    assert answer.status == 303


async def connected(site: Site, process: int) -> Wire:
    """A connection to one of the processes; the others stand still while it is made."""
    wire = Wire(site.port)
    with frozen(set(site.web_processes()) - {process}):
        assert (await wire.get(COUNT)).status == 200
    return wire


async def answer(site: Site, wire: Wire, regular: int) -> float:
    """When it was acknowledged that somebody has answered the question."""
    cookie, path = site.seed["cookies"][regular], f"{PAGE}questions/reaction/"
    assert (await wire.post(path, {"answer": "sad"}, Cookie=cookie)).status == 303
    return time.monotonic()


async def last_look(wire: Wire, shown: int, since: float) -> float:
    """When the last look began at which no more answers were shown: seconds since then."""
    last = began = since
    while number(await wire.get(COUNT), READERS) <= shown:
        last, began = began, time.monotonic()
        assert began < since + LONGEST
    return last - since


def test_an_answer_that_one_process_took_is_seen_from_the_other(
    site: Site, note: Callable[..., None]
) -> None:
    async def scene() -> float:
        one, other = [await connected(site, process) for process in site.web_processes()]
        shown, latest = SHOWN_FROM, 0.0
        for regular in range(shown):
            acknowledged = await answer(site, one, regular)
        for taking, looking in [(one, other), (other, one)] * 2:
            for wire in (one, other):  # so that it is kept, and as it should be
                await last_look(wire, shown - 1, acknowledged)
            acknowledged = await answer(site, taking, shown)
            latest = max(latest, await last_look(looking, shown, acknowledged))
            shown += 1
        await one.close()
        await other.close()
        return latest

    with running(site):
        latest = in_a_loop(scene())
    assert latest <= PROMISE
    note("an answer, seen from the other process: old until", times=4, recovery=latest, goal=2)
