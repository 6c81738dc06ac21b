"""The list of topics, as one reader sees it."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polls.models import Reader, Topic, TopicAlias, TopicVote
from polls.rules import topics as rules

PAGE = 20
TOP = 3

SORTS = {"top": gettext_lazy("Most wanted"), "new": gettext_lazy("New")}
STATUSES = {
    "all": gettext_lazy("All"),
    "open": gettext_lazy("Waiting"),
    "writing": gettext_lazy("Being written"),
    "published": gettext_lazy("Published"),
    "declined": gettext_lazy("Declined"),
}


@dataclass(frozen=True)
class TopicRow:
    """One line of the list."""

    pk: int
    title: str
    note: str
    votes: int
    wanted: bool
    status: str
    url: str
    declined_reason: str
    by: str
    created_at: datetime
    merged: int
    waiting: bool

    @property
    def question(self) -> str:
        return _("What’s %s?") % self.title

    @property
    def status_label(self) -> str:
        return "" if self.status == Topic.Status.OPEN else str(Topic.Status(self.status).label)


@dataclass
class Suggest:
    """The panel “What should we explain next?”."""

    key: str
    top: list[TopicRow]
    waiting: list[TopicRow]
    form: object = None
    notice: str = ""
    similar: list[TopicRow] = field(default_factory=list)
    anyway: bool = False


def rows(found: QuerySet[Topic], reader: Reader) -> list[TopicRow]:
    """Topics as lines, with this reader's own votes marked, in two queries."""
    topics = list(found.select_related("reader"))
    wanted = set()
    if not reader.is_new:
        votes = TopicVote.objects.filter(reader=reader, topic__in=topics)
        wanted = set(votes.values_list("topic_id", flat=True))
    return [_row(topic, topic.pk in wanted) for topic in topics]


def _row(topic: Topic, wanted: bool) -> TopicRow:
    return TopicRow(
        pk=topic.pk,
        title=topic.title,
        note=topic.note,
        votes=topic.vote_count,
        wanted=wanted,
        status=topic.standing,
        url=topic.url if topic.standing == Topic.Status.PUBLISHED else "",
        declined_reason=topic.declined_reason,
        by=topic.reader.name if topic.reader else "",
        created_at=topic.created_at,
        merged=topic.merged_count,
        waiting=topic.status == Topic.Status.PENDING,
    )


def top(reader: Reader, limit: int = TOP) -> list[TopicRow]:
    """The open topics most readers want."""
    wanted = Topic.objects.filter(status__in=[Topic.Status.OPEN, Topic.Status.WRITING])
    return rows(wanted.order_by("-vote_count", "id")[:limit], reader)


def listed(reader: Reader, *, sort: str, status: str, page: int) -> tuple[list[TopicRow], bool]:
    """One page of the public list, and whether more follow."""
    found = Topic.objects.listed()
    if status != "all":
        found = found.standing(status)
    found = found.order_by("-id") if sort == "new" else found.order_by("-vote_count", "id")
    start = (page - 1) * PAGE
    lines = rows(found[start : start + PAGE + 1], reader)
    return lines[:PAGE], len(lines) > PAGE


def own_waiting(reader: Reader) -> list[TopicRow]:
    """What this reader suggested and a moderator has not yet read."""
    if reader.is_new:
        return []
    return rows(Topic.objects.filter(reader=reader, status=Topic.Status.PENDING), reader)


def similar(title: str) -> list[Topic]:
    """Listed topics like that title, whatever their status, best first."""
    aliases = TopicAlias.objects.filter(topic__in=Topic.objects.listed())
    candidates = dict(aliases.values_list("title", "topic_id"))
    best = rules.similar(title, candidates)
    found = Topic.objects.in_bulk(best)
    return [found[pk] for pk in best]


def similar_rows(title: str, reader: Reader) -> list[TopicRow]:
    """The same as lines to vote on."""
    order = [topic.pk for topic in similar(title)]
    lines = {line.pk: line for line in rows(Topic.objects.filter(pk__in=order), reader)}
    return [lines[pk] for pk in order]
