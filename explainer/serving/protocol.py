"""uvicorn's HTTP/1.1 protocol, with the limits that a server open to anybody needs.

Parsing is llhttp's. What is judged here is size, time, and (in `heads`) what two servers could
understand differently. Who is refused is told so, and the connection ends.
"""

import asyncio
from typing import NoReturn

from explainer.serving.bodies import CrowdedError, Room
from explainer.serving.endings import CLOSES, CONTINUES, Ending, Leaving, head_of
from explainer.serving.heads import is_unambiguous

CONNECTIONS = 2000  # a process
HEAD = 32 * 1024  # bytes
URL = 8 * 1024  # bytes
FIELDS = 100  # headers
MESSAGE = 4 * 1024 * 1024  # bytes with the marks between its chunks; the front judges the body
AHEAD = 32  # requests that may wait on a connection behind the one being answered
HEAD_SECONDS = 10  # for a head to be complete
DRAIN_SECONDS = 1  # for which an idle connection may still ask when the server stops
METHODS = {b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS"}


class RefusedError(Exception):
    """A request is not taken; the argument is the status that says why."""


class Protocol(Ending):
    """One connection."""

    _is_in_head = False
    _is_answered = False  # whether the message was answered without a cycle of uvicorn's
    _has_head = False  # whether the bytes received last completed one
    _fed = 0  # bytes received last
    _received = 0  # bytes since the message began, with what came before it in the same piece
    _status = 400
    _head_timer: asyncio.TimerHandle | None = None
    _idle_timer: asyncio.TimerHandle | None = None
    _answered_at = 0.0  # by the loop's clock

    # --- the connection ---

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for_head()
        if len(self.connections) > CONNECTIONS:
            self._turn_away(503)
        elif self.server_state.is_draining:
            self.shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        self.stop_waiting()
        if self._idle_timer:
            self._idle_timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_deaf:
            return
        self._received += len(data)
        self._has_head, self._fed = False, len(data)
        super().data_received(data)
        if self._is_deaf or self.transport.is_closing():
            return
        if self._is_in_head and self._received > HEAD:
            self._turn_away(431)
        elif self._is_in_message and self._received > MESSAGE:
            self._turn_away(413)
        elif self._is_idle and (self._is_in_head or not self._has_head):
            self._wait_for_head()

    @property
    def _is_idle(self) -> bool:
        """Whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def _wait_for_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self._head_is_late)

    def stop_waiting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _head_is_late(self) -> None:
        if self._is_in_head:
            self._turn_away(408)
        else:  # nothing was asked, so there is nothing to answer
            self.end()

    # --- the request, as the parser finds it ---

    def on_message_begin(self) -> None:
        self._is_in_head = self._is_in_message = True
        self._received = self._fed
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(self.headers) == FIELDS:
            self._refuse(431)
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self.stop_waiting()
        headers, version = dict(self.headers), self.parser.get_http_version()
        self._judge(headers, version)
        self._is_answered = self._is_idle and self._answer_at_once(headers, version)
        room = None if self._is_answered else self._room_for(headers)
        self._is_in_head, self._has_head = False, True
        if room is None:
            return
        self.scope["state"]["room"] = room
        super().on_headers_complete()
        # What follows the last chunk are headers, too; they are not to pass for the request's.
        self.headers = []
        if self.server_state.is_draining or self.parser.should_upgrade():
            self.cycle.keep_alive = False
        self.cycle.transport = Leaving(self)

    def on_body(self, body: bytes) -> None:
        if self.scope["state"]["room"].is_too_small:  # refused by its head, and none of it is kept
            self.flow.pause_reading()
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._is_in_message = False
        if self._is_answered:
            return
        super().on_message_complete()
        if not self.pipeline:  # else who leaves after a long last piece would not be noticed
            self.flow.resume_reading()

    def _answer_at_once(self, headers: dict[bytes, bytes], version: str) -> bool:
        """Sends a ready-made page, without any of the machinery that waiting needs."""
        if self.flow.write_paused or self.server_state.is_draining:
            return False
        method, client = self.parser.get_method().decode(), self.client
        answer = self.app.at_once(method, self.url, headers, client[0] if client else "")
        if answer is None:
            return False
        keeps = version == "1.1" and self.parser.should_keep_alive()
        head = head_of(answer, self.server_state.lines, CONTINUES if keeps else CLOSES)
        self.transport.write(head if method == "HEAD" else head + answer.body)
        self.server_state.total_requests += 1
        if keeps:
            self._wait_for_next()
        else:
            self.end()
        return True

    def _wait_for_next(self) -> None:
        """As uvicorn waits after its answers; here one timer serves for many of them."""
        self._answered_at = self.loop.time()
        if self._idle_timer is None:
            self._idle_timer = self.loop.call_later(self.timeout_keep_alive, self._is_still_idle)

    def _is_still_idle(self) -> None:
        self._idle_timer = None
        left = self._answered_at + self.timeout_keep_alive - self.loop.time()
        if self.timeout_keep_alive_task or self._head_timer or not self._is_idle:
            return  # something else has come since, and has its own limit
        if left > 0:
            self._idle_timer = self.loop.call_later(left, self._is_still_idle)
        else:
            self.end()

    def _judge(self, headers: dict[bytes, bytes], version: str) -> None:
        """Refuses a head for its size, its method, or since it can be read in two ways."""
        if len(self.pipeline) >= AHEAD:
            self._refuse(503)
        if self._received > HEAD and sum(len(n) + len(v) + 4 for n, v in self.headers) > HEAD:
            self._refuse(431)
        if len(self.url) > URL:
            self._refuse(414)
        if self.parser.get_method() not in METHODS:
            self._refuse(405)
        self.expect_100_continue = headers.get(b"expect", b"").lower() == b"100-continue"
        has_body = b"content-length" in headers or b"transfer-encoding" in headers
        is_clear = is_unambiguous(self.headers, headers, self.url, version)
        if not is_clear or (has_body and self.parser.should_upgrade()):
            self._refuse(400)

    def _room_for(self, headers: dict[bytes, bytes]) -> Room:
        try:
            return self.app.bodies.room(self.url, headers, is_next=self._is_idle)
        except CrowdedError:
            self._refuse(503)

    def _refuse(self, status: int) -> NoReturn:
        self._status = status
        raise RefusedError(status)  # the parser hands it on to `send_400_response`

    def send_400_response(self, msg: str) -> None:
        """What uvicorn calls when a request could not be parsed, or was refused above."""
        self._turn_away(self._status)

    def _unsupported_upgrade_warning(self) -> None:
        """Nothing: an offer to speak something else than HTTP/1.1 may be passed over."""

    # --- the end ---

    def on_response_complete(self) -> None:
        if self.pipeline or not self._is_deaf:
            super().on_response_complete()

    def shutdown(self) -> None:
        """The server stops: the answer under way is the last; an idle connection may ask once."""
        if self._is_idle:
            self.loop.call_later(DRAIN_SECONDS, self._close_if_idle)
        else:
            self.cycle.keep_alive = False

    def _close_if_idle(self) -> None:
        if self._is_idle:
            self.end()

    def _turn_away(self, status: int) -> None:
        """Refuses what is being received, in its turn: an answer must not pass for another's."""
        if self._is_idle:
            self.send_refusal(status)
        elif self._is_in_message and not self._is_in_head:
            self._break_off_body(status)
        else:  # the answers under way come first, and are the last
            self._is_deaf, self.cycle.keep_alive = True, False

    def _break_off_body(self, status: int) -> None:
        """Refuses the request whose body is being received."""
        if self.pipeline or self.cycle.response_started:
            self.end()
        else:
            self.send_refusal(status)
        self.cycle.disconnected = True
        self.cycle.message_event.set()
