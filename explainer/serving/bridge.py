"""From a request as the server has it to Django's WSGI handler (PEP 3333), and back."""

import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from urllib.parse import unquote_to_bytes
from wsgiref.util import FileWrapper

from explainer.serving.spool import Spool
from explainer.serving.threads import Outcome, Threads

Headers = list[tuple[bytes, bytes]]
Application = Callable[[dict, Callable], Iterable[bytes]]

WHOLE = 256 * 1024  # bytes up to which an answer is gathered before any of it is sent
UNPREFIXED = {"CONTENT_TYPE", "CONTENT_LENGTH"}
# The server has judged these by now: the body is whole, and what goes on is the server's matter.
OURS = {b"transfer-encoding", b"connection", b"keep-alive", b"content-length", b"expect", b"te"}

logger = logging.getLogger("explainer.serving")


@dataclass
class Answer:
    """A status, headers, and a body that is whole or still growing.

    `lines` are the headers as they go over the wire, where that has been worked out already.
    """

    status: int
    headers: Headers
    body: bytes | Spool = b""
    lines: bytes = b""

    def header(self, name: bytes) -> bytes:
        """The first header of that (lower-case) name, or nothing."""
        return next((value for key, value in self.headers if key == name), b"")


def lines_of(headers: Headers) -> bytes:
    """Headers as they go over the wire."""
    return b"".join([b"%s: %s\r\n" % pair for pair in headers])


def environ_of(scope: dict, body: bytes = b"", *, length: int | None = None) -> dict:
    """The WSGI environment of a request whose body has been read.

    `length` is what CONTENT_LENGTH says of a body that is not handed on, since it is too long.
    """
    server, client = scope.get("server") or ("", None), scope.get("client") or ("", 0)
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0] or "localhost",
        "SERVER_PORT": str(server[1] or 80),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileWrapper,
    }
    environ |= headers_of(scope["headers"])
    if body or length:
        environ["CONTENT_LENGTH"] = str(length or len(body))
    return environ


def headers_of(headers: Headers) -> dict[str, str]:
    """Headers as WSGI names them; repeated ones are folded into one.

    A name with an underscore is dropped: WSGI could not tell it from the one with a hyphen.
    """
    found: dict[str, str] = {}
    for name, value in headers:
        if name in OURS or b"_" in name:
            continue
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key in UNPREFIXED else f"HTTP_{key}"
        text = value.decode("latin-1")
        if key in found:
            text = f"{found[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{text}"
        found[key] = text
    return found


@dataclass
class _Said:
    """What an application says through `start_response`."""

    status: int = 0
    headers: Headers = field(default_factory=list)
    written: list[bytes] = field(default_factory=list)

    def __call__(self, status: str, headers: list, exc_info: object = None) -> Callable:
        self.status = int(status[:3])
        self.headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
        ]
        return self.written.append


def whole(application: Application, environ: dict) -> Answer:
    """The answer with its whole body, whatever its length; runs in the thread that calls."""
    said = _Said()
    result = application(environ, said)
    try:
        body = b"".join([*said.written, *result])
    finally:
        _close(result)
    return Answer(said.status, said.headers, body)


async def answer(threads: Threads, application: Application, environ: dict) -> Answer:
    """The answer, as soon as it is whole or its first 256 KB are there; raises BusyError."""
    outcome: Outcome[Answer] = Outcome()
    threads.start(lambda: _respond(application, environ, outcome))
    return await outcome.future


def _respond(application: Application, environ: dict, outcome: Outcome[Answer]) -> None:
    said = _Said()
    try:
        result = application(environ, said)
        try:
            _hand_over(said, iter(result), outcome)
        finally:
            _close(result)
    except Exception as error:
        logger.exception("The application broke off.")
        outcome.fail(error)


def _hand_over(said: _Said, rest: Iterator[bytes], outcome: Outcome[Answer]) -> None:
    pieces, length = [], 0
    for piece in rest:
        pieces.append(piece)
        length += len(piece)
        if length > WHOLE:
            break
    body = b"".join([*said.written, *pieces])
    if length <= WHOLE:
        outcome.put(_with_length(Answer(said.status, said.headers, body)))
        return
    spool = Spool(outcome.loop)
    spool.put(body)
    outcome.put(Answer(said.status, said.headers, spool))
    spool.fill(rest)


def _with_length(answer: Answer) -> Answer:
    if not answer.header(b"content-length") and answer.status not in {204, 304}:
        answer.headers.append((b"content-length", str(len(answer.body)).encode()))
    return answer


def _close(result: Iterable[bytes]) -> None:
    close = getattr(result, "close", None)
    if close:
        close()
