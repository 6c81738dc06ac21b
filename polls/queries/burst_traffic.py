"""What came lately, and to what: all that the alarm asks, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, F, Func, IntegerField, Model, Q, QuerySet

from polls.models import Ballot, Burst, Comment, CommentVote, Question
from polls.models.questions import Stage
from polls.rules import alike, bursts
from polls.rules.bursts import Share, Traffic

# What is looked at: what no burst holds, or one that is only watched and may grow.
FRESH = Q(burst=None) | Q(burst__ended_at=None, burst__state=bursts.WATCHED)


@dataclass(frozen=True)
class Kind:
    """Ballots on questions, or votes on comments: the same questions are asked of both."""

    model: type[Model]
    target_model: type[Model]
    target: str
    said: str

    @property
    def rows(self) -> QuerySet:
        """What stands answered. Of ballots only those at the close: they make the headline."""
        rows = self.model.objects.filter(**{f"{self.said}__isnull": False})
        return rows.filter(stage=Stage.AFTER) if self.model is Ballot else rows

    def of(self, burst: Burst) -> QuerySet:
        """What stands answered to what a burst is about."""
        return self.rows.filter(**{self.target: getattr(burst, f"{self.target}_id")})


QUESTIONS = Kind(Ballot, Question, "question", "choice_id")
COMMENTS = Kind(CommentVote, Comment, "comment", "is_good")
KINDS = (QUESTIONS, COMMENTS)


@dataclass
class Seen:
    """One question or comment with what came to it.

    `source` is the keyed hash that most recent answers have in common; `alike` are the readers
    who share this vote and two more with at least nine others; `has_burst` while one lasts.
    """

    kind: Kind
    target_id: int
    discussion_id: int
    traffic: Traffic = field(default_factory=lambda: Traffic([], {}, {}))
    source: str = ""
    alike: frozenset[int] = frozenset()
    has_burst: bool = False

    @property
    def where(self) -> dict[str, int]:
        """The burst's own name for it: {"question_id": 3}."""
        return {f"{self.kind.target}_id": self.target_id}


class Window(Func):
    """The number of the window a moment falls in, as rules.bursts.window_of."""

    output_field = IntegerField()
    seconds = int(bursts.WINDOW.total_seconds())

    def as_sqlite(self, compiler: object, connection: object, **more: object) -> tuple:
        template = f"CAST(strftime('%%%%s', %(expressions)s) AS INTEGER) / {self.seconds}"
        return super().as_sql(compiler, connection, template=template, **more)

    def as_postgresql(self, compiler: object, connection: object, **more: object) -> tuple:
        template = f"FLOOR(EXTRACT(EPOCH FROM %(expressions)s) / {self.seconds})::bigint"
        return super().as_sql(compiler, connection, template=template, **more)


def seen(now: datetime) -> list[Seen]:
    """What a burst may be coming to, or has come to and may still last."""
    return [found for kind in KINDS for found in _seen_of(kind, now)]


def _seen_of(kind: Kind, now: datetime) -> list[Seen]:
    found = {row.target_id: row for row in _crowded(kind, now)}
    if not found:
        return []
    of_these = kind.rows.filter(**{f"{kind.target}__in": list(found)})
    windows = _windows(kind, of_these, now)
    mixes = _mixes(kind, of_these, now)
    sources = _sources(kind, of_these, now)
    groups = _alike(found.values(), now) if kind is COMMENTS else {}
    for pk, row in found.items():
        top, source = sources["recent"][pk]
        row.source, row.alike = top, groups.get(pk, frozenset())
        row.traffic = Traffic(
            windows=bursts.filled(windows[pk], now, bursts.BASELINE),
            recent=mixes["recent"][pk],
            before=mixes["before"][pk],
            source=source,
            source_before=sources["before"][pk][1],
            alike=len(row.alike),
        )
    return list(found.values())


