"""Two machines, one PostgreSQL, one Redis, one nginx: one site."""

import os
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPException
from itertools import count

import pytest

from explainer.bench.processes import free_port
from tests.deploy import proxies
from tests.deploy.clients import PAGE, Person
from tests.deploy.hosts import Host, relay
from tests.server import fresh_database

pytestmark = [pytest.mark.load, pytest.mark.xdist_group("hosts")]
BALLOTS = "from polls.models import Ballot; print(Ballot.objects.exclude(choice=None).count())"
COUNTS = """
from polls.models import LimitCount, Reader
newest = Reader.objects.latest("pk").pk
for row in LimitCount.objects.filter(key__startswith=f"answers:r{newest}:"):
    print(row.count)
"""
EVERY = 50  # requests between two things that happen


@dataclass(frozen=True)
class Site:
    """What is in front, and the machines behind."""

    url: str
    hosts: list[Host]


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Both machines serve; nginx is set up by `deploy-config nginx --hosts`."""
    cache = os.environ.get("CACHE_URL", "")
    if not (os.environ.get("DATABASE_URL", "").startswith("postgres") and "redis" in cache):
        pytest.skip("DATABASE_URL and CACHE_URL name no PostgreSQL and Redis")
    proxies.program("nginx")
    folder = tmp_path_factory.mktemp("grown")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        database = stack.enter_context(fresh_database(folder))
        hosts = [Host(number, folder) for number in (1, 2)]
        for host in hosts:
            stack.enter_context(host.joined())
            host.env |= {
                "DATABASE_URL": stack.enter_context(relay(host.here, database, 5432)),
                "CACHE_URL": stack.enter_context(relay(host.here, cache, 6379)),
                "SITE_URL": url,
                "ALLOWED_HOSTS": host.there,
                "TRUSTED_PROXIES": f"{host.here}/32",
                "LOG_LEVEL": "ERROR",
            }
        for host in hosts:
            host.manage("quickstart", "--no-serve")
            host.start()
        folder = stack.enter_context(proxies.open_folder())
        text = proxies.printed(
            *("nginx", "--hosts", ",".join(f"{host.there}:{host.port}" for host in hosts)),
            *("--listen", f"127.0.0.1:{port}", "--cache-dir", str(folder / "cache")),
            *("--log-dir", str(folder)),
            SITE_URL=url,
            VAR_DIR=str(hosts[0].folder),
        )
        stack.enter_context(proxies.nginx(folder, text, port))
        yield Site(url, hosts)


def test_what_is_done_on_one_machine_is_seen_on_the_other(grown):
    one, other = (Person(host.url) for host in grown.hosts)
    try:
        for person in (one, other):
            assert person.get().status == 200
        assert one.post(f"{PAGE}comments/", {"body": "Said on one.", "name": "Ann"}).status == 303
        other.cookies = dict(one.cookies)
        seen = other.get("/me/")
        assert "Said on one." in seen.text
    finally:
        one.connection.close()
        other.connection.close()


def test_limits_count_across_machines(grown):
    """What a reader does is added up, wherever it arrives."""
    people = [Person(host.url) for host in grown.hosts]
    try:
        assert people[0].post().status == 303
        for number in range(5):
            person = people[(number + 1) % 2]
            person.cookies = dict(people[0].cookies)
            assert person.post(typed={"answer": ("happy", "sad")[number % 2]}).status == 303
    finally:
        for person in people:
            person.connection.close()
    for host in grown.hosts:
        counts = [int(line) for line in host.manage("shell", "--no-imports", "-c", COUNTS).split()]
        assert sum(counts) == 6
        assert len(counts) <= 2  # one a minute: a minute may end in between


class Readers(threading.Thread):
    """People who come one after the other, look and answer, until they are told to stop."""

    numbers = count(1)

    def __init__(self, site: Site) -> None:
        super().__init__()
        self.site, self.stopping = site, threading.Event()
        self.said: Counter = Counter()
        self.acknowledged = 0

    def run(self) -> None:
        while not self.stopping.wait(0.05):
            number = next(self.numbers)
            person = Person(self.site.url, f"127.0.{number // 250 + 1}.{number % 250 + 1}")
            try:
                self.said["GET", person.get(f"{PAGE}?x={number}").status] += 1
                status = person.post().status
                self.said["POST", status] += 1
                self.acknowledged += status == 303
            except (OSError, HTTPException) as error:
                self.said["broken", repr(error)] += 1
            finally:
                person.connection.close()


def test_nothing_is_lost_when_one_machine_after_the_other_is_restarted(grown):
    before = int(grown.hosts[0].manage("shell", "--no-imports", "-c", BALLOTS))
    crowd = [Readers(grown) for _ in range(3)]
    for readers in crowd:
        readers.start()
    try:
        for host in grown.hosts:
            seen = sum(readers.said.total() for readers in crowd)
            host.stop()
            while sum(readers.said.total() for readers in crowd) < seen + EVERY:
                crowd[0].stopping.wait(0.05)
            host.start()
    finally:
        for readers in crowd:
            readers.stopping.set()
            readers.join()
    said = sum((readers.said for readers in crowd), Counter())
    assert said.keys() == {("GET", 200), ("POST", 303)}, said
    after = int(grown.hosts[0].manage("shell", "--no-imports", "-c", BALLOTS))
    assert after - before == sum(readers.acknowledged for readers in crowd)


def test_counts_are_right_after_all_that(grown):
    assert grown.hosts[1].manage("recount", "--check")
