"""An index that is built beside the writers, and may be tried again."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import OperationalError, ProgrammingError, connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from polls.index_operations import AddIndexInUse
from tests.faults.writers import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "comment_edited"
INDEX = models.Index(fields=["edited_at"], name=NAME)
is_postgres = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="Only PostgreSQL builds it beside the writers."
)


def build(operation: Operation) -> None:
    """Runs an operation as a migration that is not atomic does."""
    before = MigrationLoader(connection).project_state()
    after = before.clone()
    operation.state_forwards("polls", after)
    with connection.schema_editor(atomic=False) as editor:
        operation.database_forwards("polls", editor, before, after)


def built() -> dict[str, bool]:
    """The index, if it is there, and whether it is whole."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT c.relname, i.indisvalid FROM pg_index i "
                "JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname = %s",
                [NAME],
            )
            return dict(cursor.fetchall())
        found = connection.introspection.get_constraints(cursor, "polls_comment")
        return {NAME: True} if NAME in found else {}


@pytest.fixture(autouse=True)
def none_left() -> Iterator[None]:
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX IF EXISTS {NAME}")
        if connection.vendor == "postgresql":
            cursor.execute("RESET lock_timeout")


@contextmanager
def somebody_writing() -> Iterator[None]:
    """A block in which a transaction has written a comment and does not end."""
    told = connection.get_connection_params()
    names = {"dbname", "user", "password", "host", "port"} & told.keys()
    with psycopg.connect(**{name: told[name] for name in names}) as other:
        other.execute("LOCK TABLE polls_comment IN ROW EXCLUSIVE MODE")
        yield


def test_it_is_there_afterwards_and_can_be_taken_away():
    operation = AddIndexInUse("Comment", INDEX)
    build(operation)
    assert NAME in built()
    after = MigrationLoader(connection).project_state()
    before = after.clone()
    operation.state_forwards("polls", after)
    with connection.schema_editor(atomic=False) as editor:
        operation.database_backwards("polls", editor, after, before)
    assert NAME not in built()


@is_postgres
def test_it_waits_for_writers_however_short_the_patience_for_locks():
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")
    # Django's own gives up halfway, and is in its own way at the next try.
    with somebody_writing(), pytest.raises(OperationalError, match="lock timeout"):
        build(AddIndexConcurrently("Comment", INDEX))
    assert built() == {NAME: False}
    with pytest.raises(ProgrammingError, match="already exists"):
        build(AddIndexConcurrently("Comment", INDEX))

    with ThreadPoolExecutor(1) as thread:
        with somebody_writing():
            building = thread.submit(build_and_close)
            wait_until(is_waiting)
        building.result()
    assert built() == {NAME: True}


def build_and_close() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        build(AddIndexInUse("Comment", INDEX))
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            assert cursor.fetchone() == ("50ms",)
    finally:
        connection.close()


def is_waiting() -> bool:
    """Whether an index waits for somebody's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() "
            "AND query LIKE %s AND wait_event_type = 'Lock'",
            ["% INDEX CONCURRENTLY%"],
        )
        return bool(cursor.fetchall())
