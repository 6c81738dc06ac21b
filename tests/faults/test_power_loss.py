"""The power goes: what lies on the disk at that moment is all there is."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults import sites, stored
from tests.faults.conftest import IS_POSTGRES, sqlite
from tests.faults.processes import frozen
from tests.faults.sites import Site, running
from tests.faults.sizes import COPIES
from tests.faults.test_kills import ANY_MOMENT
from tests.faults.writers import Log, Person, writing

pytestmark = pytest.mark.skipif(IS_POSTGRES, reason="PostgreSQL's own tests do this.")
CHANCE = random.Random()
NAME = "afterword.sqlite3"
HALF_A_FRAME = 2000  # bytes of a page that was being written


def acknowledged(log: Log) -> list[Person]:
    """What everybody has been told so far. An answer they may still change is left out."""
    now = [Person(each.number, each.cookie, said=dict(each.said)) for each in list(log.people)]
    for person in now:
        if "vote" not in person.said:
            person.said.pop("answer", None)
    return now


def pull_the_plug(site: Site, folder: Path) -> None:
    """Copies what is on the disk, with half a write at its end. The index is in memory only."""
    folder.mkdir()
    with frozen(site.processes()):
        for ending in ("", "-wal"):
            shutil.copy(site.folder / f"{NAME}{ending}", folder)
    with (folder / f"{NAME}-wal").open("ab") as log:
        log.write(CHANCE.randbytes(HALF_A_FRAME))


def test_what_was_acknowledged_before_the_power_went_is_on_the_disk(
    site: Site, tmp_path: Path, note: Callable[..., None]
) -> None:
    crowd, total = site.crowd(), 0
    with running(site), writing(crowd):
        for number in range(COPIES):
            crowd.wait_for(CHANCE.randint(1, ANY_MOMENT * 3))
            told, folder = acknowledged(crowd.log), tmp_path / f"disk-{number}"
            total = crowd.log.acknowledged
            pull_the_plug(site, folder)
            assert stored.is_sound(folder / NAME)
            assert stored.missing(sqlite(folder), told) == []
            assert stored.doubled(sqlite(folder)) == []
            check = sites.manage(sites.environment(folder, sqlite(folder)), "recount", "--check")
            assert check.returncode == 0, check.stdout + check.stderr
            shutil.rmtree(folder)
    note("power loss, by copies of the disk", times=COPIES, acknowledged=total, lost=0, doubled=0)
