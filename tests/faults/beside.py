"""Clients who ask for one thing after the other beside the writers, as long as a block lasts."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

from tests.faults.sites import Site
from tests.faults.wire import Answer, Wire

Ask = Callable[[Wire, int], Awaitable[Answer]]


@contextmanager
def asking(site: Site, how_many: int, ask: Ask, *, pace: float = 0) -> Iterator[Counter[int]]:
    """So many clients call `ask` with ever new numbers; counts which status came how often.

    Together they ask at most `pace` times a second; 0 is as often as they are answered.
    """
    is_over, numbers, answered = Event(), itertools.count(1), Counter()

    async def client() -> None:
        async with Wire(site.port) as wire:
            while not is_over.is_set():
                answered[(await ask(wire, next(numbers))).status] += 1
                await asyncio.sleep(pace and how_many / pace)

    async def everybody() -> None:
        await asyncio.gather(*(client() for _ in range(how_many)))

    with ThreadPoolExecutor(1) as thread:
        clients = thread.submit(asyncio.run, everybody())
        try:
            yield answered
        finally:
            is_over.set()
        clients.result()  # raises what went wrong with one of them
