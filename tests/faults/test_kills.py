"""kill -9 and SIGTERM under the load of 64 writers."""

import os
import random
import signal
from collections.abc import Callable

from tests.faults import stored
from tests.faults.sites import Site, running
from tests.faults.sizes import ACTS_BETWEEN, FULL, KILLS, ONE_KILLS
from tests.faults.writers import Log, wait_until, writing

CHANCE = random.Random()  # when a kill falls is left to chance, as in life
ANY_MOMENT = 20  # acts at least, so that each start has been of use


def assert_kept(site: Site, log: Log, before: set[str]) -> dict[str, int]:
    """Everything acknowledged is stored, once, and every count is right. For the table."""
    assert log.wrong == {}
    lost = stored.missing(site.database, log.people)
    assert lost == []
    doubled = stored.doubled(site.database)
    assert doubled == []
    assert stored.strangers(site.database, before, log) == set()
    check = site.manage("recount", "--check")
    assert check.returncode == 0, check.stdout + check.stderr
    return {"acknowledged": log.acknowledged, "lost": len(lost), "doubled": len(doubled)}


def test_nothing_acknowledged_is_lost_when_the_whole_server_is_killed(
    site: Site, note: Callable[..., None]
) -> None:
    before, recovery = stored.readers(site.database), []
    crowd = site.crowd()
    with running(site):
        with writing(crowd):
            for number in range(KILLS):
                crowd.wait_for(CHANCE.randint(ANY_MOMENT, ACTS_BETWEEN))
                # Every other time its processes see for themselves that their parent is gone.
                site.kill(only_the_first=number % 2 == 1)
                recovery.append(site.start())
            crowd.wait_for(ANY_MOMENT)
        kept = assert_kept(site, crowd.log, before)
    note("kill -9 of the server", times=KILLS, **kept, recovery=max(recovery), goal=5)


def test_nothing_acknowledged_is_lost_when_the_server_is_stopped(
    site: Site, note: Callable[..., None]
) -> None:
    before, stops = stored.readers(site.database), []
    times = 10 if FULL else 1
    crowd = site.crowd()
    with running(site):
        with writing(crowd):
            for _ in range(times):
                crowd.wait_for(ANY_MOMENT)
                stops.append(site.stop())
                assert site.server.returncode == 0, site.log
                site.start()
        kept = assert_kept(site, crowd.log, before)
    note("SIGTERM of the server: exit", times=times, **kept, recovery=max(stops), goal=10)


def test_others_serve_and_a_new_one_comes_when_a_web_process_is_killed(
    site: Site, note: Callable[..., None]
) -> None:
    before, recovery = stored.readers(site.database), []
    crowd = site.crowd()
    with running(site):
        everybody = len(site.processes())
        with writing(crowd):
            for _ in range(ONE_KILLS):
                crowd.wait_for(ANY_MOMENT)
                killed = CHANCE.choice(site.processes()[1:])
                os.kill(killed, signal.SIGKILL)
                crowd.wait_for(1)
                recovery.append(
                    wait_until(
                        lambda killed=killed: (
                            killed not in site.processes() and len(site.processes()) == everybody
                        )
                    )
                )
            crowd.wait_for(ANY_MOMENT)
        kept = assert_kept(site, crowd.log, before)
    note("kill -9 of one process", times=ONE_KILLS, **kept, recovery=max(recovery))
