"""The power goes: what lies on the disk at that moment is all there is."""

import itertools
import random
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults import sites, stored
from tests.faults.conftest import IS_POSTGRES, sqlite
from tests.faults.processes import frozen
from tests.faults.sites import Site, running
from tests.faults.sizes import COPIES, CUTS
from tests.faults.test_kills import ANY_MOMENT
from tests.faults.writers import Log, Person, writing

pytestmark = pytest.mark.skipif(IS_POSTGRES, reason="PostgreSQL's own tests do this.")
CHANCE = random.Random()
NAME = "afterword.sqlite3"
HALF_A_FRAME = 2000  # bytes of a page that was being written
SECTOR = 4096  # bytes that a disk writes whole or not at all
ENOUGH = 128 * SECTOR  # of a log to be torn anywhere
# The log: its head, then frames of a page each. Its index says how many are valid, and how many of
# them the database holds already (https://sqlite.org/walformat.html, 2.1 and 2.3).
LOG_HEAD, FRAME = 32, 24 + 4096
VALID, SAVED = 16, 96


def acknowledged(log: Log) -> list[Person]:
    """What everybody has been told so far. An answer they may still change is left out."""
    now = [Person(each.number, each.cookie, said=dict(each.said)) for each in list(log.people)]
    for person in now:
        if "vote" not in person.said:
            person.said.pop("answer", None)
    return now


def pull_the_plug(site: Site, folder: Path) -> range:
    """Copies what is on the disk, with half a write at its end. The index is in memory only.

    Returns the part of the log, in bytes, that the database itself does not hold yet.
    """
    folder.mkdir()
    with frozen(site.processes()):
        for ending in ("", "-wal"):
            shutil.copy(site.folder / f"{NAME}{ending}", folder)
        index = (site.folder / f"{NAME}-shm").read_bytes()
    with (folder / f"{NAME}-wal").open("ab") as log:
        log.write(CHANCE.randbytes(HALF_A_FRAME))
    saved, valid = (struct.unpack_from("=I", index, place)[0] for place in (SAVED, VALID))
    return range(LOG_HEAD + saved * FRAME, LOG_HEAD + valid * FRAME)


def assert_whole(folder: Path) -> None:
    """What a database holds is sound, nobody's twice, and borne out by its counts."""
    assert stored.is_sound(folder / NAME)
    assert stored.doubled(sqlite(folder)) == []
    check = sites.manage(sites.environment(folder, sqlite(folder)), "recount", "--check")
    assert check.returncode == 0, check.stdout + check.stderr


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
            assert stored.missing(sqlite(folder), told) == []
            assert_whole(folder)
            shutil.rmtree(folder)
    note("power loss, by copies of the disk", times=COPIES, acknowledged=total, lost=0, doubled=0)


def test_wherever_the_log_ends_what_is_before_that_is_a_whole_site(
    site: Site, tmp_path: Path, note: Callable[..., None]
) -> None:
    """A disk that says too early that it has written loses the last acts, and nothing but these."""
    crowd, disk, unsaved = site.crowd(), tmp_path / "disk", range(0)
    with running(site), writing(crowd):
        while len(unsaved) < ENOUGH:
            shutil.rmtree(disk, ignore_errors=True)
            crowd.wait_for(ANY_MOMENT)
            unsaved = pull_the_plug(site, disk)
    ends = sorted(CHANCE.sample(unsaved[::SECTOR], CUTS - 2))
    found = []
    for number, end in enumerate([unsaved.start, *ends, unsaved.stop]):
        folder = shutil.copytree(disk, tmp_path / f"cut-{number}")
        with (folder / f"{NAME}-wal").open("ab") as log:
            log.truncate(end)
        assert_whole(folder)
        asked = [stored.rows(sqlite(folder), query) for query in (stored.READERS, stored.COMMENTS)]
        found.append(set(itertools.chain(*asked)))
        shutil.rmtree(folder)
    assert all(more >= fewer for fewer, more in itertools.pairwise(found))
    assert len(found[-1]) > len(found[0])
    note("the end of the log torn off, anywhere", times=CUTS, doubled=0)
