"""Long bodies that nobody finishes, three hundred at once: memory has an end, the site goes on."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import pytest

from explainer.bench import machine
from explainer.serving.bodies import HELD
from tests.explainer.serving.conftest import statuses
from tests.faults.asking import Browser
from tests.faults.sites import Site, running
from tests.faults.test_heavy import MEGABYTE, MOST_MEMORY
from tests.faults.writers import wait_until
from tests.loops import run as in_a_loop

CLIENTS = 300
LENGTH = 1_000_000  # bytes that each is about to send
PIECE = bytes(64 * 1024)
HEAD = (
    "POST /admin/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\n"
    f"Content-Length: {LENGTH}\r\n"
)
COOKIE = "Cookie: sessionid=made-up\r\n"


class Client:
    """Somebody who sends a long body but for its last byte, or until nobody listens any more."""

    def __init__(self, port: int, head: str) -> None:
        self.port, self.head, self.said = port, head, b""

    async def send(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.hearing = asyncio.ensure_future(self._hear())
        with suppress(ConnectionError):
            self.writer.write(f"{self.head}\r\n".encode())
            for begin in range(0, LENGTH - 1, len(PIECE)):
                self.writer.write(PIECE[: LENGTH - 1 - begin])
                await self.writer.drain()

    async def _hear(self) -> None:
        with suppress(ConnectionError):
            while piece := await self.reader.read(65536):
                self.said += piece

    async def leave(self) -> None:
        self.writer.close()
        await self.hearing


def still_heard(clients: list[Client]) -> list[Client]:
    """Those whose connection the site has not ended."""
    return [client for client in clients if not client.hearing.done()]


@pytest.mark.parametrize(
    ("cookie", "status", "taken"),
    [("", 413, 0), (COOKIE, 503, 2 * HELD // LENGTH)],
    ids=["nobody has signed in", "each says to have signed in"],
)
def test_memory_has_an_end_and_readers_are_served(
    site: Site, cookie: str, status: int, taken: int, note: Callable[..., None]
) -> None:
    ann = Browser(site)

    async def crowd() -> float:
        clients = [Client(site.port, HEAD + cookie) for _ in range(CLIENTS)]
        await asyncio.gather(*(client.send() for client in clients))
        grown = await asyncio.to_thread(machine.memory, site.server.pid) - before
        assert grown < taken * LENGTH / MEGABYTE + MOST_MEMORY
        await asyncio.to_thread(act)
        await asyncio.to_thread(wait_until, lambda: len(still_heard(clients)) <= taken)
        for client in clients:
            await client.leave()
        # Who goes on for longer than the site listens loses the answer with the connection.
        refused = [statuses(client.said) for client in clients if client.said]
        assert refused
        assert refused == [[status]] * len(refused)
        return grown

    def act() -> None:
        assert ann.look().status == 200
        assert ann.answer("sad").status == 303
        assert ann.comment().status == 303

    with running(site):
        ann.look_everywhere()
        before = machine.memory(site.server.pid)
        grown = in_a_loop(crowd())
        assert ann.answer("happy").status == 303
    note(f"{CLIENTS} long bodies at once: {grown:.0f} MB more, the rest {status}", times=1)
