"""uvicorn's HTTP/1.1 protocol, with the limits that a server open to anybody needs.

Parsing is llhttp's. What is judged here is size, time, and what two servers could understand
differently (request smuggling). Who is refused is told so, and the connection ends.
"""

import asyncio
from collections import Counter
from typing import NoReturn

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from explainer.serving.bridge import Answer, Headers, lines_of
from explainer.serving.refusals import refusal

CONNECTIONS = 2000  # a process
HEAD = 32 * 1024  # bytes
URL = 8 * 1024  # bytes
FIELDS = 100  # headers
MESSAGE = 4 * 1024 * 1024  # bytes with the marks between its chunks; the front judges the body
AHEAD = 32  # requests that may wait on a connection behind the one being answered
HEAD_SECONDS = 10  # for a head to be complete
LINGER_SECONDS = 2  # in which a refused client may read why
DRAIN_SECONDS = 1  # for which an idle connection may still ask when the server stops
CONTINUES, CLOSES = b"\r\n", b"connection: close\r\n\r\n"  # how a head ends
METHODS = {b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS"}
VERSIONS = {"1.0", "1.1"}
ONCE = {b"host", b"content-length", b"transfer-encoding", b"content-type", b"expect"}


class RefusedError(Exception):
    """A request is not taken; the argument is the status that says why."""


class State(ServerState):
    """What the connections of a process share."""

    is_draining = False
    lines = b""

    def tell_the_time(self, date: str) -> None:
        """Sets the Date that answers carry."""
        self.default_headers = [(b"date", date.encode())]
        self.lines = lines_of(self.default_headers)


class Protocol(HttpToolsProtocol):
    """One connection."""

    server_state: State

    _is_in_head = _is_in_message = False
    _is_answered = False  # whether the message was answered without a cycle of uvicorn's
    _has_head = False  # whether the bytes received last completed one
    _is_deaf = False  # whether what still comes is thrown away
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
        self._stop_waiting()
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

    def _stop_waiting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _head_is_late(self) -> None:
        if self._is_in_head:
            self._turn_away(408)
        else:  # nothing was asked, so there is nothing to answer
            self.transport.close()

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
        self._stop_waiting()
        headers, version = dict(self.headers), self.parser.get_http_version()
        self._judge(headers, version)
        self._is_in_head, self._has_head = False, True
        self._is_answered = self._is_idle and self._answer_at_once(headers, version)
        if self._is_answered:
            return
        super().on_headers_complete()
        # What follows the last chunk are headers, too; they are not to pass for the request's.
        self.headers = []
        if self.server_state.is_draining or self.parser.should_upgrade():
            self.cycle.keep_alive = False
        self.cycle.transport = _Leaving(self)

    def on_message_complete(self) -> None:
        self._is_in_message = False
        if not self._is_answered:
            super().on_message_complete()

    def _answer_at_once(self, headers: dict[bytes, bytes], version: str) -> bool:
        """Sends a ready-made page, without any of the machinery that waiting needs."""
        if self.flow.write_paused or self.server_state.is_draining:
            return False
        method, client = self.parser.get_method().decode(), self.client
        answer = self.app.at_once(method, self.url, headers, client[0] if client else "")
        if answer is None:
            return False
        keeps = version == "1.1" and self.parser.should_keep_alive()
        head = _head_of(answer, self.server_state.lines, CONTINUES if keeps else CLOSES)
        self.transport.write(head if method == "HEAD" else head + answer.body)
        self.server_state.total_requests += 1
        if keeps:
            self._wait_for_next()
        else:
            self.transport.close()
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
            self.transport.close()

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
        if (
            version not in VERSIONS
            or is_repeated(self.headers, headers)
            or not is_host_right(headers, self.url, version)
            or not is_framing_clear(headers, version)
            or (has_body and self.parser.should_upgrade())
        ):
            self._refuse(400)

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
            self.transport.close()

    def _turn_away(self, status: int) -> None:
        """Refuses what is being received, in its turn: an answer must not pass for another's."""
        if self._is_idle:
            self._send_refusal(status)
        elif self._is_in_message and not self._is_in_head:
            self._break_off_body(status)
        else:  # the answers under way come first, and are the last
            self._is_deaf, self.cycle.keep_alive = True, False

    def _break_off_body(self, status: int) -> None:
        """Refuses the request whose body is being received."""
        if self.pipeline or self.cycle.response_started:
            self.transport.close()
        else:
            self._send_refusal(status)
        self.cycle.disconnected = True
        self.cycle.message_event.set()

    def _send_refusal(self, status: int) -> None:
        answer = refusal(status)
        self.transport.write(_head_of(answer, self.server_state.lines, CLOSES) + answer.body)
        self.linger()

    def leave(self) -> None:
        """Closes after the last answer, gently where part of a request is still unread."""
        if self._is_in_message:
            self.linger()
        else:
            self.transport.close()

    def linger(self) -> None:
        """Says that nothing more comes and throws away what does, so that the answer is read.

        A connection closed with something unread is reset, and the answer with it.
        """
        self._is_deaf = True
        self.pipeline.clear()
        self._stop_waiting()
        if not self.transport.is_closing():
            self.flow.resume_reading()
            self.transport.write_eof()
            self.loop.call_later(LINGER_SECONDS, self.transport.close)


class _Leaving:
    """The transport as an answer sees it: closing is the connection's decision."""

    def __init__(self, protocol: Protocol) -> None:
        self.write = protocol.transport.write
        self.is_closing = protocol.transport.is_closing
        self.close = protocol.leave


def is_repeated(headers: Headers, by_name: dict[bytes, bytes]) -> bool:
    """Whether a header that may stand once stands twice."""
    if len(headers) == len(by_name):
        return False
    counts = Counter(name for name, _value in headers)
    return any(counts[name] > 1 for name in ONCE)


def is_host_right(headers: dict[bytes, bytes], url: bytes, version: str) -> bool:
    """Whether a request names one host; an address with a host must name the same."""
    host = headers.get(b"host")
    if host is None:
        return version == "1.0" and url.startswith(b"/")
    if url.startswith(b"/"):
        return True
    parsed = httptools.parse_url(url)
    named = parsed.host or b""
    named = named if parsed.port is None else b"%s:%d" % (named, parsed.port)
    return named.lower() == host.lower()


def is_framing_clear(headers: dict[bytes, bytes], version: str) -> bool:
    """Whether everybody sees the same end of the body: by its length, or by chunks."""
    coding = headers.get(b"transfer-encoding")
    if coding is None:
        return headers.get(b"content-length", b"0").isdigit()
    return coding.lower() == b"chunked" and version == "1.1" and b"content-length" not in headers


def _head_of(answer: Answer, date: bytes, end: bytes) -> bytes:
    lines = answer.lines or lines_of(answer.headers)
    return b"".join((STATUS_LINE[answer.status], date, lines, end))
