"""A burst in numbers for moderators: both counts, the timeline, the shares of its networks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from polls.models import Burst
from polls.queries.burst_traffic import Kind, Window
from polls.queries.burst_words import labels, percent
from polls.rules import bursts

# What the timeline shows before and after a burst, and how long it may be at most.
AROUND, LONGEST = timedelta(hours=1), timedelta(hours=24)


@dataclass(frozen=True)
class Row:
    """One answer: how many give it within the burst, and in the headline without and with it."""

    label: str
    inside: int
    without: int
    together: int


@dataclass(frozen=True)
class Bar:
    """Ten minutes of the timeline: all that came, and of it the burst's. Heights of 100."""

    start: datetime
    count: int
    inside: int
    x: int
    height: int
    inside_height: int

    @property
    def top(self) -> int:
        return 100 - self.height

    @property
    def inside_top(self) -> int:
        return 100 - self.inside_height


def rows(kind: Kind, burst: Burst) -> list[Row]:
    """Both counts. What other bursts or a block keep out of the headline stands in neither."""
    answers = kind.of(burst).filter(is_held=False)
    counted = answers.filter(Q(burst=burst) | Q(is_set_aside=False)).values_list(kind.said)
    inside = _counted(counted.filter(burst=burst))
    together = _counted(counted)
    return [
        Row(
            label,
            inside.get(answer, 0),
            together.get(answer, 0) - inside.get(answer, 0),
            together.get(answer, 0),
        )
        for answer, label in labels(burst).items()
    ]


def _counted(answers: QuerySet) -> dict[str, int]:
    counted = answers.annotate(count=Count("pk")).order_by()
    return {str(answer): count for answer, count in counted}


def bars(kind: Kind, burst: Burst) -> list[Bar]:
    """The timeline around a burst, a bar a window."""
    now = timezone.now()
    begin = burst.started_at - AROUND
    end = min((burst.ended_at or now) + AROUND, now, begin + LONGEST)
    answers = kind.of(burst).filter(changed_at__gte=begin, changed_at__lte=end)
    found = answers.annotate(window=Window("changed_at")).values_list("window")
    counted = found.annotate(count=Count("pk"), inside=Count("pk", filter=Q(burst=burst)))
    by_window = {window: (count, inside) for window, count, inside in counted.order_by()}
    most = max((count for count, _inside in by_window.values()), default=1)
    first, seconds = bursts.window_of(begin), bursts.WINDOW.total_seconds()
    drawn = []
    for place, window in enumerate(range(first, bursts.window_of(end) + 1)):
        count, inside = by_window.get(window, (0, 0))
        start = datetime.fromtimestamp(window * seconds, tz=now.tzinfo)
        height, inside_height = ceil(100 * count / most), ceil(100 * inside / most)
        drawn.append(Bar(start, count, inside, place * 10, height, inside_height))
    return drawn


def sources(kind: Kind, burst: Burst) -> list[int]:
    """The shares of its networks in percent, the largest five; none once they are forgotten."""
    known = kind.of(burst).filter(burst=burst).exclude(source="")
    counted = known.values_list("source").annotate(count=Count("pk")).order_by("-count", "source")
    counts = [count for _source, count in counted]
    return [percent(count, sum(counts)) for count in counts[:5]]
