"""The server in a thread of the test, on a real socket, around any WSGI application."""

import asyncio
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse

import pytest
import uvloop
from django.core.wsgi import get_wsgi_application

from explainer.serving.bridge import Application
from explainer.serving.listening import listen
from explainer.serving.store import Store
from explainer.serving.web import Web

LIMIT = 60  # seconds after which waiting is given up as a failure


@dataclass
class Served:
    """A server that runs."""

    web: Web
    port: int
    stop: Callable[[], None]

    @property
    def store(self) -> Store:
        return self.web.store

    def connect(self) -> socket.socket:
        """A connection that has said nothing yet."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=LIMIT)

    def tell(self, data: bytes) -> bytes:
        """Everything the server says on a connection on which `data` is all that is sent."""
        with self.connect() as client:
            client.sendall(data)
            return everything(client)

    def ask(
        self, path: str = "/", method: str = "GET", body: bytes | None = None, **headers: str
    ) -> "Said":
        """One request of an ordinary client; `_` in a header's name stands for a hyphen."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=LIMIT)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body, named)
            return said(connection.getresponse())
        finally:
            connection.close()


@dataclass
class Said:
    """An answer, read to its end."""

    status: int
    headers: dict[str, str]
    body: bytes


def said(response: HTTPResponse) -> Said:
    """The answer of a standard client as plain values; header names in small letters."""
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Said(response.status, headers, response.read())


def everything(client: socket.socket) -> bytes:
    """What a connection says until it is closed."""
    pieces = []
    while piece := client.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


def statuses(data: bytes) -> list[int]:
    """The statuses of the answers in what a connection said."""
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", data)]


@contextmanager
def running(application: Application) -> Iterator[Served]:
    """The server from its first answer on, stopped and drained at the end."""
    up, web = threading.Event(), Web(application)
    asked: list[Callable[[], None]] = []

    async def serve() -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        asked.append(lambda: loop.call_soon_threadsafe(stop.set))
        await web.serve(listener, stop, up.set)

    def run() -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve())

    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        thread = threading.Thread(target=run, name="server")
        thread.start()
        assert up.wait(LIMIT)
        try:
            yield Served(web, port, asked[0])
        finally:
            asked[0]()
            thread.join(LIMIT)
            assert not thread.is_alive()


@pytest.fixture
def serve() -> Iterator[Callable[[Application], Served]]:
    """`serve(application)` runs the server around it to the end of the test."""
    with ExitStack() as stack:
        yield lambda application: stack.enter_context(running(application))


@pytest.fixture
def site(transactional_db: None, serve: Callable[[Application], Served]) -> Served:
    """The site itself, on the test database."""
    return serve(get_wsgi_application())
