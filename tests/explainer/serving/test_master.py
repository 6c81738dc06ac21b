"""The processes of a real site: replaced without losing anybody, started again, ended."""

import os
import signal
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from explainer.serving import master, start
from explainer.serving.children import Child
from explainer.serving.listening import CannotListenError
from explainer.serving.master import LONGEST_PAUSE, STEADY, Place
from tests.explainer.test_quickstart import Place as Folder
from tests.explainer.test_quickstart import Running, is_alive, place, wait_until

__all__ = ["place"]  # the fixture
pytestmark = [
    pytest.mark.xdist_group("serving"),
    pytest.mark.skipif(not Path("/proc").is_dir(), reason="NOT TESTED: no /proc to look in"),
]
WITH_WORKER = 3  # processes: two that answer, and the worker


@pytest.fixture
def running(place: Folder) -> Iterator[Running]:
    """The site, served as it comes."""
    with place.serve() as served:
        wait_until(lambda: len(served.children()) == WITH_WORKER)
        yield served


class Crowd:
    """Clients that ask again and again: some on one connection, some on a new one each time."""

    def __init__(self, url: str, clients: int = 4) -> None:
        self.address = urlsplit(url)
        self.found: Counter[str] = Counter()
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._threads = [
            threading.Thread(target=self._ask, args=(number % 2 == 0,)) for number in range(clients)
        ]

    def __enter__(self) -> "Crowd":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, keeps: bool) -> None:
        connection = HTTPConnection(self.address.hostname, self.address.port, timeout=60)
        try:
            while not self._stop.wait(0.005):
                self._note(self._once(connection, "/" if keeps else "/healthz"))
                if not keeps:
                    connection.close()
        finally:
            connection.close()

    @staticmethod
    def _once(connection: HTTPConnection, path: str) -> str:
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            body = response.read()
        except (OSError, HTTPException) as error:
            connection.close()
            return type(error).__name__
        return "whole" if response.status == 200 and body else f"status {response.status}"

    def _note(self, outcome: str) -> None:
        with self._lock:
            self.found[outcome] += 1

    def has_asked(self, more: int) -> Callable[[], bool]:
        """A condition: so many more have been answered from now on."""
        least = self.found["whole"] + more
        return lambda: self.found["whole"] >= least


def test_a_replacement_under_load_loses_nobody(running):
    with Crowd(running.url) as crowd:
        wait_until(crowd.has_asked(50))
        for _ in range(2):
            old = set(running.children())
            running.process.send_signal(signal.SIGHUP)
            wait_until(lambda old=old: is_replaced(running, old), lambda: running.output)
            wait_until(crowd.has_asked(50))
    assert set(crowd.found) == {"whole"}
    assert running.output.count("The new code is started beside the old one.") == 2
    assert running.stop(signal.SIGTERM) == 0


def is_replaced(running: Running, old: set[int]) -> bool:
    """Whether every process is a new one."""
    now = set(running.children())
    return len(now) == WITH_WORKER and not now & old


def test_code_that_does_not_pass_its_checks_replaces_nothing(running, place):
    old, key = running.children(), place.var / "secret-key"
    kept = key.read_text()
    key.write_text("short")
    try:
        running.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "does not pass its checks" in running.output, lambda: running.output)
    finally:
        key.write_text(kept)
    assert running.children() == old
    assert running.get("/")[0] == 200


def test_stopping_under_load_leaves_no_answer_half_sent_and_no_process(running):
    with Crowd(running.url) as crowd:
        wait_until(crowd.has_asked(50))
        children = running.children()
        assert running.stop(signal.SIGTERM) == 0
    broken = {"IncompleteRead", "BadStatusLine", "status 500", "status 503"}
    assert not broken & set(crowd.found), crowd.found
    assert not [pid for pid in children if is_alive(pid)]


def test_a_web_process_that_is_killed_is_missed_by_nobody_else(running):
    web, other, _worker = sorted(running.children())
    os.kill(web, signal.SIGKILL)
    for _ in range(20):
        assert running.get("/healthz")[0] == 200
    wait_until(lambda: len(running.children()) == WITH_WORKER)
    assert other in running.children()


def test_connections_that_say_nothing_do_not_keep_it_from_stopping(running):
    address = urlsplit(running.url)
    clients = [socket.create_connection((address.hostname, address.port)) for _ in range(50)]
    try:
        for client in clients[:25]:
            client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf")
        assert running.stop(signal.SIGTERM) == 0
    finally:
        for client in clients:
            client.close()


def test_it_can_be_run_without_a_worker_and_with_one_process(place):
    with place.serve("--processes", "1", "--no-worker") as running:
        assert len(running.children()) == 1
        assert running.get("/")[0] == 200


class TestPlace:
    """When a process that ended is started again."""

    @staticmethod
    def place(*, is_web: bool) -> Place:
        return Place("It", lambda _lifeline, _ready: None, is_web)

    @staticmethod
    def ended(place: Place, *, after: float, ready: bool) -> float:
        place.child = Child(pid=1, ready=-1, begun=100, is_ready=ready)
        return place.lost(100 + after)

    def test_a_web_process_that_served_is_replaced_at_once(self):
        place = self.place(is_web=True)
        assert self.ended(place, after=5, ready=True) == 0
        assert place.due == 105

    @pytest.mark.parametrize(("is_web", "ready"), [(True, False), (True, True), (False, True)])
    def test_one_that_fails_again_and_again_waits_longer_each_time(self, is_web, ready):
        place = self.place(is_web=is_web)
        waits = [self.ended(place, after=0.5, ready=ready) for _ in range(9)]
        assert waits[:3] == [1, 2, 4]
        assert waits[-1] == LONGEST_PAUSE

    def test_one_that_worked_for_long_is_forgiven(self):
        place = self.place(is_web=False)
        for _ in range(5):
            self.ended(place, after=0.5, ready=True)
        assert self.ended(place, after=STEADY + 1, ready=True) == master.FIRST_PAUSE


def test_where_there_is_no_fork_a_sentence_says_what_to_use(monkeypatch):
    monkeypatch.delattr(os, "fork")
    with pytest.raises(CannotListenError, match="with any WSGI server"):
        start.serve("127.0.0.1", 0, processes=1, no_worker=True, say=print)
