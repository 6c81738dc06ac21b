"""Requests made to cost much: each is refused, and leaves as much memory as there was."""

import gzip
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from explainer.bench import machine
from tests.explainer.serving.conftest import everything, statuses
from tests.faults.asking import Browser
from tests.faults.conftest import Prepared
from tests.faults.sites import Site, running
from tests.faults.writers import PAGE

PATIENCE = 60  # seconds until an answer counts as none
TIMES = 8  # that each is sent
MOST_MEMORY = 20  # MB that all of them may leave behind
MEGABYTE = 1024 * 1024
HOST = "Host: 127.0.0.1\r\nConnection: close\r\n"
POST = f"POST {PAGE}comments/ HTTP/1.1\r\n{HOST}Sec-Fetch-Site: same-origin\r\n"
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
JSON = "Content-Type: application/json\r\n"
PACKED = "Content-Encoding: gzip\r\n"
CHUNK = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"


def post(headers: str, body: bytes, length: int | None = None) -> bytes:
    """A form that is sent; `length` is what it says of itself when that is not true."""
    length = len(body) if length is None else length
    return f"{POST}{headers}Content-Length: {length}\r\n\r\n".encode() + body


def get(headers: str, path: str = PAGE) -> bytes:
    return f"GET {path} HTTP/1.1\r\n{HOST}{headers}\r\n".encode()


HEAVY = {
    "ten megabytes": (413, post(FORM, b"x" * 10 * MEGABYTE)),
    "a gigabyte that does not come": (413, post(FORM, b"", 1024 * MEGABYTE)),
    "chunks without an end": (
        413,
        f"{POST}Transfer-Encoding: chunked\r\n\r\n".encode() + CHUNK * 9,
    ),
    "forty megabytes of zeros, packed": (
        400,
        post(FORM + PACKED, gzip.compress(bytes(40 * MEGABYTE))),
    ),
    "2,000 fields": (400, post(FORM, b"&".join(b"field%d=1" % n for n in range(2000)))),
    "JSON, 30,000 deep": (415, post(JSON, b"[" * 30_000 + b"]" * 30_000)),
    "10,000 headers": (431, get("".join(f"X-{number}: 1\r\n" for number in range(10_000)))),
    "a header of 100 kB": (431, get(f"X-Long: {'x' * 100_000}\r\n")),
    "an address of 10 kB": (414, get("", f"/?{'x' * 10_000}")),  # a longer one is 431 or 414
}


@pytest.fixture(scope="module")
def shared(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that runs for all of them."""
    site = prepared.copy(tmp_path_factory.mktemp("heavy") / "shared")
    with running(site):
        Browser(site).look_everywhere()
        yield site
    prepared.forget(site)


def answer_to(site: Site, request: bytes) -> list[int]:
    """What is answered before the connection ends, however much of the request was taken."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE) as client:
        with suppress(ConnectionError):  # it is told no before it has said everything
            client.sendall(request)
        return statuses(everything(client))


@pytest.mark.parametrize("name", HEAVY)
def test_it_is_refused_and_leaves_nothing_behind(
    shared: Site, name: str, note: Callable[..., None]
) -> None:
    status, request = HEAVY[name]
    assert answer_to(shared, request) == [status]
    before = machine.memory(shared.server.pid)
    assert [answer_to(shared, request) for _ in range(TIMES)] == [[status]] * TIMES
    assert machine.memory(shared.server.pid) < before + MOST_MEMORY
    assert Browser(shared).look().status == 200
    note(f"{name}: {status}", times=TIMES + 1)
