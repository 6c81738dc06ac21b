"""The disk with the database is full, and then it is not any more."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults import machines, stored
from tests.faults.asking import Browser
from tests.faults.conftest import IS_POSTGRES, Prepared, need
from tests.faults.sites import Site, running
from tests.faults.test_kills import ANY_MOMENT, assert_kept
from tests.faults.writers import writing

pytestmark = pytest.mark.skipif(IS_POSTGRES, reason="The database is not in var/.")
MEGABYTES = 24
BLOCK = bytes(64 * 1024)


@pytest.fixture
def small(prepared: Prepared, tmp_path: Path) -> Iterator[Site]:
    """A site whose data lie on a disk that is nearly full already."""
    with machines.small_disk(tmp_path / "small", MEGABYTES) as disk:
        need(disk, "A small file system could not be mounted.")
        site = prepared.copy(disk)
        yield site
        prepared.forget(site)


def fill(folder: Path) -> Path:
    """A file that takes all there is; deleting it gives all back."""
    path = folder / "too-much"
    with path.open("wb", buffering=0) as file:
        for size in (len(BLOCK), 512, 1):
            try:
                while file.write(BLOCK[:size]) == size:
                    pass
            except OSError:
                continue
    return path


def test_a_full_disk_refuses_acts_shows_pages_and_loses_nothing(
    small: Site, note: Callable[..., None]
) -> None:
    before = stored.readers(small.database)
    crowd, ann = small.crowd(), Browser(small)
    with running(small):
        ann.look_everywhere()
        with writing(crowd):
            crowd.wait_for(ANY_MOMENT)
            filling = fill(small.folder)
            crowd.wait_until(lambda: crowd.log.refused)
            told = crowd.log.acknowledged
            ann.assert_refused_for_now()
            assert ann.look().status == 200
            filling.unlink()
            recovery = crowd.wait_until(lambda: crowd.log.acknowledged > told + ANY_MOMENT)
        kept = assert_kept(small, crowd.log, before)
    assert stored.is_sound(small.folder / "afterword.sqlite3")
    note("var/ full", times=1, **kept, recovery=recovery)
