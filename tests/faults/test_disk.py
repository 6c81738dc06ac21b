"""The disk with the database is full, read-only or fails, and then it works again."""

import errno
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.faults import machines, stored
from tests.faults.asking import Browser
from tests.faults.conftest import IS_POSTGRES, Prepared, need
from tests.faults.processes import limited
from tests.faults.sites import Site, running
from tests.faults.test_kills import ANY_MOMENT, assert_kept
from tests.faults.writers import wait_until, writing

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


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """A block in which a file takes all there is."""
    path = folder / "too-much"
    with path.open("wb", buffering=0) as file:
        for size in (len(BLOCK), 512, 1):
            try:
                while file.write(BLOCK[:size]) == size:
                    pass
            except OSError:
                continue
    try:
        yield
    finally:
        path.unlink()


@contextmanager
def failing(site: Site, calls: str, error: int) -> Iterator[None]:
    """A block in which a call of the operating system fails in each of a site's processes.

    The site was started with `at_the_mercy`. `calls` is one of libfiu's names.
    """

    def tell(command: str) -> None:
        for pid in site.processes():
            told = ["fiu-ctrl", "-f", control_of(site), "-c", command, str(pid)]
            subprocess.run(told, check=True, timeout=30)

    tell(f"enable name={calls},failinfo={error}")
    try:
        yield
    finally:
        tell(f"disable name={calls}")


def control_of(site: Site) -> str:
    """Where a site's processes listen to `failing`, each with its number behind it."""
    return str(site.folder / "fiu")


def at_the_mercy(site: Site) -> Site:
    """A site, not started, whose calls of the operating system can be made to fail."""
    need(shutil.which("fiu-run"), "fiu-run is not installed.")
    site.before = ("fiu-run", "-x", "-f", control_of(site))
    return site


@contextmanager
def survived(
    site: Site, fault: AbstractContextManager, figures: dict, *, has_room: bool = False
) -> Iterator[Browser]:
    """Many write, the fault comes, the block runs, the fault goes: nothing is lost.

    The site runs already, and nobody starts anything again. What it came to is put into `figures`.
    With `has_room` a small act may still find some, in what the log of the database took before.
    """
    crowd, ann, processes = site.crowd(), Browser(site), site.processes()
    ann.look_everywhere()
    assert ann.answer("happy").status == 303
    before = stored.readers(site.database)
    with writing(crowd):
        crowd.wait_for(ANY_MOMENT)
        with fault:
            crowd.wait_until(lambda: crowd.log.refused)
            told = crowd.log.acknowledged
            ann.assert_refused_for_now(unless_done=has_room)
            assert ann.look().status == 200
            yield ann
        recovery = crowd.wait_until(lambda: crowd.log.acknowledged > told + ANY_MOMENT)
    figures |= assert_kept(site, crowd.log, before) | {"recovery": recovery}
    assert stored.is_sound(site.folder / "afterword.sqlite3")
    assert site.processes() == processes


def test_a_full_disk_refuses_acts_shows_pages_and_loses_nothing(
    small: Site, note: Callable[..., None]
) -> None:
    figures: dict = {}
    full = filled(small.folder)
    with running(small), survived(small, full, figures, has_room=True) as ann:
        wait_until(lambda: b"disk: is full" in ann.look("/readyz").body)
        assert ann.look("/readyz").status == 503
    note("var/ full", times=1, **figures)


def test_a_disk_that_takes_no_byte_loses_nothing_either(
    site: Site, note: Callable[..., None]
) -> None:
    """Nothing can be written over either, as on a disk that is broken; nobody needs to be root."""
    figures: dict = {}
    with running(site):
        no_byte = limited(site.processes(), resource.RLIMIT_FSIZE, lambda _pid: 0)
        with survived(site, no_byte, figures) as ann:
            assert ann.look_at_own().status == 200
    note("no byte can be written", times=1, **figures)


@pytest.mark.parametrize(
    ("fault", "calls", "error"),
    [
        ("the disk becomes read-only", "posix/io/rw/pwrite", errno.EROFS),
        ("the disk cannot be read", "posix/io/rw/pread", errno.EIO),
        ("what is written is not kept (fsync fails)", "posix/io/sync/fdatasync", errno.EIO),
    ],
)
def test_a_disk_that_fails_while_files_are_open_on_it_loses_nothing(
    site: Site, note: Callable[..., None], fault: str, calls: str, error: int
) -> None:
    """As a worn-out disk does. What was refused is not stored; what was acknowledged is."""
    figures: dict = {}
    with running(at_the_mercy(site)), survived(site, failing(site, calls, error), figures) as ann:
        own = ann.look_at_own().status
        assert own == 200 or (own == 503 and "pread" in calls)
    note(fault, times=1, **figures)
