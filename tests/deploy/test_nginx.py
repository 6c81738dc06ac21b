"""The site behind nginx does what it does without, and is told who is asking."""

import gzip
import json
import re
import time
from collections.abc import Callable

import pytest

from tests.deploy.clients import PAGE, REACTION, raw
from tests.deploy.conftest import Proxied

COUNTED = "from polls.models import Ballot; print(Ballot.objects.counted().count())"
# Whose count an act was added to, as the site keeps it: by a hash, so it is asked for one address.
COUNTS_OF = """
from polls.actions.limits import address_hash
from polls.models import LimitCount
print(LimitCount.objects.filter(key__contains=address_hash("{}")).count())
"""


def until(look: Callable[[], str], wanted: Callable[[str], bool]) -> str:
    """Looks again and again until what is seen is as wanted: nginx writes its log each second."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        seen = look()
        if wanted(seen):
            return seen
        time.sleep(0.05)
    raise AssertionError(look())


def stylesheet(proxied: Proxied) -> str:
    """The address of a style sheet, as the home page names it."""
    found = re.search(r'href="(/static/[^"]+\.css)"', proxied.person().get("/").text)
    assert found
    return found[1]


class TestPages:
    def test_a_page_comes_through(self, proxied):
        answer = proxied.person().get()
        assert answer.status == 200
        assert "<h1" in answer.text
        assert not answer.headers["Set-Cookie"]

    def test_an_act_comes_through_and_is_stored(self, proxied):
        before = int(proxied.ask(COUNTED))
        answer = proxied.person().post()
        assert answer.status == 303
        assert answer.headers["Location"].startswith(PAGE)
        assert int(proxied.ask(COUNTED)) == before + 1

    def test_a_page_that_is_nowhere(self, proxied):
        assert proxied.person().get("/nowhere/").status == 404

    def test_nothing_tells_the_version_of_a_server(self, proxied):
        for path in (PAGE, "/nowhere/", "/metrics", stylesheet(proxied)):
            assert proxied.person().get(path).headers["Server"] == "nginx"

    @pytest.mark.parametrize(
        "path", ["/metrics", "/readyz", "/%6detrics", "//metrics", "/x/../readyz"]
    )
    def test_what_the_operators_machines_ask_is_not_for_readers(self, proxied, path):
        answer = proxied.person().get(path)
        assert answer.status == 404
        assert "worker" not in answer.text


class TestStatic:
    def test_what_has_a_digest_in_its_name_never_changes(self, proxied):
        answer = proxied.person().get(stylesheet(proxied))
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Type"] == "text/css; charset=utf-8"

    def test_it_is_sent_as_it_lies_there_compressed(self, proxied):
        path = stylesheet(proxied)
        answer = proxied.person().get(path, accept_encoding="gzip")
        stored = proxied.folder / path.lstrip("/")
        assert answer.body == stored.with_name(f"{stored.name}.gz").read_bytes()
        assert gzip.decompress(answer.body) == stored.read_bytes()

    def test_it_comes_from_nginx_itself(self, proxied):
        """Who runs as somebody else than the site, as the operator's nginx does."""
        (proxied.folder / "static" / "probe.0123456789ab.txt").write_text("laid here")
        answer = proxied.person().get("/static/probe.0123456789ab.txt")
        assert answer.text == "laid here"

    def test_what_nginx_does_not_have_the_site_says(self, proxied):
        answer = proxied.person().get("/static/nowhere.css")
        assert answer.status == 404
        assert answer.headers.get_all("Content-Security-Policy")

    @pytest.mark.parametrize(
        "path",
        [
            "/static/../secret-key",
            "/static/..%2fsecret-key",
            "/static%2f..%2fsecret-key",
            "/static../secret-key",
            "/static/%2e%2e/secret-key",
            "/static//../secret-key",
        ],
    )
    def test_nothing_else_of_the_folder_is_served(self, proxied, path):
        assert (proxied.folder / "secret-key").read_text() == "KEY"
        answer = proxied.person().get(path)
        assert answer.status in {400, 404}
        assert b"KEY" not in answer.body


