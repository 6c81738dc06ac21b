"""PostgreSQL is killed, away for a while, frozen, or full of others' connections."""

import random
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from tests.faults import machines, stored
from tests.faults.asking import Browser
from tests.faults.conftest import IS_POSTGRES, Prepared, need, prepare
from tests.faults.machines import Cluster
from tests.faults.sites import Site, running
from tests.faults.sizes import ACTS_BETWEEN, AWAY, DATABASE_KILLS, LOOKS, WRITERS
from tests.faults.test_kills import ANY_MOMENT, assert_kept
from tests.faults.writers import wait_until, writing

pytestmark = pytest.mark.skipif(not IS_POSTGRES, reason="A fault of PostgreSQL.")
CHANCE = random.Random()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL of this module's own."""
    need(machines.tools(), "PostgreSQL's programs are not installed.")
    with machines.own_postgres() as cluster:
        yield cluster


@pytest.fixture(scope="module")
def prepared(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """What the fixture `site` copies, here on that server."""
    return prepare(tmp_path_factory.mktemp("prepared"), cluster.url)


@pytest.fixture(autouse=True)
def on_the_disk(cluster: Cluster, site: Site) -> None:
    """Writes down the copied database, as one in use is every few minutes.

    Until then PostgreSQL 15 forgets in a crash how far the sequences of a copy had come.
    """
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")


def test_nothing_acknowledged_is_lost_when_postgresql_is_killed(
    cluster: Cluster, site: Site, note: Callable[..., None]
) -> None:
    before, recovery = stored.readers(site.database), []
    crowd = site.crowd()
    with running(site):
        with writing(crowd):
            for number in range(DATABASE_KILLS):
                crowd.wait_for(CHANCE.randint(ANY_MOMENT, ACTS_BETWEEN))
                cluster.kill() if number % 2 else cluster.stop_at_once()
                cluster.start()
                begun = time.monotonic()
                crowd.wait_for(1)
                recovery.append(time.monotonic() - begun)
            crowd.wait_for(ANY_MOMENT)
        kept = assert_kept(site, crowd.log, before)
    fault = "PostgreSQL killed, stopped at once"
    note(fault, times=DATABASE_KILLS, **kept, recovery=max(recovery), goal=5)


def test_pages_are_shown_and_acts_refused_while_postgresql_is_away(
    cluster: Cluster, site: Site, note: Callable[..., None]
) -> None:
    before, slowest = stored.readers(site.database), 0.0
    crowd, ann = site.crowd(), Browser(site)
    with running(site):
        ann.look_everywhere()
        with writing(crowd):
            crowd.wait_for(ANY_MOMENT)
            cluster.stop_at_once()
            gone = time.monotonic()
            while time.monotonic() - gone < AWAY:
                assert ann.look().status == 200
                begun = time.monotonic()
                ann.assert_refused_for_now()
                slowest = max(slowest, time.monotonic() - begun)
            cluster.start()
            begun = time.monotonic()
            crowd.wait_for(1)
            recovery = time.monotonic() - begun
        kept = assert_kept(site, crowd.log, before)
        wait_until(lambda: ann.answer("sad").status == 303)
    note(f"PostgreSQL away for {AWAY} s", times=1, **kept, recovery=recovery, goal=5)
    note("  while it is away: 503 within", times=1, recovery=slowest, goal=2)


def test_nobody_waits_for_ever_while_postgresql_says_nothing(
    cluster: Cluster, site: Site, note: Callable[..., None]
) -> None:
    crowd, ann, slowest = site.crowd(), Browser(site), 0.0
    with running(site):
        ann.look_everywhere()
        assert ann.answer("happy").status == 303
        before = stored.readers(site.database)
        with writing(crowd):
            crowd.wait_for(ANY_MOMENT)
            with cluster.frozen():
                # Whoever was under way is let go when the patience is over; nobody waits so long
                # again.
                noticed = crowd.wait_until(lambda: crowd.log.refused > WRITERS)
                for _ in range(LOOKS):
                    begun = time.monotonic()
                    assert ann.look().status == 200
                    assert ann.look_at_own().status == 503
                    ann.assert_refused_for_now()
                    slowest = max(slowest, time.monotonic() - begun)
                told = crowd.log.acknowledged
            recovery = crowd.wait_until(lambda: crowd.log.acknowledged > told + ANY_MOMENT)
        kept = assert_kept(site, crowd.log, before)
        assert crowd.log.lost == 0  # an answer for everybody
        wait_until(lambda: ann.answer("sad").status == 303)
    note("PostgreSQL frozen", times=1, **kept, recovery=recovery, goal=5)
    note("  until it is noticed", times=1, recovery=noticed)
    note("  from then on: a page and two 503 within", times=LOOKS, recovery=slowest)


def test_pages_are_shown_and_acts_refused_while_others_hold_every_connection(
    cluster: Cluster, site: Site, note: Callable[..., None]
) -> None:
    crowd, ann = site.crowd(), Browser(site)
    with running(site):
        ann.look_everywhere()
        assert ann.answer("happy").status == 303
        before = stored.readers(site.database)
        with writing(crowd):
            crowd.wait_for(ANY_MOMENT)
            with cluster.crowded():
                refused = crowd.log.refused
                crowd.wait_until(lambda: crowd.log.refused > refused + WRITERS)
                told = crowd.log.acknowledged
                assert ann.look().status == 200
                assert ann.look_at_own().status == 503
                ann.assert_refused_for_now()
                assert crowd.log.acknowledged == told
            recovery = crowd.wait_until(lambda: crowd.log.acknowledged > told + ANY_MOMENT)
        kept = assert_kept(site, crowd.log, before)
    note("PostgreSQL's connections all taken", times=1, **kept, recovery=recovery, goal=5)
