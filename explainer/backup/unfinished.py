"""Folders in which a backup or a restore works, and what is left of one that was killed.

What is left is a copy of the site, with texts that have been erased since. The next backup or
restore takes it away: nobody holds its lock any more, which the system lets go with the process.
"""

import fcntl
import secrets
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir

BACKUP, RESTORE = ".afterword-backup-", ".afterword-restore-"
LOCK = ".lock"


@contextmanager
def folder(kind: str, parent: Path | None) -> Generator[Path]:
    """A new folder in `parent` (None: where temporary files go), gone after the block."""
    made = Path(parent or gettempdir()) / f"{kind}{secrets.token_hex(8)}"
    # Beside the folder: it is there before the folder is, and goes after it.
    lock = made.with_suffix(LOCK)
    with lock.open("x") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        try:
            made.mkdir(mode=0o700)
            yield made
        finally:
            _take_away(made, lock)


def sweep(kind: str, parent: Path | None) -> None:
    """Takes away what nobody works in any more."""
    for lock in Path(parent or gettempdir()).glob(f"{kind}*{LOCK}"):
        try:
            with lock.open("r+") as held:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _take_away(lock.with_suffix(""), lock)
        except OSError:  # somebody works there, or it is another user's
            continue


def _take_away(made: Path, lock: Path) -> None:
    shutil.rmtree(made, ignore_errors=True)
    lock.unlink(missing_ok=True)
