"""Small WSGI applications to serve."""

import threading
from collections.abc import Callable, Iterable, Iterator

LIMIT = 60  # seconds after which waiting is given up as a failure


def echo(environ: dict, start_response: Callable) -> Iterable[bytes]:
    """Says back the method, the path and the body."""
    body = environ["wsgi.input"].read()
    text = b"%s %s %s" % (environ["REQUEST_METHOD"].encode(), environ["PATH_INFO"].encode(), body)
    start_response("200 OK", [("Content-Length", str(len(text)))])
    return [text]


def names(environ: dict, start_response: Callable) -> Iterable[bytes]:
    """Says back the environment, one `NAME=value` a line."""
    lines = [f"{name}={value}" for name, value in environ.items() if isinstance(value, str)]
    start_response("200 OK", [("Content-Type", "text/plain")])
    return ["\n".join(lines).encode("latin-1")]


class Held:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.begun, self.may_end = threading.Semaphore(0), threading.Event()

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        self.begun.release()
        assert self.may_end.wait(LIMIT)
        start_response("200 OK", [("Content-Length", "4")])
        return [b"done"]


class Stream:
    """An answer in pieces of 100 KB; the one named `held` waits until it is told to come."""

    PIECE = b"x" * 100_000

    def __init__(self, pieces: int, held: int = -1, *, fails: bool = False) -> None:
        self.pieces, self.held, self.fails = pieces, held, fails
        self.may_go_on, self.closed = threading.Event(), threading.Event()
        self.made = 0

    def __call__(self, environ: dict, start_response: Callable) -> "Stream":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return self

    def __iter__(self) -> Iterator[bytes]:
        for number in range(self.pieces):
            if number == self.held:
                assert self.may_go_on.wait(LIMIT)
            self.made += 1
            yield self.PIECE
        if self.fails:
            raise RuntimeError("broke off")

    def close(self) -> None:
        self.closed.set()
