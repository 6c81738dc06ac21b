"""What a backup says about itself: `manifest.json`."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from explainer.backup import BackupError
from explainer.environment import BASE_DIR

FORMAT = 1
# Tables whose rows stay behind: what expires within hours or days, what signs somebody in, and the
# salts, so that no hash in a backup can ever be tried against addresses. Their shape is kept.
LEFT_OUT = (
    "django_session",
    "polls_addresssalt",
    "polls_heartbeat",
    "polls_limitcount",
)
# Columns that stay behind as "", of rows that do not: from what network an answer or a vote came is
# forgotten 48 hours later, and a file is kept for longer. Nothing that comes after a restore could
# match it, since the salts are new. A burst keeps its own, which no row shares any more: one that
# lasts would take whatever comes for its own without it.
BLANKED = {"polls_ballot": "source", "polls_commentvote": "source"}


@dataclass(frozen=True)
class Manifest:
    """`rows` counts each table in the very snapshot; `files` is {member: [bytes, SHA-256]}."""

    made_at: str  # UTC, ISO 8601
    version: str  # of the site
    engine: str  # "sqlite" or "postgresql"
    migrations: list[str]  # "polls.0001_initial"
    rows: dict[str, int]
    files: dict[str, tuple[int, str]]
    format: int = FORMAT

    def to_json(self) -> str:
        """The member's text."""
        return json.dumps(asdict(self), indent=2)


def read(text: bytes) -> Manifest:
    """The manifest in `text`. Raises BackupError when it is none, or one of a later format."""
    try:
        said = json.loads(text)
        if said["format"] > FORMAT:
            raise BackupError("The backup was made by a newer version of the site.")
        said["files"] = {name: (int(size), str(sha)) for name, (size, sha) in said["files"].items()}
        said["rows"] = {str(name): int(count) for name, count in said["rows"].items()}
        return Manifest(**said)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BackupError("The backup's manifest cannot be read: the file is damaged.") from None


def site_version() -> str:
    """The version of this code."""
    return tomllib.loads((BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "version"
    ]


def applied_migrations(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of the migrations of a database, sorted."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


def row_counts(connection: BaseDatabaseWrapper) -> Mapping[str, int]:
    """How many rows each table holds, but for those that are left out."""
    with connection.cursor() as cursor:
        tables = sorted(set(connection.introspection.table_names(cursor)) - set(LEFT_OUT))
        return {table: _count(connection, cursor, table) for table in tables}


def blanked(connection: BaseDatabaseWrapper) -> Iterator[tuple[str, str]]:
    """(table, column) of BLANKED, as far as the database has them: it may not be migrated yet."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    for table, column in BLANKED.items():
        if table in tables and column in columns_of(connection, table):
            yield table, column


def columns_of(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    """The names of a table's columns, in their order."""
    with connection.cursor() as cursor:
        return [one.name for one in connection.introspection.get_table_description(cursor, table)]


def _count(connection: BaseDatabaseWrapper, cursor: object, table: str) -> int:
    cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - its own name
    return cursor.fetchone()[0]
