"""Backups of PostgreSQL: pg_dump on a snapshot that is held while its rows are counted."""

import os
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from explainer.backup import BackupError, manifest, server, unfinished
from explainer.backup.archive import CHUNK, DUMPS, Archive, Progress
from explainer.backup.server import administer, administrator, drop, site_name
from explainer.backup.snapshot import Snapshot
from explainer.backup.standing_in import another

# libpq reads these from the environment, where no other user of the machine can see them.
LIBPQ = (
    *("host", "port", "user", "password", "passfile", "service", "connect_timeout"),
    *("sslmode", "sslrootcert", "sslcert", "sslkey", "target_session_attrs"),
)
LIMIT = 63  # bytes of a name


@contextmanager
def snapshot(folder: Path, progress: Progress) -> Generator[Snapshot]:
    """A dump of the site's database as it is now, without what is left out."""
    copy = folder / DUMPS["postgresql"]
    source = another(site_name())
    try:
        source.set_autocommit(False)
        with source.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            (held,) = cursor.fetchone()
        blanked = dict(manifest.blanked(source))
        apart = (*manifest.LEFT_OUT, *blanked)
        left_out = [f"--exclude-table-data=*.{table}" for table in apart]
        shape = ["--format=custom", "--no-owner", "--no-privileges", f"--file={copy}"]
        _run(["pg_dump", *shape, f"--snapshot={held}", *left_out], site_name())
        copy.chmod(0o600)
        copies = [_copy_out(source, folder, table, column) for table, column in blanked.items()]
        yield Snapshot(
            [copy, *copies], manifest.applied_migrations(source), manifest.row_counts(source)
        )
    finally:
        source.close()


def _copy_out(source: BaseDatabaseWrapper, folder: Path, table: str, blank: str) -> Path:
    """The rows of a table as pg_dump would write them, but for one column, which is ""."""
    path = folder / f"{table}.copy"
    path.touch(mode=0o600)
    names = [
        "''" if name == blank else source.ops.quote_name(name)
        for name in manifest.columns_of(source, table)
    ]
    rows = f"SELECT {', '.join(names)} FROM {source.ops.quote_name(table)}"  # noqa: S608 - its own names
    words = f"COPY ({rows}) TO STDOUT"
    with path.open("wb") as file, source.cursor() as cursor, cursor.copy(words) as copy:
        file.writelines(copy)
    return path


def _copy_in(goal: BaseDatabaseWrapper, path: Path, table: str) -> None:
    """Adds the rows to a table that has none. Raises BackupError for what are no rows of it."""
    names = ", ".join(map(goal.ops.quote_name, manifest.columns_of(goal, table)))
    words = f"COPY {goal.ops.quote_name(table)} ({names}) FROM STDIN"
    try:
        with path.open("rb") as file, goal.cursor() as cursor, cursor.copy(words) as copy:
            while block := file.read(CHUNK):
                copy.write(block)
    except goal.Database.Error as error:
        why = str(error).partition("\n")[0]
        raise BackupError(f"The rows of {table} cannot be read: {why}") from None


def _run(command: list[str], database: str) -> None:
    """Runs one of PostgreSQL's own programs. Raises BackupError with its own first words."""
    said = connection.get_connection_params()
    given = {f"PG{name.upper()}": str(said[name]) for name in LIBPQ if said.get(name)}
    names = {"connect_timeout": "PGCONNECT_TIMEOUT", "target_session_attrs": "PGTARGETSESSIONATTRS"}
    for name, variable in names.items():
        if (value := given.pop(f"PG{name.upper()}", None)) is not None:
            given[variable] = value
    env = os.environ | given | {"PGDATABASE": database, "LC_ALL": "C"}
    try:
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)  # noqa: S603
    except FileNotFoundError:
        raise BackupError(
            f"{command[0]} is not installed. It comes with PostgreSQL's client programs."
        ) from None
    if done.returncode:
        words = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise BackupError(f"{command[0]} did not do as asked. {words[0]}")


@contextmanager
def scratch(archive: Archive, folder: Path, progress: Progress) -> Generator[BaseDatabaseWrapper]:
    """The backup in a database of its own on the same server, dropped unless it found its place."""
    dump = folder / "scratch.pgdump"
    archive.unpack(archive.dump, dump, progress)
    with server.database(_scratch_prefix()) as fresh:
        name = fresh.settings_dict["NAME"]
        how = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
        load = ["pg_restore", *how, f"--dbname={name}", str(dump)]
        _run([*load, "--section=pre-data", "--section=data"], name)
        for member, table in archive.copies.items():
            archive.unpack(member, folder / member, progress)
            _copy_in(fresh, folder / member, table)
            (folder / member).unlink()
        _run([*load, "--section=post-data"], name)  # what compares rows, when all are there
        dump.unlink()
        yield fresh


def _scratch_prefix() -> str:
    return f"{site_name()[: LIMIT - 20]}_restore_"


def scratch_folder() -> Path | None:
    """Anywhere: the database itself is the server's."""
    return None


def sweep() -> None:
    """Takes away the scratch databases, and the dumps, of restores that were killed."""
    unfinished.sweep(unfinished.RESTORE, scratch_folder())
    server.sweep(_scratch_prefix())


def damages(connection: BaseDatabaseWrapper) -> list[str]:
    """What is wrong with rows: each is read whole, so a torn page or a broken value shows."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            quoted = connection.ops.quote_name(table)
            try:
                cursor.execute(f"SELECT SUM(LENGTH(one::text)) FROM {quoted} AS one")  # noqa: S608
            except connection.Database.Error as error:
                found.append(f"{table}: {str(error).partition(chr(10))[0]}")
    return found


def refuse_if_used() -> None:
    """Raises BackupError while anybody else is connected to the site's database."""
    connection.close()
    others = administer(
        "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = %s",
        None,
        [site_name(), "client backend"],
    )
    if others:
        raise BackupError(
            f"The site is running: {others} connections to its database are open. Stop it first."
        )


def put_in_place(fresh: BaseDatabaseWrapper, kept: str | None) -> str | None:
    """Renames the scratch database to the site's, in one transaction with the one before it.

    Returns the name under which that one is kept, or None when it was not worth keeping.
    """
    fresh.close()
    refuse_if_used()
    name = fresh.settings_dict["NAME"]
    saved = f"{site_name()[: LIMIT - 40]}_{kept or 'empty'}".replace("-", "_")
    if not kept:  # one that was killed before its last line has left it
        drop(saved)
    with administrator() as admin, admin.cursor() as cursor:
        quote = admin.ops.quote_name
        cursor.execute("BEGIN")
        cursor.execute(f"ALTER DATABASE {quote(site_name())} RENAME TO {quote(saved)}")
        cursor.execute(f"ALTER DATABASE {quote(name)} RENAME TO {quote(site_name())}")
        cursor.execute("COMMIT")
    if kept:
        return saved
    drop(saved)
    return None
