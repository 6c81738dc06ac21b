"""What a browser is told with every answer: of the server itself, of nginx, of Caddy."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPMessage
from pathlib import Path

import pytest

from explainer.bench.processes import free_port
from tests.deploy import proxies
from tests.deploy.clients import PAGE, REACTION, Answer, Person
from tests.server import running_site

NAME = "site.example"
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
    ),
}
NEVER = ("Access-Control-Allow-Origin", "X-Powered-By", "Via")
FRONTS = ("server", "nginx", "caddy")
TRIES = 200


@dataclass(frozen=True)
class Stage:
    """Where each front answers, and where each says that nobody is behind it."""

    urls: dict[str, str]
    away: dict[str, str]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One https site whose TLS somebody else ends, reached directly and through both proxies."""
    for program in ("nginx", "caddy"):
        proxies.program(program)
    private = tmp_path_factory.mktemp("headers")
    with ExitStack() as stack:
        folder = stack.enter_context(proxies.open_folder())
        nobody = stack.enter_context(proxies.nobody())
        settings = {"SITE_URL": f"https://{NAME}", "STATIC_ROOT": str(folder / "static")}
        trusted = {"TRUSTED_PROXIES": "127.0.0.1/32", "ALLOWED_HOSTS": "127.0.0.1"}
        site = stack.enter_context(running_site(private, **settings, **trusted))
        urls, away = {"server": site.url}, {}
        for kind, hosts in (
            (urls, site.url.removeprefix("http://")),
            (away, f"127.0.0.1:{nobody}"),
        ):
            for start in (start_nginx, start_caddy):
                place = folder / f"{start.__name__}-{len(kind)}-{hosts.rpartition(':')[2]}"
                place.mkdir()
                name = start.__name__.removeprefix("start_")
                kind[name] = start(stack, place, hosts, settings | {"VAR_DIR": str(private)})
        yield Stage(urls, away)


def start_nginx(stack: ExitStack, folder: Path, hosts: str, settings: dict[str, str]) -> str:
    port = free_port()
    text = proxies.printed(
        *("nginx", "--hosts", hosts, "--behind", "127.0.0.0/8", "--log-dir", str(folder)),
        *("--listen", f"127.0.0.1:{port}", "--cache-dir", str(folder / "cache")),
        **settings,
    )
    stack.enter_context(proxies.nginx(folder, text, port))
    return f"http://127.0.0.1:{port}"


def start_caddy(stack: ExitStack, folder: Path, hosts: str, settings: dict[str, str]) -> str:
    port = free_port()
    text = proxies.printed("caddy", "--hosts", hosts, "--behind", "127.0.0.0/8", **settings)
    # It takes port 80 otherwise.
    text = text.replace("\tadmin off\n", f"\tadmin off\n\thttp_port {port}\n")
    stack.enter_context(proxies.caddy(folder, text, port))
    return f"http://127.0.0.1:{port}"


