"""Rows by the ten thousand without a model instance each: COPY on PostgreSQL, else executemany.

Everything here must run in a transaction.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, Field, Model, UUIDField

COPY = "COPY {table} ({columns}) FROM STDIN"
INSERT = "INSERT INTO {table} ({columns}) VALUES ({marks})"


class Rows:
    """A table, of which each row to add says these columns; the others keep their defaults."""

    def __init__(self, model: type[Model], *names: str) -> None:
        self.table = model._meta.db_table
        self.fields = {
            field.attname: field for field in model._meta.concrete_fields if not field.generated
        }
        self.names = names
        rest = [
            name
            for name, field in self.fields.items()
            if name not in names and not field.auto_created
        ]
        self.columns = [self.fields[name].column for name in (*names, *rest)]
        self.rest = tuple(self.fields[name].get_default() for name in rest)

    def add(self, rows: Iterable[tuple]) -> None:
        """Adds the rows, whose values stand in the order of the names."""
        whole = [row + self.rest for row in self._as_kept(rows)]
        words = {
            "table": self.table,
            "columns": ", ".join(map(connection.ops.quote_name, self.columns)),
            "marks": ", ".join(["%s"] * len(self.columns)),
        }
        with connection.cursor() as cursor:
            if connection.vendor != "postgresql":
                cursor.executemany(INSERT.format(**words), whole)
                return
            with cursor.copy(COPY.format(**words)) as copy:
                for row in whole:
                    copy.write_row(row)

    def _as_kept(self, rows: Iterable[tuple]) -> Iterator[tuple]:
        """The rows as this database keeps them: SQLite has neither times nor UUIDs."""
        kept = [(at, way) for at, name in enumerate(self.names) if (way := _way(self.fields[name]))]
        if not kept:
            yield from rows
            return
        for row in rows:
            values = list(row)
            for at, way in kept:
                values[at] = way(values[at])
            yield tuple(values)


def _way(field: Field) -> Callable[[Any], Any] | None:
    if connection.vendor == "postgresql":
        return None
    if isinstance(field, DateTimeField):
        return connection.ops.adapt_datetimefield_value
    if isinstance(field, UUIDField):
        return lambda value: field.get_db_prep_value(value, connection)
    return None


def take_ids(model: type[Model], number: int) -> Iterator[int]:
    """Ids for rows to come, in order, that nobody else gets: a place in a thread is made of them.

    On SQLite nobody else writes before this transaction ends.
    """
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [table, number],
            )
            return iter(sorted(row[0] for row in cursor.fetchall()))
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        (last,) = cursor.fetchone() or (0,)
    return iter(range(last + 1, last + 1 + number))


def make_room() -> None:
    """Lets this connection keep the indexes of a large table in memory while it writes to them."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size = -400000")  # kilobytes
