"""How a connection ends: in peace, with a refusal that is read, or without who never reads."""

import asyncio

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from explainer.serving.bridge import Answer, lines_of
from explainer.serving.refusals import refusal

LINGER_SECONDS = 2  # in which a refused client may read why
# For what is written and not read. Behind it a connection would be held for as long as its client
# likes; a page takes somebody with the slowest line a few seconds.
UNREAD_SECONDS = 30
CONTINUES, CLOSES = b"\r\n", b"connection: close\r\n\r\n"  # how a head ends


class State(ServerState):
    """What the connections of a process share."""

    is_draining = False
    lines = b""

    def tell_the_time(self, date: str) -> None:
        """Sets the Date that answers carry."""
        self.default_headers = [(b"date", date.encode())]
        self.lines = lines_of(self.default_headers)


class Ending(HttpToolsProtocol):
    """uvicorn's protocol, as far as it ends."""

    server_state: State

    _is_in_message = False
    _is_deaf = False  # whether what still comes is thrown away
    _unread_timer: asyncio.TimerHandle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_unread_timer()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._let_go_unless_read()

    def resume_writing(self) -> None:
        super().resume_writing()
        if not self.transport.is_closing():
            self._stop_unread_timer()

    def timeout_keep_alive_handler(self) -> None:
        self.end()

    def end(self) -> None:
        """Closes as soon as everything written has been read."""
        if not self.transport.is_closing():
            self.transport.close()
            self._let_go_unless_read()

    def _let_go_unless_read(self) -> None:
        if self._unread_timer is None:
            self._unread_timer = self.loop.call_later(UNREAD_SECONDS, self.transport.abort)

    def _stop_unread_timer(self) -> None:
        if self._unread_timer is not None:
            self._unread_timer.cancel()
            self._unread_timer = None

    def send_refusal(self, status: int) -> None:
        """Says no, and lets the client read why."""
        answer = refusal(status)
        self.transport.write(head_of(answer, self.server_state.lines, CLOSES) + answer.body)
        self.linger()

    def leave(self) -> None:
        """Closes after the last answer, gently where part of a request is still unread."""
        if self._is_in_message:
            self.linger()
        else:
            self.end()

    def linger(self) -> None:
        """Says that nothing more comes and throws away what does, so that the answer is read.

        A connection closed with something unread is reset, and the answer with it.
        """
        self._is_deaf = True
        self.pipeline.clear()
        self.stop_waiting()
        if not self.transport.is_closing():
            self.flow.resume_reading()
            self.transport.write_eof()
            self.loop.call_later(LINGER_SECONDS, self.end)

    def stop_waiting(self) -> None:
        """No more of the request is awaited."""


class Leaving:
    """The transport as an answer sees it: closing is the connection's decision."""

    def __init__(self, protocol: Ending) -> None:
        self.write = protocol.transport.write
        self.is_closing = protocol.transport.is_closing
        self.close = protocol.leave


def head_of(answer: Answer, date: bytes, end: bytes) -> bytes:
    """The head of an answer as bytes. `date` and `end` are lines of it."""
    lines = answer.lines or lines_of(answer.headers)
    return b"".join((STATUS_LINE[answer.status], date, lines, end))
