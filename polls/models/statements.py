"""The few statements that run by the thousand a second, written out.

Putting a statement together with the ORM costs this server about ten times what the database takes
to run it, and an act needs several. So the acts that come in bursts (answers, votes, comments, and
the look-ups before them) use these: one row by its columns, one row in, one count moved. Values go
through the fields of the models as the ORM's would, so dates, keys and defaults are the same. All
SQL of polls that is not the ORM's stands here, in actions/limits and in actions/revisions.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model
from django.db.models.expressions import Col

from polls.models.discussions import Discussion
from polls.models.questions import Choice, Question, Stage

M = TypeVar("M", bound=Model)

# Both as DiscussionQuerySet.visible.
DISCUSSION = """
SELECT {d} FROM polls_discussion d
WHERE d.key = %s AND d.opens_at <= %s AND d.state <> %s
"""
QUESTION = """
SELECT {d}, {q}, {c} FROM polls_discussion d
JOIN polls_question q ON q.discussion_id = d.id
LEFT JOIN polls_choice c ON c.question_id = q.id
WHERE d.key = %s AND d.opens_at <= %s AND d.state <> %s AND q.key = %s
ORDER BY c.position, c.id
"""

# A text that leaves nothing to compare is like none; the partial index is found by these words.
AUTHOR = """
SELECT (
    SELECT COUNT(*) FROM polls_comment
    WHERE reader_id = %s AND published_at IS NOT NULL AND state NOT IN ({unfit})
), EXISTS (
    SELECT 1 FROM polls_comment
    WHERE fingerprint = %s AND NOT fingerprint = '' AND created_at > %s AND id <> %s
)
"""
SAID = """
SELECT q.key, {c} FROM polls_ballot b
JOIN polls_question q ON q.id = b.question_id
JOIN polls_choice c ON c.id = b.choice_id
WHERE b.reader_id = %s AND b.stage = %s AND q.discussion_id = %s AND q.key IN ({keys})
"""


def find(model: type[M], *, since: datetime | None = None, **equal: object) -> M | None:
    """A row of a model with these values, by attribute name (`user_id`); None where none is.

    `since`: only one that was made later.
    """
    return _first(model, equal, "", since)


def find_all(model: type[M], **equal: object) -> list[M]:
    """Every row of a model with these values, in no order."""
    where, values = _where(model, equal)
    sql = f"SELECT {_columns(model, 't')} FROM {model._meta.db_table} t WHERE {where}"  # noqa: S608 - our own names
    return [_row(model, row) for row in run(sql, values)]


def lock(model: type[M], **equal: object) -> M | None:
    """As `find`, and nobody else changes the row until the transaction ends."""
    has_locks = connections[DEFAULT_DB_ALIAS].features.has_select_for_update
    return _first(model, equal, "FOR UPDATE" if has_locks else "")


def _first(
    model: type[M], equal: dict[str, object], locking: str, since: datetime | None = None
) -> M | None:
    where, values = _where(model, equal)
    if since:
        where += " AND t.created_at > %s"
        values.append(_moment(since))
    table = model._meta.db_table
    sql = f"SELECT {_columns(model, 't')} FROM {table} t WHERE {where} LIMIT 1 {locking}"  # noqa: S608 - our own names
    rows = run(sql, values)
    return _row(model, rows[0]) if rows else None


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
    where, values = _where(model, equal)
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


def find_discussion(key: str, now: datetime) -> Discussion | None:
    """A discussion whose page is public."""
    rows = run(DISCUSSION.format(d=_columns(Discussion, "d")), _visible(key, now))
    return _row(Discussion, rows[0]) if rows else None


def find_question(key: str, question_key: str, now: datetime) -> Question | None:
    """A question of a public discussion, with both and its choices, at once."""
    models = {"d": Discussion, "q": Question, "c": Choice}
    columns = {alias: _columns(model, alias) for alias, model in models.items()}
    rows = run(QUESTION.format(**columns), [*_visible(key, now), question_key])
    if not rows:
        return None
    asked = len(Discussion._meta.concrete_fields)
    chosen = asked + len(Question._meta.concrete_fields)
    question = _row(Question, rows[0][asked:chosen])
    question.discussion = _row(Discussion, rows[0][:asked])
    choices = [_row(Choice, row[chosen:]) for row in rows if row[chosen] is not None]
    # As prefetch_related would leave them: `question.choices.all()` asks no more.
    found = question.choices.all()
    found._result_cache, found._prefetch_done = choices, True
    question._prefetched_objects_cache = {"choices": found}
    return question


def find_said(discussion_id: int, reader_id: int, questions: Iterable[str]) -> dict[str, Choice]:
    """{question key: choice} of what a reader answers at the close, of these questions."""
    keys = list(questions)
    marks = ", ".join(["%s"] * len(keys))
    sql = SAID.format(c=_columns(Choice, "c"), keys=marks)
    rows = run(sql, [reader_id, Stage.AFTER.value, discussion_id, *keys])
    return {row[0]: _row(Choice, row[1:]) for row in rows}


def listed_words() -> list[tuple[str, str, str]]:
    """(folded, word, kind) of each word of the operator's lists."""
    return run("SELECT folded, word, kind FROM polls_listedword", [])


def count_and_find_repeat(
    reader_id: int, *, unfit: Iterable[str], fingerprint: str, since: datetime, but: int
) -> tuple[int, bool]:
    """How many comments of a reader were fit to be read, and whether a text was said before.

    The latter by anybody, later than `since`, and in another comment than `but` (0 for any).
    """
    states = list(unfit)
    sql = AUTHOR.format(unfit=", ".join(["%s"] * len(states)))
    ((number, is_repeat),) = run(sql, [reader_id, *states, fingerprint, _moment(since), but])
    return number, bool(is_repeat)


def _visible(key: str, now: datetime) -> list:
    return [key, _moment(now), Discussion.State.HIDDEN.value]


def _moment(at: datetime) -> object:
    """A time as the fields of the models write it."""
    return connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(at)


@cache
def _columns(model: type[Model], alias: str) -> str:
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


def _where(model: type[Model], equal: dict[str, object]) -> tuple[str, list]:
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


def _row(model: type[M], values: tuple) -> M:
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
