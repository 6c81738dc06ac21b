"""People in front of a proxy: their connection, their address, their cookies."""

import socket
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from urllib.parse import urlencode, urlsplit

FORM = "application/x-www-form-urlencoded"
PAGE = "/articles/isekai/"
REACTION = f"{PAGE}questions/reaction/"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Person:
    """A browser at one of this machine's addresses (127.0.0.x), with cookies of its own."""

    def __init__(self, url: str, address: str = "127.0.0.9") -> None:
        self.host, self.address = urlsplit(url).netloc, address
        self.cookies: dict[str, str] = {}
        self.connection = self._connect()

    def _connect(self) -> HTTPConnection:
        name = urlsplit(f"//{self.host}").hostname or ""
        source = (self.address, 0) if name.startswith("127.") else None
        return HTTPConnection(self.host, timeout=30, source_address=source)

    def get(self, path: str = PAGE, method: str = "GET", body: str | None = None, **headers: str):
        """Asks for a page. Headers by their names in Python: `x_forwarded_host="…"`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            named["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request(method, path, body, named)
        response = self.connection.getresponse()
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _equals, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(response.status, response.headers, response.read())

    def post(self, path: str = REACTION, typed: dict | None = None, **headers: str) -> Answer:
        """Sends a form, as a page of the site would; by default an answer to the question."""
        said = {"content_type": FORM, "sec_fetch_site": "same-origin"} | headers
        return self.get(path, "POST", urlencode(typed or {"answer": "sad"}), **said)


def raw(url: str, sent: bytes) -> bytes:
    """What comes back to these very bytes, until the other side closes."""
    site = urlsplit(url)
    with socket.create_connection((site.hostname, site.port), timeout=30) as connection:
        connection.sendall(sent)
        return b"".join(iter(lambda: connection.recv(65536), b""))
