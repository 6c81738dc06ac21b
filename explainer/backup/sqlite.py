"""Backups of SQLite: a copy of one moment of the file, while others go on writing."""

import glob
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from explainer.backup import REPLACED, BackupError, manifest, unfinished
from explainer.backup.archive import DUMPS, Archive, Progress, keep_also, sync_folder
from explainer.backup.snapshot import Snapshot
from explainer.backup.standing_in import another

STEPS = 200_000  # instructions of SQLite between two looks at the progress
SIDE_FILES = ("-wal", "-shm", "-journal")


def site_file() -> Path:
    """Where the site's database is."""
    return Path(connection.settings_dict["NAME"])


@contextmanager
def snapshot(folder: Path, progress: Progress) -> Generator[Snapshot]:
    """A copy of the site's database as it is now, without what is left out.

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
    found = another(str(copy))
    try:
        _leave_out(found)
        yield Snapshot([copy], manifest.applied_migrations(found), manifest.row_counts(found))
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


def _leave_out(copy: BaseDatabaseWrapper) -> None:
    """Deletes what must not be in a backup, so that its bytes are gone from the file as well."""
    with copy.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete=ON")
        tables = copy.introspection.table_names(cursor)
        for table in set(tables).intersection(manifest.LEFT_OUT):
            cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608 - a constant of ours
        for table, column in manifest.blanked(copy):
            words = f'UPDATE "{table}" SET "{column}" = \'\' WHERE "{column}" <> \'\''  # noqa: S608
            cursor.execute(words)


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


def sweep() -> None:
    """Takes away the scratch files of restores that were killed."""
    unfinished.sweep(unfinished.RESTORE, scratch_folder())


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

    Returns where it is kept now, or None. Whenever it is killed, one of the two is in place, whole.
    """
    fresh.close()
    refuse_if_used()
    target = site_file()
    saved = target.with_name(f"{target.name}.{kept}") if kept and target.exists() else None
    if saved:
        for ending in ("", *SIDE_FILES):  # a log belongs to its file and to no other
            keep_also(Path(f"{target}{ending}"), Path(f"{saved}{ending}"))
        sync_folder(target.parent)
    for ending in SIDE_FILES:
        Path(f"{target}{ending}").unlink(missing_ok=True)
    Path(fresh.settings_dict["NAME"]).replace(target)
    sync_folder(target.parent)
    return str(saved) if saved else None


def refuse_if_lost() -> None:
    """Raises BackupError when there is no database but one that a restore has put aside.

    Whoever would begin with an empty one now would not be told that there was another.
    """
    if connection.vendor != "sqlite":
        return
    target = site_file()
    aside = sorted(target.parent.glob(f"{glob.escape(target.name)}.{REPLACED}*"))
    if aside and not (target.exists() and target.stat().st_size):
        raise BackupError(
            f"There is no database {target}, but one that was put aside by a restore: {aside[-1]}. "
            "Give it its old name back, or move it elsewhere to begin with an empty site."
        )
