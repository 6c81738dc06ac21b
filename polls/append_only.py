"""The log of moderation is only ever added to: the database itself refuses every other change.

A migration that rebuilds the table on SQLite drops its triggers: let it call `protect` at its end.
Databases that are neither SQLite nor PostgreSQL are left as they are.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

TABLE = "polls_moderationentry"
REFUSAL = "the moderation log is append-only"

# REPLACE deletes what is in its way without a DELETE: a row with the same number, or one that takes
# the same act back. So an insert in whose way anything stands is refused before that.
IN_THE_WAY = f"EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id OR undoes_id = NEW.undoes_id)"  # noqa: S608 - our own name
REFUSED = {"update": "", "delete": "", "insert": f"WHEN {IN_THE_WAY} "}
SQLITE = [
    f"CREATE TRIGGER IF NOT EXISTS {TABLE}_no_{act} BEFORE {act} ON {TABLE} {when}"
    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for act, when in REFUSED.items()
]
POSTGRESQL = [
    f"CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; "
    "END $$",
    # TRUNCATE stays possible for the owner of the table: it empties a whole database, for tests.
    f"DROP TRIGGER IF EXISTS {TABLE}_append_only ON {TABLE}",
    f"CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE ON {TABLE} "
    f"FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()",
]
UNDO = {
    "sqlite": [f"DROP TRIGGER IF EXISTS {TABLE}_no_{act}" for act in REFUSED],
    "postgresql": [
        f"DROP TRIGGER IF EXISTS {TABLE}_append_only ON {TABLE}",
        f"DROP FUNCTION IF EXISTS {TABLE}_refuse()",
    ],
}
DO = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


def protect(connection: Any) -> None:
    """Has the database refuse to change or delete an entry. Safe to repeat."""
    _run(connection, DO)


def release(connection: Any) -> None:
    """Lets the database change entries again."""
    _run(connection, UNDO)


@contextmanager
def released(connection: Any) -> Generator[None]:
    """Lets a test database be emptied inside the block."""
    release(connection)
    try:
        yield
    finally:
        protect(connection)


def _run(connection: Any, statements: dict[str, list[str]]) -> None:
    with connection.cursor() as cursor:
        for statement in statements.get(connection.vendor, ()):
            cursor.execute(statement)
