"""Backups of SQLite: a copy of one moment of the file, while others go on writing."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from explainer.backup import BackupError, manifest
from explainer.backup.archive import DUMPS, Archive, Progress, sync_folder
from explainer.backup.snapshot import Snapshot
from explainer.backup.standing_in import another

STEPS = 200_000  # instructions of SQLite between two looks at the progress
SIDE_FILES = ("-wal", "-shm", "-journal")


def site_file() -> Path:
    """Where the site's database is."""
    return Path(connection.settings_dict["NAME"])


@contextmanager
def snapshot(folder: Path, progress: Progress) -> Generator[Snapshot]:
    """A copy of the site's database as it is now, without the rows that are left out.

    VACUUM INTO reads in one transaction, which WAL lets others write beside, and copies no deleted
    text: the free pages of the file, where it may still stand, stay behind.
    """
    if not site_file().exists():
        raise BackupError(f"There is no database to back up at {site_file()}.")
    copy = folder / DUMPS["sqlite"]
    source = another(str(site_file()))
    try:
        source.ensure_connection()
        with _watched(source.connection, copy, progress), source.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(copy)])
    finally:
        source.close()
    copy.chmod(0o600)
    _leave_out(copy)
    found = another(str(copy))
    try:
        yield Snapshot(copy, manifest.applied_migrations(found), manifest.row_counts(found))
    finally:
        found.close()


@contextmanager
def _watched(raw: sqlite3.Connection, copy: Path, progress: Progress) -> Generator[None]:
    pages, size = (
        raw.execute(f"PRAGMA {what}").fetchone()[0] for what in ("page_count", "page_size")
    )

    def tell() -> None:
        if copy.exists():
            progress(min(copy.stat().st_size, pages * size), pages * size)

    raw.set_progress_handler(tell, STEPS)
    try:
        yield
    finally:
        raw.set_progress_handler(None, 0)


def _leave_out(copy: Path) -> None:
    """Deletes what must not be in a backup, so that its bytes are gone from the file as well."""
    raw = sqlite3.connect(copy, isolation_level=None)
    try:
        raw.execute("PRAGMA secure_delete=ON")
        tables = {name for (name,) in raw.execute("SELECT name FROM sqlite_master")}
        for table in tables.intersection(manifest.LEFT_OUT):
            raw.execute(f'DELETE FROM "{table}"')  # noqa: S608 - a constant of ours
    finally:
        raw.close()


@contextmanager
def scratch(archive: Archive, folder: Path, progress: Progress) -> Generator[BaseDatabaseWrapper]:
    """The backup's database as a file in `folder`; nobody else knows it."""
    path = folder / "scratch.sqlite3"
    archive.unpack(archive.dump, path, progress)
    connection = another(str(path))
    try:
        yield connection
    finally:
        connection.close()


def scratch_folder() -> Path:
    """Where there is room for a scratch database from which it can be moved into place."""
    return site_file().parent


def damages(connection: BaseDatabaseWrapper) -> list[str]:
    """What SQLite itself finds wrong with the file."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            found = [line for (line,) in cursor.fetchall() if line != "ok"]
            cursor.execute("PRAGMA foreign_key_check")
            loose = cursor.fetchall()
    except DatabaseError as error:  # too broken to be looked through
        return [str(error)]
    return found + [f"{table} row {row} names no {of}" for table, row, of, _ in loose]


def refuse_if_used() -> None:
    """Raises BackupError while any other process has the site's database open."""
    connection.close()
    if site_file().exists():
        _leave_wal(site_file())


def _leave_wal(path: Path) -> None:
    """Writes the log into the file and takes it away. Only who is alone with a file may do that."""
    raw = sqlite3.connect(path, isolation_level=None, timeout=0)
    try:
        raw.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError:
        raise BackupError("The site is running: its database is open. Stop it first.") from None
    except sqlite3.DatabaseError:  # broken, which is why somebody restores
        return
    finally:
        raw.close()


def put_in_place(fresh: BaseDatabaseWrapper, kept: str | None) -> str | None:
    """Moves the scratch file to where the site looks. What was there is kept under `kept`.

    Returns where it is kept now, or None.
    """
    fresh.close()
    refuse_if_used()
    target = site_file()
    saved = None
    if kept and target.exists():
        saved = target.with_name(f"{target.name}.{kept}")
        for ending in ("", *SIDE_FILES):  # a log belongs to its file and to no other
            side = Path(f"{target}{ending}")
            if side.exists():
                side.rename(f"{saved}{ending}")
    for ending in SIDE_FILES:
        Path(f"{target}{ending}").unlink(missing_ok=True)
    Path(fresh.settings_dict["NAME"]).replace(target)
    sync_folder(target.parent)
    return str(saved) if saved else None