@pytest.fixture(params=FRONTS)
def front(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def reader(stage: Stage, front: str) -> Iterator["Reader"]:
    reader = Reader(stage.urls[front])
    yield reader
    reader.connection.close()


class Reader(Person):
    """Somebody whose browser speaks https with whatever ends TLS, beside the front."""

    def __init__(self, url: str) -> None:
        super().__init__(url, "127.0.0.1")

    def get(self, path: str = PAGE, method: str = "GET", body=None, **headers: str) -> Answer:
        said = {"host": NAME, "x_forwarded_proto": "https"} | headers
        return super().get(path, method, body, **said)

    def until(self, status: int, path: str = PAGE, **headers: str) -> Answer:
        """Asks again and again until it is answered with this status."""
        for _ in range(TRIES):
            answer = self.get(path, **headers)
            if answer.status == status:
                return answer
        raise AssertionError(f"never {status}, but {answer.status}")


def faults(headers: HTTPMessage, *, https: bool = True) -> list[str]:
    """What an answer says wrongly, twice, or not at all."""
    wanted = dict(ALWAYS)
    if https:
        wanted["Strict-Transport-Security"] = "max-age=31536000"
    found = {name: headers.get_all(name) for name in wanted}
    wrong = [f"{name}: {said}" for name, said in found.items() if said != [wanted[name]]]
    policies = headers.get_all("Content-Security-Policy") or []
    if len(policies) != 1 or "default-src 'none'" not in policies[0]:
        wrong.append(f"Content-Security-Policy: {policies}")
    wrong += [name for name in NEVER if headers[name] is not None]
    if headers["Server"] not in {None, "nginx"}:
        wrong.append(f"Server: {headers['Server']}")
    return wrong


def stylesheet(reader: Reader) -> str:
    found = re.search(r'href="(/static/[^"]+\.css)"', reader.get("/").text)
    assert found
    return found[1]


# What is asked, and the status that each of FRONTS answers with.
ASKED = {
    "a page": ({}, (200, 200, 200)),
    "a page, packed": ({"accept_encoding": "gzip"}, (200, 200, 200)),
    "only its head": ({"method": "HEAD"}, (200, 200, 200)),
    "a page of one reader": ({"path": "/me/"}, (200, 200, 200)),
    "the panel": ({"path": "/admin/"}, (302, 302, 302)),
    "the feed": ({"path": "/feed/"}, (200, 200, 200)),
    "health": ({"path": "/healthz"}, (200, 200, 200)),
    "figures": ({"path": "/metrics"}, (404, 404, 404)),
    "readiness": ({"path": "/readyz"}, (200, 404, 404)),
    "nowhere": ({"path": "/nowhere/"}, (404, 404, 404)),
    "no style sheet": ({"path": "/static/nowhere.css"}, (404, 404, 404)),
    "no method": ({"path": "/appearance/"}, (405, 405, 405)),
    "options": ({"method": "OPTIONS"}, (405, 405, 405)),
    "an address too long": ({"path": f"/{'x' * 20_000}"}, (414, 414, 414)),
    "another name": ({"host": "evil.example"}, (400, 400, 421)),
    "no slash": ({"path": "/articles/isekai"}, (301, 301, 301)),
}


@pytest.mark.parametrize("what", ASKED)
def test_what_is_asked(front, reader, what):
    asked, statuses = ASKED[what]
    answer = reader.get(**asked)
    assert answer.status == statuses[FRONTS.index(front)]
    assert faults(answer.headers) == []


@pytest.mark.parametrize(("path", "size", "status"), [(REACTION, 10, 422), (REACTION, 70_000, 413)])
def test_what_is_sent(reader, path, size, status):
    answer = reader.post(path, {"answer": "x" * size})
    assert answer.status == status
    assert faults(answer.headers) == []


def test_an_act(reader):
    answer = reader.post()
    assert answer.status == 303
    assert faults(answer.headers) == []


def test_who_has_it_already(reader):
    """The page comes anew now and then; until it does, the answer is that it is the same."""
    for _ in range(TRIES):
        tag = reader.get().headers["ETag"]
        answer = reader.get(if_none_match=tag)
        if answer.status == 304:
            break
    assert answer.status == 304
    assert faults(answer.headers) == []


def test_style_sheets(reader):
    path = stylesheet(reader)
    answer = reader.get(path)
    assert answer.status == 200
    assert faults(answer.headers) == []
    again = reader.get(path, if_modified_since=answer.headers["Last-Modified"])
    assert again.status == 304
    assert faults(again.headers) == []
    assert faults(reader.get(path, accept_encoding="gzip", range="bytes=0-9").headers) == []


def test_plain_http_is_sent_to_https(reader):
    answer = reader.get("/nowhere/", x_forwarded_proto="http")
    assert answer.status == 301
    assert answer.headers["Location"] == f"https://{NAME}/nowhere/"
    assert faults(answer.headers, https=False) == []


@pytest.mark.parametrize("front", ["nginx"])
def test_what_nginx_refuses_with_a_kept_page_in_its_hands(reader, front):
    answer = reader.until(412, if_match='"x"')
    assert faults(answer.headers) == []


@pytest.mark.parametrize("front", ["nginx"])
def test_what_nginx_keeps(reader, front):
    for _ in range(TRIES):
        answer = reader.get()
        if answer.headers["X-Cache"] == "HIT":
            break
    assert answer.headers["X-Cache"] == "HIT"
    assert faults(answer.headers) == []


@pytest.mark.parametrize("front", ["nginx", "caddy"])
def test_a_site_that_is_away(stage, front):
    reader = Reader(stage.away[front])
    try:
        for answer in (reader.get(), reader.post(), reader.get("/static/nowhere.css")):
            assert answer.status == 503
            assert answer.headers["Retry-After"] == "5"
            assert faults(answer.headers) == []
        assert faults(reader.get("/readyz").headers) == []
    finally:
        reader.connection.close()