def _crowded(kind: Kind, now: datetime) -> Iterable[Seen]:
    """Where enough came within RECENT to be a burst, and where one lasts."""
    recent = kind.rows.filter(FRESH, changed_at__gt=now - bursts.RECENT)
    counted = recent.values(kind.target).annotate(count=Count("pk"))
    crowded = counted.filter(count__gte=alike.READERS).values(kind.target)
    bursts_of = Burst.objects.lasting().exclude(**{kind.target: None})
    lasting = set(bursts_of.values_list(kind.target, flat=True))
    targets = kind.target_model.objects.filter(Q(pk__in=crowded) | Q(pk__in=lasting))
    rows = targets.order_by("pk").values_list("pk", "discussion_id")
    return [Seen(kind, pk, discussion, has_burst=pk in lasting) for pk, discussion in rows]


def _windows(kind: Kind, rows: QuerySet, now: datetime) -> dict[int, dict[int, int]]:
    """{target: {window: answers}} over BASELINE."""
    lately = rows.filter(FRESH, changed_at__gt=now - bursts.BASELINE)
    counted = lately.annotate(window=Window("changed_at")).values_list(kind.target, "window")
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for target, window, count in counted.annotate(count=Count("pk")).order_by():
        found[target][window] = count
    return found


def _mixes(kind: Kind, rows: QuerySet, now: datetime) -> dict[str, dict[int, dict]]:
    """{"recent" or "before": {target: {answer: how many}}}; what is set aside is no history."""
    since = now - bursts.RECENT
    parts = {
        "recent": rows.filter(FRESH, changed_at__gt=since),
        "before": rows.filter(is_held=False, is_set_aside=False, changed_at__lte=since),
    }
    found: dict[str, dict[int, dict]] = {name: defaultdict(dict) for name in parts}
    for name, part in parts.items():
        counted = part.values_list(kind.target, kind.said).annotate(count=Count("pk"))
        for target, answer, count in counted.order_by():
            found[name][target][answer] = count
    return found


def _sources(kind: Kind, rows: QuerySet, now: datetime) -> dict[str, dict[int, tuple[str, Share]]]:
    """{"recent" or "before": {target: (the source with most, its share)}}, of those still known."""
    since = now - bursts.RECENT
    known = rows.exclude(source="")
    parts = {
        "recent": known.filter(FRESH, changed_at__gt=since),
        "before": known.filter(FRESH, changed_at__lte=since),
    }
    return {name: _largest(kind, part) for name, part in parts.items()}


def _largest(kind: Kind, rows: QuerySet) -> dict[int, tuple[str, Share]]:
    found: dict[int, tuple[str, Share]] = defaultdict(lambda: ("", Share(0, 0)))
    counted = rows.values_list(kind.target, "source").annotate(count=Count("pk"))
    for target, source, count in counted.order_by("count", "source"):
        _top, share = found[target]
        found[target] = (source, Share(count, share.of + count))  # in the end, of the last and all
    return found


def _alike(found: Collection[Seen], now: datetime) -> dict[int, frozenset[int]]:
    """{comment: the largest group of readers with the same votes, this comment among them}."""
    votes: dict[int, dict[int, set]] = defaultdict(lambda: defaultdict(set))
    rows = COMMENTS.rows.filter(
        FRESH,
        comment__discussion__in={row.discussion_id for row in found},
        changed_at__gt=now - alike.WITHIN,
    )
    said = rows.values_list("comment__discussion_id", "reader_id", "comment_id", "is_good")
    for discussion, reader, comment, is_good in said:
        votes[discussion][reader].add((comment, is_good))
    groups: dict[int, frozenset[int]] = {}
    for readers in votes.values():
        for group in alike.groups(readers):
            for comment, _is_good in group.votes:
                groups.setdefault(comment, group.readers)
    return groups


def lately(now: datetime) -> dict[int, int]:
    """{burst that lasts: how many of its answers came within CALM}."""
    found: dict[int, int] = {}
    for kind in KINDS:
        rows = kind.rows.filter(burst__ended_at=None, burst__isnull=False)
        own = rows.filter(changed_at__gt=now - bursts.CALM).filter(
            **{f"burst__{kind.target}": F(kind.target)}
        )
        found |= dict(own.values_list("burst").annotate(count=Count("pk")).order_by())
    return found
