"""The moderators' queue: what waits for a person, and how much of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractUser
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy

from polls.models import Appeal, Burst, Comment, Notice
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
# The latest first; everywhere else who has waited longest comes first.
BACKWARDS = {"spam", "everything"}


@dataclass(frozen=True)
class Tab:
    """One queue to choose; `count` is None for the one that holds everything."""

    key: str
    label: str
    count: int | None
    is_current: bool

    @property
    def is_many(self) -> bool:
        return self.count == MOST


@dataclass(frozen=True)
class Tabs:
    """The queues, the one that is open, since when the oldest case waits; and bursts to judge."""

    current: str
    queues: list[Tab]
    oldest: datetime | None
    bursts: int

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


URGENT = (waiting, reported)


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


def tabs(current: str) -> Tabs:
    """Every queue with how much is in it: one cheap query each, and two for who waits longest."""
    queues = [Tab(key, str(label), _count(key), key == current) for key, label in QUEUES.items()]
    firsts = [rows().order_by("pk").values_list("created_at", flat=True) for rows in URGENT]
    waited = [moment for first in firsts for moment in first[:1]]
    bursts = Burst.objects.undecided().order_by()[:MOST].count()
    return Tabs(current, queues, min(waited, default=None), bursts)


def _count(key: str) -> int | None:
    return None if key == "everything" else _rows(key).order_by()[:MOST].count()


def queue(key: str, actor: AbstractUser, *, after: int | None = None, size: int = PAGE) -> Queue:
    """One page of a queue behind the place `after`, in a fixed number of queries."""
    rows = _rows(key)
    is_backwards = key in BACKWARDS
    if after is not None:
        rows = rows.filter(pk__lt=after) if is_backwards else rows.filter(pk__gt=after)
    names = ["pk", "comment_id" if key in {"appeals", "notices"} else "pk"]
    found = list(rows.order_by("-pk" if is_backwards else "pk").values_list(*names)[: size + 1])
    page = found[:size]
    return Queue(
        key=key,
        cases=cases(page, actor, kind=key),
        last=page[-1][0] if page else after,
        has_more=len(found) > size,
    )
