"""How each kind of shown number is proved from its rows. For polls.actions.recount."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from django.db import connection
from django.db.models import Count, F, Model, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat, Length, Right, Substr

from polls.models import Comment, Topic, TopicVote
from polls.models.tallies import SHARDS, Tally
from polls.rules import threads

MOST = 1000  # differences told of one kind; a repair sets all of them right


@dataclass(frozen=True)
class Difference:
    """Something whose shown number its rows do not bear out, in words for the operator."""

    where: str
    problem: str

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}"


def of_numbers(where: str, shown: int, counted: int) -> Difference:
    """A number that is shown, and what its rows say."""
    if shown == counted:
        return Difference(where, f"{shown} is right, but not where a change will look for it")
    return Difference(where, f"{shown} shown, {counted} by its rows")


class Proof(Protocol):
    """One kind of number: where it differs from its rows, and how to write it anew."""

    @property
    def tables(self) -> tuple[type[Model], ...]:
        """What must not change while `rebuild` runs, in the order in which acts write to it."""

    def differences(self) -> list[Difference]: ...

    def rebuild(self) -> None: ...


# Shard by shard: a right sum in wrong shards would sink one of them below zero at some withdrawal.
COMPARE = """
SELECT {key}, SUM(kept), SUM(counted) FROM (
  SELECT {key}, shard, SUM(kept) AS kept, SUM(counted) AS counted FROM (
    SELECT {key}, shard, count AS kept, 0 AS counted FROM {tally}
    UNION ALL
    SELECT {rows_key}, reader_id % {shards}, 0, COUNT(*) FROM {rows} WHERE {counted}
    GROUP BY {rows_key}, reader_id % {shards}
  ) AS sides GROUP BY {key}, shard
) AS compared GROUP BY {key} HAVING SUM(ABS(kept - counted)) > 0 ORDER BY {key} LIMIT {most}
"""
FILL = """
INSERT INTO {tally} ({key}, shard, count)
SELECT {rows_key}, reader_id % {shards}, COUNT(*) FROM {rows} WHERE {counted}
GROUP BY {rows_key}, reader_id % {shards}
"""


class TallyProof:
    """A tally against the rows it counts. `key` and `counted` are SQL; `name` says each key.

    `rows_key` is the key as the rows have it, where that differs; `rows_sql` what to count instead
    of the table of `rows` itself.
    """

    def __init__(
        self,
        tally: type[Tally],
        rows: type[Model],
        *,
        key: str,
        counted: str,
        name: Callable[[list[tuple]], list[str]],
        rows_key: str = "",
        rows_sql: str = "",
    ) -> None:
        self.tables = (rows, tally)
        self.name = name
        self.words = {
            "tally": tally._meta.db_table,
            "rows": rows_sql or rows._meta.db_table,
            "key": key,
            "rows_key": rows_key or key,
            "counted": counted,
            "shards": SHARDS,
            "most": MOST,
        }

    def differences(self) -> list[Difference]:
        with connection.cursor() as cursor:
            cursor.execute(COMPARE.format(**self.words))
            rows = cursor.fetchall()
        names = self.name([row[:-2] for row in rows])
        return [
            of_numbers(name, int(shown), int(counted))
            for name, (*_key, shown, counted) in zip(names, rows, strict=True)
        ]

    def rebuild(self) -> None:
        self.tables[1].objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(FILL.format(**self.words))


class TopicVotes:
    """Topic.vote_count against the votes."""

    # A vote holds the topic before it is written.
    tables = (Topic, TopicVote)

    def differences(self) -> list[Difference]:
        rows = self._wrong().order_by("pk").values_list("title", "vote_count", "counted")
        return [of_numbers(f"Topic “{title}”", *numbers) for title, *numbers in rows[:MOST]]

    def rebuild(self) -> None:
        self._wrong().update(vote_count=F("counted"))

    @staticmethod
    def _wrong() -> QuerySet[Topic]:
        votes = TopicVote.objects.filter(topic=OuterRef("pk"), is_held=False)
        return _with_count(Topic.objects.all(), votes).exclude(vote_count=F("counted"))


class Replies:
    """Comment.reply_count against the published comments below each, at any depth."""

    tables = (Comment,)

    def differences(self) -> list[Difference]:
        rows = self._wrong().order_by("pk").values_list("pk", "reply_count", "counted")
        return [of_numbers(f"Replies to comment {pk}", *numbers) for pk, *numbers in rows[:MOST]]

    def rebuild(self) -> None:
        self._wrong().update(reply_count=F("counted"))

    @staticmethod
    def _wrong() -> QuerySet[Comment]:
        # What is below continues the path: a stretch of the index of its thread.
        past = Value("z" * (threads.PATH_DIGITS + 1))
        below = Comment.objects.published().filter(
            root_id=Coalesce(OuterRef("root_id"), OuterRef("pk")),
            path__gt=OuterRef("path"),
            path__lt=Concat(OuterRef("path"), past),
        )
        return _with_count(Comment.objects.all(), below).exclude(reply_count=F("counted"))


def _with_count(rows: QuerySet, counted: QuerySet) -> QuerySet:
    """Each row with `counted`, the number of rows of a query that refers to it by OuterRef."""
    number = counted.order_by().annotate(one=Value(1)).values("one").annotate(number=Count("*"))
    return rows.annotate(counted=Coalesce(Subquery(number.values("number")), 0))


class Places:
    """Comment.path and root against the parent: counts and pages rely on them."""

    tables = (Comment,)

    def differences(self) -> list[Difference]:
        places = self._wrong().order_by("pk").values_list("pk", flat=True)
        return [
            Difference(f"Comment {pk}", "not in the place of its thread that its parent says")
            for pk in places[:MOST]
        ]

    def rebuild(self) -> None:
        # A comment set right may put those below it in the wrong: one more level with each pass.
        for _level in range(threads.PATH_LEVELS):
            wrong = list(self._wrong().select_related("parent").order_by("pk"))
            if not wrong:
                return
            for comment in wrong:
                over = comment.parent
                comment.root_id = (over.root_id or over.pk) if over else None
                comment.path = threads.path(over.path if over else "", comment.pk)
            Comment.objects.bulk_update(wrong, ["root", "path"], batch_size=200)

    @staticmethod
    def _wrong() -> QuerySet[Comment]:
        above = Substr("parent__path", 1, threads.PATH_DIGITS * (threads.PATH_LEVELS - 1))
        rows = Comment.objects.alias(
            length=Length("path"),
            place=Concat(above, Right("path", threads.PATH_DIGITS)),
            top=Coalesce("parent__root_id", "parent_id"),
        )
        is_root = Q(parent__isnull=True)
        wrong_root = Q(root__isnull=False) | ~Q(length=threads.PATH_DIGITS)
        wrong_reply = Q(root__isnull=True) | ~Q(root_id=F("top")) | ~Q(path=F("place"))
        return rows.filter((is_root & wrong_root) | (~is_root & wrong_reply))


class Duplicates:
    """Rows that a constraint of the database forbids. The one written last stands."""

    def __init__(self, model: type[Model], fields: tuple[str, ...], *, newest: str) -> None:
        self.tables = (model,)
        self.model, self.fields, self.newest = model, fields, newest

    def differences(self) -> list[Difference]:
        return [
            Difference(
                f"{self.model._meta.verbose_name} of reader {row['reader_id']}".capitalize(),
                f"{row['number']} rows where one may be",
            )
            for row in self._groups()[:MOST]
        ]

    def rebuild(self) -> None:
        for row in list(self._groups()):
            same = self.model.objects.filter(**{field: row[field] for field in self.fields})
            spare = list(same.order_by(self.newest, "-pk").values_list("pk", flat=True)[1:])
            self.model.objects.filter(pk__in=spare).delete()

    def _groups(self) -> QuerySet:
        rows = self.model.objects.order_by(*self.fields).values(*self.fields)
        return rows.annotate(number=Count("pk")).filter(number__gt=1)
