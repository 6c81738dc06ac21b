"""One row of any model by its columns, written out: found, locked, stored, changed, counted up.

Values go through the fields of the models as the ORM's would, so dates, keys and defaults are the
same. Used by way of `polls.models.statements`.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model
from django.db.models.expressions import Col

M = TypeVar("M", bound=Model)


def find(model: type[M], *, since: datetime | None = None, **equal: object) -> M | None:
    """A row of a model with these values, by attribute name (`user_id`); None where none is.

    `since`: only one that was made later.
    """
    return _first(model, equal, "", since)


def lock(model: type[M], *, no_key: bool = False, **equal: object) -> M | None:
    """As `find`, and nobody else changes the row until the transaction ends.

    `no_key`: others may store rows that point to it meanwhile.
    """
    return _first(model, equal, _locking("NO KEY UPDATE" if no_key else "UPDATE"))


def keep(model: type[M], **equal: object) -> M | None:
    """As `find`; nobody deletes the row until the transaction ends. Many may keep it at once."""
    return _first(model, equal, _locking("KEY SHARE"))


def _locking(how: str) -> str:
    has_locks = connections[DEFAULT_DB_ALIAS].features.has_select_for_update
    return f"FOR {how}" if has_locks else ""


def _first(
    model: type[M], equal: dict[str, object], locking: str, since: datetime | None = None
) -> M | None:
    where, values = where_equal(model, equal)
    if since:
        where += " AND t.created_at > %s"
        values.append(moment(since))
    table = model._meta.db_table
    sql = f"SELECT {columns_of(model, 't')} FROM {table} t WHERE {where} LIMIT 1 {locking}"  # noqa: S608 - our own names
    rows = run(sql, values)
    return row_of(model, rows[0]) if rows else None


def insert(row: Model, *, unique: tuple[str, ...] = (), update: tuple[str, ...] = ()) -> bool:
    """Stores a new row and gives it its number.

    A row with the same `unique` columns takes the `update` columns of this one instead; without any
    it stays as it is, and False says so.
    """
    model = row.__class__  # of `request.reader`, which stands for one, `type` says otherwise
    fields = _stored(model)
    wrapper = connections[DEFAULT_DB_ALIAS]
    values = [field.get_db_prep_save(field.pre_save(row, True), wrapper) for field in fields]
    stored = run(_insert(model, unique, update), values)
    if not stored:
        return False
    row.pk, row._state.adding, row._state.db = stored[0][0], False, DEFAULT_DB_ALIAS
    return True


def update(row: Model, *names: str) -> None:
    """Writes these columns of a row that is stored."""
    wrapper = connections[DEFAULT_DB_ALIAS]
    fields = [_field(row.__class__, name) for name in names]
    values = [field.get_db_prep_save(getattr(row, field.attname), wrapper) for field in fields]
    changes = ", ".join(f'"{name}" = %s' for name in names)
    _change(f"UPDATE {row._meta.db_table} SET {changes} WHERE id = %s", [*values, row.pk])  # noqa: S608 - our own names


def add(model: type[Model], delta: int, **equal: object) -> bool:
    """Adds to the `count` of the row with these values; False where there is none."""
    where, values = where_equal(model, equal)
    table = model._meta.db_table
    sql = f"UPDATE {table} AS t SET count = count + %s WHERE {where}"  # noqa: S608 - our own names
    return _change(sql, [delta, *values]) > 0


def run(sql: str, values: list) -> list[tuple]:
    """The rows that a statement gives."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _change(sql: str, values: list) -> int:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


def moment(at: datetime) -> object:
    """A time as the fields of the models write it."""
    return connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(at)


@cache
def columns_of(model: type[Model], alias: str) -> str:
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)


@cache
def _stored(model: type[Model]) -> list[Field]:
    fields = model._meta.local_concrete_fields
    return [field for field in fields if not (field.generated or field is model._meta.auto_field)]


@cache
def _insert(model: type[Model], unique: tuple[str, ...], update: tuple[str, ...]) -> str:
    columns = [field.column for field in _stored(model)]
    conflict = ""
    if unique:
        changes = ", ".join(f'"{name}" = EXCLUDED."{name}"' for name in update)
        conflict = f"ON CONFLICT ({', '.join(unique)}) DO " + (
            f"UPDATE SET {changes}" if update else "NOTHING"
        )
    names = ", ".join(f'"{column}"' for column in columns)
    marks = ", ".join(["%s"] * len(columns))
    return (
        f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({marks}) {conflict}"  # noqa: S608 - our own names
        f" RETURNING {model._meta.pk.column}"
    )


def where_equal(model: type[Model], equal: dict[str, object]) -> tuple[str, list]:
    wrapper = connections[DEFAULT_DB_ALIAS]
    terms, values = [], []
    for name, value in equal.items():
        if value is None:
            terms.append(f't."{name}" IS NULL')
        else:
            terms.append(f't."{name}" = %s')
            values.append(_field(model, name).get_db_prep_value(value, wrapper))
    return " AND ".join(terms), values


@cache
def _field(model: type[Model], column: str) -> Field:
    return next(field for field in model._meta.concrete_fields if field.column == column)


def row_of(model: type[M], values: tuple) -> M:
    wrapper = connections[DEFAULT_DB_ALIAS]
    names, converted = _reading(model, wrapper.vendor)
    values = list(values)
    for index, column in converted:
        if values[index] is not None:
            for convert in _converters(column, wrapper):
                values[index] = convert(values[index], column, wrapper)
    return model.from_db(DEFAULT_DB_ALIAS, names, values)


@cache
def _reading(model: type[Model], _vendor: str) -> tuple[list[str], list[tuple[int, Col]]]:
    """The names of a row's values, and which of them this database keeps in another form."""
    fields = model._meta.concrete_fields
    columns = [(index, field.cached_col) for index, field in enumerate(fields)]
    wrapper = connections[DEFAULT_DB_ALIAS]
    converted = [(index, column) for index, column in columns if _converters(column, wrapper)]
    return [field.attname for field in fields], converted


def _converters(column: Col, wrapper: BaseDatabaseWrapper) -> list[Callable]:
    return wrapper.ops.get_db_converters(column) + column.get_db_converters(wrapper)
