"""One web process: an event loop in front, a few threads of Django behind."""

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from email.utils import formatdate
from threading import Thread

import uvloop
from uvicorn import Config

from explainer.serving.bridge import Application
from explainer.serving.endings import State
from explainer.serving.front import Front
from explainer.serving.listening import BACKLOG, raise_file_limit
from explainer.serving.protocol import CONNECTIONS, Protocol
from explainer.serving.source import Source
from explainer.serving.store import Store
from explainer.serving.threads import Threads

DJANGO_THREADS = 4
MOST_WAITING = 512  # requests; who comes then is asked to come again
IDLE_SECONDS = 30  # between two requests of a connection
DRAIN_SECONDS = 8  # that answers under way get when the server stops


class Web:
    """A server around any WSGI application."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.state = State()

    def run(self, listener: socket.socket, lifeline: int, ready: Callable[[], None]) -> None:
        """Serves until SIGTERM, or until nobody holds the other end of `lifeline`; then drains."""
        raise_file_limit(CONNECTIONS)

        async def serve() -> None:
            stop, loop = asyncio.Event(), asyncio.get_running_loop()
            loop.add_signal_handler(signal.SIGTERM, stop.set)
            Thread(target=_wait_for_end, args=(lifeline, loop, stop), daemon=True).start()
            await self.serve(listener, stop, ready)

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve())

    async def serve(
        self, listener: socket.socket, stop: asyncio.Event, ready: Callable[[], None]
    ) -> None:
        """Serves until `stop` is set, then finishes the answers under way."""
        threads = Threads(DJANGO_THREADS, most_waiting=MOST_WAITING, name="django")
        checks = Threads(1, most_waiting=MOST_WAITING, name="checks")
        redraws = Threads(1, most_waiting=MOST_WAITING, name="redraws")
        source = Source(self.application)
        self.store = Store(
            version=source.version,
            draw=source.draw,
            checks=checks,
            redraws=redraws,
            threads=threads,
        )
        self.front = Front(self.application, threads, self.store)
        config = _config(self.front)
        loop = asyncio.get_running_loop()
        clock = loop.create_task(self._tell_the_time())
        server = await loop.create_server(
            lambda: Protocol(config, self.state, {}), sock=listener, backlog=BACKLOG
        )
        ready()
        await stop.wait()
        server.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._drain(), DRAIN_SECONDS)
        for connection in list(self.state.connections):
            connection.transport.abort()
        clock.cancel()
        for line in (threads, redraws, checks):
            line.stop(patience=0.5)

    async def _drain(self) -> None:
        """Returns when every connection has had its last answer."""
        self.state.is_draining = True
        for connection in list(self.state.connections):
            connection.shutdown()
        while self.state.connections or self.state.tasks:
            await asyncio.sleep(0.02)

    async def _tell_the_time(self) -> None:
        while True:
            self.state.tell_the_time(formatdate(usegmt=True))
            await asyncio.sleep(1)


def _wait_for_end(lifeline: int, loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """In a thread: an event loop would make the pipe non-blocking for all who have it."""
    os.read(lifeline, 1)
    with suppress(RuntimeError):  # the loop has ended by itself
        loop.call_soon_threadsafe(stop.set)


def _config(front: Front) -> Config:
    config = Config(
        front,
        http=Protocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="error",  # what a client does wrong is no news
        access_log=False,
        proxy_headers=False,  # ForwardedMiddleware judges them
        server_header=False,
        timeout_keep_alive=IDLE_SECONDS,
    )
    config.load()
    return config
