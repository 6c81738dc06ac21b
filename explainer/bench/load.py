"""The load: wrk plays requests that are written out beforehand, the same for every side."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from explainer.bench import NotMeasuredError

PLAY = Path(__file__).parent / "play.lua"
MARK = "\x1e"  # ends a request in the file; play.lua knows it too
THREADS = 2
TIMEOUT = 10  # seconds after which an answer counts as missing
ANSWER = "played "


class Played(NamedTuple):
    """One run: how many requests were answered in how long, and how many were not as they should.

    `broken` were not answered at all, `refused` with a status of 400 or more.
    """

    requests: int
    microseconds: int
    p50: int
    p99: int
    broken: int
    refused: int

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.requests * 1_000_000 / self.microseconds


def find_wrk() -> str:
    """Where wrk is. Raises NotMeasuredError when it is not installed."""
    if found := shutil.which("wrk"):
        return found
    raise NotMeasuredError("wrk makes the load, and it is not installed (apt-get install wrk).")


def play(
    address: str, requests: Sequence[str], folder: Path, *, seconds: int, connections: int
) -> Played:
    """Sends the requests to address:port, over so many connections, again from the first on."""
    file = folder / "requests"
    file.write_text("".join(one + MARK for one in requests), encoding="ascii", newline="")
    threads = min(THREADS, connections)
    command = [
        *(find_wrk(), f"-t{threads}", f"-c{connections}", f"-d{seconds}s"),
        *("--timeout", f"{TIMEOUT}s", "-s", str(PLAY)),
        *(f"http://{address}", "--", str(file), str(threads)),
    ]
    done = subprocess.run(  # noqa: S603 - our own command
        command, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    return read(done.stdout, done.stderr)


def read(printed: str, complaint: str = "") -> Played:
    """What play.lua said at the end of a run. Raises NotMeasuredError when it did not get there."""
    for line in printed.splitlines():
        if line.startswith(ANSWER):
            return Played(**json.loads(line.removeprefix(ANSWER)))
    raise NotMeasuredError(f"wrk stopped. {complaint or printed}".strip())


def get(host: str, path: str, cookie: str = "") -> str:
    """A request for a page."""
    return _request("GET", host, path, *([f"Cookie: {cookie}"] if cookie else []))


def post(host: str, path: str, body: str, *, cookie: str, address: str) -> str:
    """A form as a browser sends it from the site's own page, through a proxy that says from where.

    `body` is urlencoded.
    """
    return _request(
        "POST",
        host,
        path,
        f"Cookie: {cookie}",
        "Sec-Fetch-Site: same-origin",
        f"X-Forwarded-For: {address}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        body=body,
    )


def send_json(
    host: str, path: str, fields: dict[str, object], *, address: str, method: str = "POST"
) -> str:
    """What a script sends from a page of that host, through a proxy that says from where."""
    body = json.dumps(fields)
    return _request(
        method,
        host,
        path,
        f"Origin: http://{host}",
        f"X-Forwarded-For: {address}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        body=body,
    )


def _request(method: str, host: str, path: str, *headers: str, body: str = "") -> str:
    return "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: {host}", *headers, "", body])
