"""Requests that are never finished, and connections that say nothing, beside people who read."""

import asyncio
import resource
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from tests.faults import stored
from tests.faults.conftest import need
from tests.faults.sites import Site, running
from tests.faults.sizes import HALF_SENT
from tests.faults.test_kills import ANY_MOMENT, assert_kept
from tests.faults.wire import Wire
from tests.faults.writers import PAGE, writing
from tests.loops import run as in_a_loop

HALF_A_HEAD = b"GET /articles/isekai/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
HALF_A_BODY = (
    b"POST /articles/isekai/comments/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Sec-Fetch-Site: same-origin\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\nbody=half"
)
KINDS = (b"", HALF_A_HEAD, HALF_A_BODY)  # nothing, half a head, half a body
SPARE = 200  # file handles for everything else


@asynccontextmanager
async def unfinished(port: int, how_many: int) -> AsyncIterator[None]:
    """A block in which so many connections stand open, each begun in one of three ways."""
    opened = []
    for number in range(how_many):
        _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(KINDS[number % len(KINDS)])
        opened.append(writer)
    try:
        yield
    finally:
        for writer in opened:
            writer.close()
        for writer in opened:
            with suppress(OSError):  # the site has given up on it
                await writer.wait_closed()


def test_others_are_served_beside_a_thousand_unfinished_requests(
    site: Site, note: Callable[..., None]
) -> None:
    connections = 2 * HALF_SENT
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    need(files > connections + SPARE, f"{files} open files are too few for this.")

    async def look() -> list[int]:
        async with unfinished(site.port, connections):
            pages = []
            for _ in range(ANY_MOMENT):
                async with Wire(site.port) as wire:
                    pages.append((await wire.get(PAGE)).status)
            with writing(crowd):
                await asyncio.to_thread(crowd.wait_for, ANY_MOMENT)
        return pages

    before, crowd = stored.readers(site.database), site.crowd()
    with running(site):
        assert in_a_loop(look()) == [200] * ANY_MOMENT
        kept = assert_kept(site, crowd.log, before)
    note(f"{connections} unfinished requests", times=1, **kept)
