"""The moderators' queue: what waits for a person, and how much of it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractUser
from django.db.models import F, Min, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy

from polls.models import Appeal, Burst, Comment, Notice, Report
from polls.queries.cases import Case, cases

PAGE = 20
# Counts go no further: "1,000 and more" is all a moderator needs to know of a flood.
MOST = 1_000
MINUTE = timedelta(minutes=1)

State = Comment.State
QUEUES = {
    "waiting": gettext_lazy("Waiting"),
    "reported": gettext_lazy("Reported"),
    "appeals": gettext_lazy("Appeals"),
    "notices": gettext_lazy("Notices"),
    "spam": gettext_lazy("Spam"),
    "everything": gettext_lazy("Everything"),
}
# What holds a comment, in a word or two; `waiting` can be narrowed to one of them.
RULES = {
    "newcomer": gettext_lazy("First comments"),
    "link": gettext_lazy("Has links"),
    "word": gettext_lazy("Listed words"),
    "repeat": gettext_lazy("Repeats"),
    "speed": gettext_lazy("Too fast"),
    "trap": gettext_lazy("Hidden field"),
    "burst": gettext_lazy("Bursts"),
    "reader": gettext_lazy("Readers read first"),
    "manual": gettext_lazy("Discussions read first"),
    "reports": gettext_lazy("Reported before"),
}
# The latest first; everywhere else what has waited longest comes first. A reported comment waits
# since the oldest report of it that nobody has decided, however old it is itself.
BACKWARDS = {"spam", "everything"}


@dataclass(frozen=True)
class Tab:
    """One queue or rule to choose; `count` is None for the queue that holds everything."""

    key: str
    label: str
    count: int | None
    is_current: bool

    @property
    def is_many(self) -> bool:
        return self.count == MOST


@dataclass(frozen=True)
class Tabs:
    """The queues, the one that is open, since when the oldest case waits; and bursts to judge.

    `rules` are those that hold something in the queue that is open, `rule` the one chosen.
    """

    current: str
    queues: list[Tab]
    oldest: datetime | None
    bursts: int
    rule: str = ""
    rules: tuple[Tab, ...] = ()

    @property
    def query(self) -> str:
        """The question mark and what follows it in the address of the queue that is open."""
        asked = {"queue": self.current, "rule": self.rule}
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"?{query}" if query else ""

    @property
    def next(self) -> Tab | None:
        """Where to go on: in this queue while it holds anything, else in the first that does."""
        holding = [tab for tab in self.queues if tab.count and tab.key != "spam"]
        return next((tab for tab in holding if tab.is_current), holding[0] if holding else None)

    @property
    def waited(self) -> str:
        """How long the oldest case has waited, in words; not worth a word under a minute."""
        is_new = self.oldest is None or timezone.now() - self.oldest < MINUTE
        return "" if is_new else timesince(self.oldest, depth=1)

    @property
    def open_count(self) -> int:
        """How many cases wait for a person. What was marked as spam is done."""
        return sum(tab.count or 0 for tab in self.queues if tab.key != "spam")


@dataclass
class Queue:
    """One page of a queue. `last` is the place at which the next page begins."""

    key: str
    cases: list[Case]
    last: int | None
    has_more: bool


def waiting() -> QuerySet[Comment]:
    """Held by a rule, not by readers' reports."""
    return Comment.objects.pending().exclude(
        held_reason=Comment.HeldReason.REPORTS, report_count__gt=0
    )


def reported() -> QuerySet[Comment]:
    """With reports that nobody has decided, whether they hold it or not."""
    return Comment.objects.filter(report_count__gt=0, state__in=[State.PENDING, State.PUBLISHED])


# Where a case waits from the moment at which its row was made.
SINCE_MADE = ("waiting", "appeals", "notices")


def _rows(key: str) -> QuerySet:
    """The rows of a queue: comments, or what was brought before us about one."""
    return {
        "waiting": waiting,
        "reported": reported,
        "appeals": lambda: Appeal.objects.filter(decided_at=None),
        "notices": lambda: Notice.objects.filter(decided_at=None),
        "spam": lambda: Comment.objects.filter(state=State.SPAM),
        "everything": lambda: Comment.objects.exclude(state__in=[State.WITHDRAWN, State.ERASED]),
    }[key]()


def tabs(current: str, rule: str = "") -> Tabs:
    """Every queue with how much is in it: one cheap query each, and four for who waits longest."""
    queues = [Tab(key, str(label), _count(key), key == current) for key, label in QUEUES.items()]
    bursts = Burst.objects.undecided().order_by()[:MOST].count()
    rules = _rules(rule) if current == "waiting" else ()
    return Tabs(current, queues, _oldest(), bursts, rule, rules)


def _oldest() -> datetime | None:
    """Since when somebody has waited for a person; None when nobody does."""
    firsts = [_rows(key).order_by("pk").values_list("created_at", flat=True) for key in SINCE_MADE]
    moments = [moment for first in firsts for moment in first[:1]]
    reports = Report.objects.filter(decided_at=None, comment__in=reported())
    moments.append(reports.aggregate(first=Min("created_at"))["first"])
    return min(filter(None, moments), default=None)


def _rules(chosen: str) -> tuple[Tab, ...]:
    """What holds the comments that have waited longest, and the rule that is chosen."""
    held = waiting().order_by("pk").values_list("held_reason", flat=True)[:MOST]
    counts = Counter(held)
    return tuple(
        Tab(key, str(label), counts[key], key == chosen)
        for key, label in RULES.items()
        if counts[key] or key == chosen
    )


def _count(key: str) -> int | None:
    return None if key == "everything" else _rows(key).order_by()[:MOST].count()


def _place(key: str) -> F | Subquery:
    """Where a row stands in its queue: its own number, or that of its oldest open report."""
    if key != "reported":
        return F("pk")
    reports = Report.objects.filter(comment=OuterRef("pk"), decided_at=None).order_by("pk")
    return Subquery(reports.values("pk")[:1])


def queue(
    key: str,
    actor: AbstractUser,
    *,
    rule: str = "",
    after: int | None = None,
    size: int = PAGE,
) -> Queue:
    """One page of a queue behind the place `after`, in a fixed number of queries.

    `rule` narrows the waiting ones to what it holds.
    """
    rows = _rows(key).filter(held_reason=rule) if rule else _rows(key)
    rows = rows.annotate(place=_place(key))
    is_backwards = key in BACKWARDS
    if after is not None:
        rows = rows.filter(place__lt=after) if is_backwards else rows.filter(place__gt=after)
    names = ["place", "comment_id" if key in {"appeals", "notices"} else "pk"]
    order = "-place" if is_backwards else "place"
    found = list(rows.order_by(order).values_list(*names)[: size + 1])
    page = found[:size]
    return Queue(
        key=key,
        cases=cases(page, actor, kind=key),
        last=page[-1][0] if page else after,
        has_more=len(found) > size,
    )
