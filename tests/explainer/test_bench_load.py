"""The load of the bench: requests written out, played by wrk, and what it says of them."""

import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice, pairwise

import pytest

from explainer.bench import NotMeasuredError, load
from explainer.bench.asking import cookie_of
from explainer.bench.load import Played
from explainer.bench.sides import Side, alternate
from explainer.bench.site import addresses, taken
from polls.middleware import read_cookie
from tests.factories import make_reader

needs_wrk = pytest.mark.skipif(not shutil.which("wrk"), reason="wrk is not installed")


class Handler(BaseHTTPRequestHandler):
    """Answers 200, or what the path says, and notes what was asked."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.path, self.headers, body))
        self.send_response(int(self.path.strip("/") or 200))
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET  # noqa: N815 - http.server's names

    def log_message(self, *_said: object) -> None:
        """Says nothing."""


class Server(ThreadingHTTPServer):
    """Notes what it is asked, and takes it well when a load ends in the middle of a word."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple] = []

    def handle_error(self, *_whose: object) -> None:
        """Says nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    """One that runs."""
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@needs_wrk
class TestPlay:
    def play(self, server: Server, requests: list[str], folder) -> Played:
        address = f"127.0.0.1:{server.server_port}"
        return load.play(address, requests, folder, seconds=1, connections=2)

    def test_it_sends_what_is_written_in_turn(self, server, tmp_path):
        form = load.post("site", "/", "a=b", cookie="reader=ann", address="2001:db8::1")
        played = self.play(server, [load.get("site", "/", "reader=sam"), form], tmp_path)

        assert 0 < played.requests <= len(server.asked)
        assert (played.broken, played.refused) == (0, 0)
        assert played.rate > 0
        bodies = Counter(body for _path, _headers, body in server.asked)
        assert set(bodies) == {b"", b"a=b"}
        by_body = {body: headers for _path, headers, body in server.asked}
        assert by_body[b""]["Cookie"] == "reader=sam"
        assert by_body[b"a=b"]["Host"] == "site"
        assert by_body[b"a=b"]["Sec-Fetch-Site"] == "same-origin"
        assert by_body[b"a=b"]["X-Forwarded-For"] == "2001:db8::1"

    @pytest.mark.parametrize(("status", "is_refused"), [(303, False), (429, True), (500, True)])
    def test_a_status_from_400_on_is_a_refusal(self, server, tmp_path, status, is_refused):
        played = self.play(server, [load.get("site", f"/{status}")], tmp_path)
        assert played.refused == (played.requests if is_refused else 0)

    def test_a_side_counts_what_was_acknowledged(self, server, tmp_path):
        side = Side(f"127.0.0.1:{server.server_port}", lambda _n: [load.get("x", "/429")])
        played = side.play(tmp_path, 1)
        assert side.faults == played.requests
        assert side.acknowledged == 0
        assert side.unheard == side.connections

    def test_acts_that_run_out_are_no_measurement(self, server, tmp_path):
        side = Side(f"127.0.0.1:{server.server_port}", lambda n: [load.get("x", "/")] * n, most=1)
        with pytest.raises(NotMeasuredError, match="More than the 1 readers"):
            side.play(tmp_path, 1)

    def test_two_sides_take_turns_in_being_first(self, server, tmp_path):
        address, told = f"127.0.0.1:{server.server_port}", []
        site, yardstick = (
            Side(address, lambda _n, path=path: [load.get("x", path)]) for path in ("/201", "/202")
        )
        turns = alternate(site, yardstick, folder=tmp_path, rounds=2, seconds=1, done=told.append)
        assert [len(of_one) for of_one in turns] == [2, 2]
        # In one second a busy machine may answer nothing, in two turns of it something.
        assert all(sum(turn.rate for turn in of_one) > 0 for of_one in turns)
        assert told == [2] * 4
        paths = [path for path, _headers, _body in server.asked]
        changes = [b for a, b in pairwise(paths) if a != b]
        # One that was under way when its load ended may be noted late, so the order is of firsts.
        assert [paths[0], *changes[:1]] == ["/201", "/202"]
        assert len(site.played) == len(yardstick.played) == 4


def test_an_end_that_was_not_reached_is_said_with_the_reason():
    with pytest.raises(NotMeasuredError, match="unable to connect"):
        load.read("Running 1s test", "unable to connect to 127.0.0.1")


def test_without_wrk_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NotMeasuredError, match="apt-get install wrk"):
        load.find_wrk()


def test_no_two_readers_come_from_one_network():
    networks = [address.split(":")[2] for address in islice(addresses(), 1000)]
    assert len(set(networks)) == 1000


def test_nobody_is_asked_to_act_twice():
    cookies = iter(["ann", "sam", "hana"])
    assert taken(cookies, 2) == ["ann", "sam"]
    with pytest.raises(NotMeasuredError, match="too few readers"):
        taken(cookies, 2)


@pytest.mark.django_db
def test_the_site_knows_a_reader_by_the_cookie_of_the_bench(rf, settings):
    ann = make_reader("Ann")
    cookie = f"{settings.READER_COOKIE_NAME}={cookie_of(ann.key)}"
    assert read_cookie(rf.get("/", headers={"cookie": cookie})) == ann.key
