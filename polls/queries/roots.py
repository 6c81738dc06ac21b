"""The top level of a discussion in one order, a stretch at a time.

A stretch begins beside a comment that is named, by the key it is sorted by: it costs the same at
the end of a million comments as at the beginning. Nothing here counts what stands before.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F
from django.db.models.lookups import Exact

from polls.models import Choice, Comment, Discussion, Reader
from polls.models.comments import CommentQuerySet
from polls.queries.wanted import BEST, OLDEST
from polls.rules.voting import CAMPS

# What the reserved places and the cursor need of a row.
COLUMNS = ["reader_id", "state", "report_count"]
COLUMNS += [f"{camp}_{vote}" for camp in CAMPS for vote in ("yes", "no")]

# So many of the least judged are looked at for the reserved places of one page.
LEAST = 12


@dataclass(frozen=True)
class Key:
    """Where a comment stands in an order: by its rank where the order has one, then by its id."""

    id: int
    rank: float | None = None


class Among(Exact):
    """Equal, in words by which PostgreSQL cannot tell that only one value is left.

    It would take the order by id from the primary key then, and read through whatever else was
    written in between: a hundred thousand replies, say. The index that holds the listed comments
    of a discussion in this very order is left as the only way.
    """

    def as_postgresql(self, compiler: object, connection: object) -> tuple[str, list]:
        left, params = self.process_lhs(compiler, connection)
        right, values = self.process_rhs(compiler, connection)
        return f"{left} = ANY(ARRAY[{right}])", [*params, *values]


class Stream:
    """The listed comments of a discussion in one order, of one camp or of all.

    `without` are ids that stand elsewhere on the page, or on another.
    """

    def __init__(
        self,
        discussion: Discussion,
        order: str,
        *,
        camp: Choice | None = None,
        without: Collection[int] = (),
    ) -> None:
        self.discussion = discussion
        rows = Comment.objects.listed().filter(Among(F("discussion_id"), discussion.pk))
        rows = rows.filter(camp=camp) if camp else rows
        self.rows = rows.exclude(pk__in=without) if without else rows
        # A camp's own comments are ranked by that camp alone.
        self.rank = ("own_rate" if camp else "score") if order == BEST else ""
        self.sign = "" if order in {BEST, OLDEST} else "-"
        self.back = "-" if self.sign == "" else ""

    def key(self, pk: int | None) -> Key | None:
        """Where a top-level comment of this discussion stands now, also one that is gone since."""
        if pk is None:
            return None
        found = Comment.objects.filter(discussion=self.discussion, pk=pk, parent__isnull=True)
        values = found.values_list("pk", *([self.rank] if self.rank else [])).first()
        return Key(*values) if values else None

    def first(self, most: int) -> list[Comment]:
        """The beginning."""
        return list(self._ordered(self.sign, "-").only(*COLUMNS)[:most])

    def after(self, key: Key, most: int) -> list[Comment]:
        """What follows."""
        return self._beside(key, most, self.sign, "lt", "-")

    def before(self, key: Key, most: int) -> list[Comment]:
        """What stands before, the nearest last."""
        return self._beside(key, most, self.back, "gt", "")[::-1]

    def at(self, place: int) -> Key | None:
        """The comment at a place, 0 the first. The index alone is walked to it."""
        columns = ["pk", *([self.rank] if self.rank else [])]
        rows = self._ordered(self.sign, "-").values_list(*columns)
        values = rows[place : place + 1].first()
        return Key(*values) if values else None

    def _beside(
        self, key: Key, most: int, sign: str, further: str, rank_sign: str
    ) -> list[Comment]:
        step = {("pk__lt" if sign else "pk__gt"): key.id}
        if not self.rank:
            return list(self._ordered(sign).filter(**step).only(*COLUMNS)[:most])
        # Two stretches of the index, not one condition with OR: among thousands of comments with
        # the same rank the database would read all that stand before.
        same = self._ordered(sign, is_ranked=False).filter(**{self.rank: key.rank}, **step)
        found = list(same.only(*COLUMNS)[:most])
        if len(found) < most:
            others = self._ordered(sign, rank_sign).filter(**{f"{self.rank}__{further}": key.rank})
            found += others.only(*COLUMNS)[: most - len(found)]
        return found

    def _ordered(
        self, sign: str, rank_sign: str = "", *, is_ranked: bool = True
    ) -> CommentQuerySet:
        """In the order of an index, from its first column on."""
        rank = [f"{rank_sign}{self.rank}"] if self.rank and is_ranked else []
        return self.rows.order_by(f"{sign}discussion_id", *rank, f"{sign}pk")


def least_judged(
    discussion: Discussion, camp: str, reader: Reader, without: Collection[int]
) -> list[Comment]:
    """What the readers of a camp have judged least; nothing of the reader's own or reported."""
    rows = Comment.objects.filter(discussion=discussion).listed().only(*COLUMNS)
    votes = F(f"{camp}_yes") + F(f"{camp}_no")
    fit = rows.filter(report_count=0, state=Comment.State.PUBLISHED)
    fit = fit if reader.is_new else fit.exclude(reader=reader)
    fit = fit.exclude(pk__in=without) if without else fit
    return list(fit.order_by(votes.asc(), "pk")[:LEAST])


def own_waiting(discussion: Discussion, reader: Reader) -> list[int]:
    """This reader's top-level comments that wait for a moderator, the newest first.

    Those with replies stand in the list, where everybody sees their place.
    """
    if reader.is_new:
        return []
    rows = Comment.objects.filter(reader=reader, discussion=discussion, parent__isnull=True)
    rows = rows.pending().filter(is_listed=False)
    return list(rows.order_by("-created_at").values_list("pk", flat=True)[:LEAST])
