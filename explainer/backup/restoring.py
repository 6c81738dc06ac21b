"""Proving a backup, and putting it in place of what is there."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from explainer.backup import REPLACED, BackupError, archive, manifest, unfinished
from explainer.backup.archive import Archive, Progress
from explainer.backup.engines import engine
from explainer.backup.manifest import Manifest
from explainer.backup.standing_in import standing_in
from polls.actions import recount
from polls.queries import heartbeat

# A site in which nobody has written, answered or signed up can be replaced without a word.
OF_PEOPLE = ("explainer_article", "polls_reader", "auth_user")
# The worker speaks once a minute. What else of the site is at work has the database open.
BEAT_MISSED = timedelta(seconds=75)


@dataclass(frozen=True)
class Fact:
    """One line of the proof."""

    what: str
    expected: str
    found: str

    @property
    def is_ok(self) -> bool:
        return self.expected == self.found


@dataclass(frozen=True)
class Proof:
    """What the scratch database shows of a backup."""

    manifest: Manifest
    facts: list[Fact]

    @property
    def is_ok(self) -> bool:
        return all(fact.is_ok for fact in self.facts)


@dataclass(frozen=True)
class Restored:
    """What is in place now."""

    proof: Proof
    kept: str | None  # where the database before it is
    has_key: bool


def verify(path: Path, progress: Progress) -> Proof:
    """Restores into a scratch database, proves that, and drops it. Raises BackupError."""
    with unpacked(path, progress) as (_opened, _fresh, proof):
        return proof


def restore(path: Path, *, replace: bool, key: Path | None, progress: Progress) -> Restored:
    """Puts a backup in place of the site's database once it has proved itself.

    With `key`, the backup's secret key is written there. Raises BackupError when the site runs,
    when it is not empty and may not be replaced, and when the backup proves wrong.
    """
    is_empty = _is_empty()
    if not is_empty:
        _refuse_if_alive()
        if not replace:
            raise BackupError(
                "The site has articles or readers of its own. Add --replace to put the backup in "
                "their place; what is there now is kept beside it."
            )
    engine().refuse_if_used()
    now = f"{REPLACED}{datetime.now(UTC):%Y%m%dT%H%M%S}"
    with unpacked(path, progress) as (opened, fresh, proof):
        if not proof.is_ok:
            return Restored(proof, None, has_key=False)
        if key and not opened.has_key:
            raise BackupError("The backup holds no key: it was made without --with-key.")
        kept = engine().put_in_place(fresh, None if is_empty else now)
        if key:
            _place_key(opened, key, now)
        return Restored(proof, kept, has_key=bool(key))


@contextmanager
def unpacked(
    path: Path, progress: Progress
) -> Generator[tuple[Archive, BaseDatabaseWrapper, Proof]]:
    """A block in which the backup is open and its database stands in scratch, proved or not."""
    with archive.opened(path) as opened:
        _refuse_if_foreign(opened.manifest)
        engine().sweep()
        made = unfinished.folder(unfinished.RESTORE, engine().scratch_folder())
        with made as folder, engine().scratch(opened, folder, progress) as fresh:
            with standing_in(fresh):
                proof = Proof(opened.manifest, _facts(opened.manifest))
            yield opened, fresh, proof


def _refuse_if_foreign(said: Manifest) -> None:
    if said.engine != connection.vendor:
        names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
        raise BackupError(
            f"The backup is of {names[said.engine]} and DATABASE_URL names "
            f"{names[connection.vendor]}. A backup goes back to the kind of database it is of."
        )
    known = MigrationLoader(None).disk_migrations or {}
    unknown = set(said.migrations) - {f"{app}.{name}" for app, name in known}
    if unknown:
        raise BackupError(
            "The backup was made by a newer version of the site: this one does not know "
            f"{', '.join(sorted(unknown)[:3])}. Install that version first."
        )


def _facts(said: Manifest) -> list[Fact]:
    """Everything that is proved, in the database that stands in."""
    damaged = engine().damages(connection)
    facts = [Fact("damages", "0", str(len(damaged))), *(Fact(one, "", "found") for one in damaged)]
    if damaged:
        return facts
    applied = manifest.applied_migrations(connection)
    facts.append(Fact("migrations", _brief(said.migrations), _brief(applied)))
    facts += _rows(said.rows, manifest.row_counts(connection))
    return facts + _counts()


def _brief(migrations: list[str]) -> str:
    return f"{len(migrations)}, up to {max(migrations, default='none')}"


def _rows(expected: Mapping[str, int], found: Mapping[str, int]) -> list[Fact]:
    def count(of: Mapping[str, int], table: str) -> str:
        return f"{of[table]:,}" if table in of else "no table"

    tables = sorted(expected.keys() | found.keys())
    return [Fact(f"rows of {name}", count(expected, name), count(found, name)) for name in tables]


def _counts() -> list[Fact]:
    """Whether the rows bear out every shown count, after the steps to this version's tables."""
    executor = MigrationExecutor(connection)
    try:
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=0)
        wrong = recount.differences()
    except DatabaseError as error:
        return [Fact("counts borne out by rows", "yes", str(error).partition("\n")[0])]
    facts = [Fact("counts not borne out by rows", "0", f"{len(wrong):,}")]
    return facts + [Fact(str(one), "", "found") for one in wrong[:20]]


def _is_empty() -> bool:
    try:
        with connection.cursor() as cursor:
            there = set(connection.introspection.table_names(cursor))
            return not any(_has_rows(cursor, table) for table in there.intersection(OF_PEOPLE))
    except DatabaseError:
        return False  # broken, not empty


def _has_rows(cursor: object, table: str) -> bool:
    cursor.execute(f'SELECT 1 FROM "{table}" LIMIT 1')  # noqa: S608 - a constant of ours
    return cursor.fetchone() is not None


def _refuse_if_alive() -> None:
    try:
        last = heartbeat.last(heartbeat.WORKER)
    except DatabaseError:
        return
    if last and timezone.now() - last < BEAT_MISSED:
        raise BackupError(
            f"The site's worker was at work at {last:%H:%M:%S} UTC. Stop the site first; if you "
            f"have, try again after {last + BEAT_MISSED:%H:%M:%S} UTC."
        )


def _place_key(opened: Archive, key: Path, kept: str) -> None:
    draft = key.with_name(f"{key.name}.new")
    draft.unlink(missing_ok=True)
    opened.unpack(archive.KEY, draft, lambda _done, _of: None)
    archive.keep_also(key, key.with_name(f"{key.name}.{kept}"))
    archive.publish(draft, key)
