"""The printed Caddyfile, taken and served by the real Caddy."""

import json
import re
import subprocess
from collections.abc import Iterator

import pytest

from explainer.bench.processes import free_port
from tests.deploy import proxies
from tests.deploy.clients import PAGE, Person
from tests.deploy.test_nginx import COUNTS_OF
from tests.server import Site, running_site


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Site]]:
    """The site behind Caddy: its address, and the site itself."""
    proxies.program("caddy")
    folder = tmp_path_factory.mktemp("caddy")
    (folder / "var").mkdir()
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = {"SITE_URL": url, "STATIC_ROOT": str(folder / "static")}
    with running_site(folder / "var", **settings, TRUSTED_PROXIES="127.0.0.1/32") as site:
        hosts = site.url.removeprefix("http://")
        settings["VAR_DIR"] = str(folder / "var")
        with proxies.caddy(folder, proxies.printed("caddy", "--hosts", hosts, **settings), port):
            yield url, site


@pytest.fixture
def reader(served) -> Iterator[Person]:
    person = Person(served[0], "127.0.0.61")
    yield person
    person.connection.close()


@pytest.mark.parametrize(
    ("options", "environ"),
    [
        ([], {}),
        ([], {"SITE_URL": "https://example.org"}),
        (["--hosts", "10.0.0.1:8000,10.0.0.2:8000"], {}),
        (["--behind", "10.0.0.0/8"], {"SITE_URL": "https://example.org"}),
        (["--server-name", "a.example b.example"], {"SITE_URL": "https://a.example"}),
        ([], {"SITE_URL": "https://example.org:8443", "STATIC_ROOT": "/srv/afterword/static"}),
        ([], {"SITE_URL": "http://example.org"}),
    ],
)
def test_caddy_takes_it(tmp_path, options, environ):
    path = tmp_path / "Caddyfile"
    path.write_text(proxies.printed("caddy", *options, **environ))
    caddy = proxies.program("caddy")
    for command in (["validate", "--adapter", "caddyfile", "--config"], ["fmt", "--diff"]):
        done = subprocess.run([caddy, *command, str(path)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert not re.search(r"^[-+]", done.stdout, re.MULTILINE)


def test_pages_and_acts_come_through(reader):
    answer = reader.get()
    assert answer.status == 200
    assert not answer.headers["Set-Cookie"]
    assert len(answer.headers.get_all("Content-Security-Policy")) == 1
    assert "caddy" not in (answer.headers["Server"] or "").lower()
    assert reader.post().status == 303


def test_the_address_is_the_readers_own_and_no_claim(served, reader):
    assert reader.post(X_Forwarded_For="198.51.100.9", Forwarded="for=198.51.100.9").status == 303
    counts = [
        served[1].manage("shell", "--no-imports", "-c", COUNTS_OF.format(address)).stdout.strip()
        for address in ("127.0.0.61", "198.51.100.9")
    ]
    assert counts[0] != "0"
    assert counts[1] == "0"


def test_style_sheets_never_change(reader):
    path = re.search(r'href="(/static/[^"]+\.css)"', reader.get("/").text)
    assert path
    answer = reader.get(path[1], accept_encoding="gzip")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert reader.get("/static/nowhere.css").status == 404


def test_the_doctor_sees_whom_the_site_believes(served):
    url, site = served
    done = site.manage("doctor", "--json", "--url", url)
    (found,) = [one for one in json.loads(done.stdout) if one["about"] == "proxy"]
    assert found["level"] == "ok"
    assert found["says"] == "A forged address is not believed; the site saw 127.0.0.1."


def test_no_log_names_a_reader(tmp_path):
    """Also when the site is away, and when another name is asked for."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with proxies.nobody() as away:
        text = proxies.printed("caddy", "--hosts", f"127.0.0.1:{away}", SITE_URL=url)
        with proxies.caddy(tmp_path, text, port):
            reader = Person(url, "127.0.0.62")
            try:
                answer = reader.get()
                assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
                assert reader.post().status == 503
                assert reader.get(host="evil.example").status == 421
            finally:
                reader.connection.close()
    told = (tmp_path / "caddy.log").read_text()
    assert "serving initial configuration" in told
    assert "127.0.0.62" not in told
    assert "evil.example" not in told


def test_what_is_too_long_or_not_for_readers(reader):
    assert reader.get("/metrics").status == 404
    assert reader.get("/readyz").status == 404
    assert reader.post(f"{PAGE}comments/", {"body": "x" * 70_000}).status == 413