class TestWhoIsAsking:
    def test_the_site_learns_the_address(self, proxied):
        assert proxied.person("127.0.0.21").post().status == 303
        assert int(proxied.ask(COUNTS_OF.format("127.0.0.21"))) > 0

    @pytest.mark.parametrize(
        "claim",
        [
            {"X_Forwarded_For": "198.51.100.7"},
            {"X_Real_IP": "198.51.100.7"},
            {"Forwarded": "for=198.51.100.7"},
            {"X_Forwarded_For": "198.51.100.7, 127.0.0.1"},
        ],
    )
    def test_what_somebody_claims_to_be_is_not_believed(self, proxied, claim):
        assert proxied.person("127.0.0.22").post(**claim).status == 303
        assert int(proxied.ask(COUNTS_OF.format("198.51.100.7"))) == 0
        assert int(proxied.ask(COUNTS_OF.format("127.0.0.22"))) > 0

    def test_a_header_in_disguise_is_dropped(self, proxied):
        said = b"X_Forwarded_For: 198.51.100.8\r\nX_Forwarded_Proto: https\r\n"
        host = proxied.url.removeprefix("http://").encode()
        answer = raw(
            proxied.url,
            b"POST "
            + REACTION.encode()
            + b" HTTP/1.1\r\nHost: "
            + host
            + b"\r\n"
            + said
            + b"Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: 10\r\nConnection: close\r\n\r\nanswer=sad",
        )
        assert answer.startswith(b"HTTP/1.1 303")
        assert int(proxied.ask(COUNTS_OF.format("198.51.100.8"))) == 0


class TestLogs:
    def test_nothing_is_said_of_what_goes_wrong_for_a_reader(self, proxied):
        """nginx would name the reader's address."""
        reader = proxied.person("127.0.0.23")
        for path in (stylesheet(proxied), "/static/nowhere.css", "/nowhere/", "/metrics"):
            reader.get(path)
        raw(proxied.url, b"no request\r\n\r\n")
        assert (proxied.folder / "afterword-error.log").read_text() == ""

    def test_the_address_of_a_notice_is_left_out(self, proxied):
        """Whoever has it may answer the notice."""
        key = "0e2c4b6a-1111-4222-8333-444455556666"
        ways = (f"/notices/{key}/", f"/notices/{key}", f"//notices/{key}/", f"/%6eotices/{key}/")
        for path in ways:
            proxied.person().get(path)
        proxied.person().get("/last-of-these/")
        log = proxied.folder / "afterword.log"
        told = until(log.read_text, lambda text: "/last-of-these/" in text)
        assert told.count(" /notices/- ") >= len(ways) - 1
        assert key not in told
        assert "127.0.0.9" not in told


def test_the_doctor_sees_whom_the_site_believes(proxied):
    done = proxied.site.manage("doctor", "--json", "--url", proxied.url)
    (found,) = [one for one in json.loads(done.stdout) if one["about"] == "proxy"]
    assert found["level"] == "ok"
    assert found["says"] == "A forged address is not believed; the site saw 127.0.0.1."


class TestLimits:
    @pytest.mark.parametrize(
        ("path", "size", "status"),
        [(REACTION, 65_000, 422), (REACTION, 70_000, 413), ("/admin/login/", 1_100_000, 413)],
    )
    def test_a_body_that_is_too_long(self, proxied, path, size, status):
        answer = proxied.person().post(path, {"answer": "x" * size})
        assert answer.status == status
        assert answer.headers["X-Frame-Options"] == "DENY"

    def test_an_editor_may_send_a_long_article(self, proxied):
        editor = proxied.person()
        editor.cookies["sessionid"] = "of-an-editor"
        answer = editor.post("/admin/login/", {"next": "x" * 200_000})
        assert answer.status not in {413, 400}

    def test_headers_that_are_too_long(self, proxied):
        assert proxied.person().get(x_long="x" * 40_000).status == 400
        assert proxied.person().get(f"/{'x' * 20_000}").status == 414
