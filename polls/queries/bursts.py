"""Bursts as they are shown: to moderators with all that is known, to readers beside the counts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.contrib.auth.models import AbstractUser
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polls.models import Burst, ModerationEntry
from polls.queries import log
from polls.queries.burst_traffic import COMMENTS, QUESTIONS, Kind, Window
from polls.queries.comments import link
from polls.queries.log_words import reason_label
from polls.rules import bursts
from polls.rules.moderation import UNDO_WINDOW
from polls.rules.text import excerpt

PAGE = 20
MOST = 1_000
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


@dataclass
class Case:
    """One burst for a moderator. `problem` is what a rule said to the last try."""

    burst: Burst
    about: str
    url: str
    size: int
    sentences: list[str]
    rows: list[Row]
    bars: list[Bar]
    sources: list[int]
    acts: list[str]
    lines: list[log.Line]
    can_undo: bool
    decided: str = ""
    problem: str = ""

    @property
    def anchor(self) -> str:
        return f"burst-{self.burst.pk}"

    @property
    def width(self) -> int:
        """Of the timeline, in its own units."""
        return len(self.bars) * 10


@dataclass(frozen=True)
class Listing:
    """One page of bursts; `after` is where the next one begins."""

    cases: list[Case]
    after: int | None


def undecided_count() -> int:
    """How many bursts no person has looked at."""
    return Burst.objects.undecided().order_by()[:MOST].count()


def listing(actor: AbstractUser, *, before: int | None = None) -> Listing:
    """The bursts, the newest first."""
    rows = _rows()
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    return Listing(
        [case(burst, actor) for burst in found[:PAGE]],
        found[PAGE - 1].pk if len(found) > PAGE else None,
    )


def _rows() -> QuerySet[Burst]:
    return Burst.objects.select_related("discussion", "question", "comment", "decided_by")


def case(burst: Burst, actor: AbstractUser) -> Case:
    """A burst with its signals in sentences, both counts, its timeline and what may be done."""
    burst = _rows().get(pk=burst.pk)
    kind = QUESTIONS if burst.question_id else COMMENTS
    history = list(log.entries().filter(burst=burst)[:PAGE])
    return Case(
        burst=burst,
        about=_about(burst),
        url=_url(burst),
        size=kind.of(burst).filter(burst=burst).count(),
        sentences=sentences(burst),
        rows=_both(kind, burst),
        bars=_bars(kind, burst),
        sources=_sources(kind, burst),
        acts=_acts(burst),
        lines=[log.line(entry) for entry in history],
        can_undo=_can_undo(history, actor),
        decided=_decided(burst),
    )


def _about(burst: Burst) -> str:
    if burst.question:
        return burst.question.prompt
    words = {"name": burst.comment.name, "text": excerpt(burst.comment.text)}
    return _("Votes on %(name)s’s comment: “%(text)s”") % words


def _url(burst: Burst) -> str:
    if burst.comment_id:
        return link(burst.discussion, open=burst.comment_id)
    return burst.discussion.url


def _acts(burst: Burst) -> list[str]:
    """What a person may still do: everything but what they have done already."""
    every = (bursts.QUARANTINED, bursts.RELEASED, bursts.EXCLUDED)
    return [act for act in every if act != burst.state or not burst.decided_at]


def _can_undo(history: list[ModerationEntry], actor: AbstractUser) -> bool:
    if not history:
        return False
    latest = history[0]
    is_own = latest.actor_id == actor.pk and latest.undoes_id is None
    return is_own and timezone.now() - latest.created_at < UNDO_WINDOW


def _decided(burst: Burst) -> str:
    if not burst.decided_at:
        return ""
    who = burst.decided_by.get_username() if burst.decided_by else _("a moderator")
    words = {"state": burst.get_state_display(), "who": who, "why": reason_label(burst.reason)}
    return _("%(state)s by %(who)s: %(why)s.") % words


def sentences(burst: Burst) -> list[str]:
    """Each signal that fired, in a sentence with its numbers."""
    facts = burst.facts
    told = {
        bursts.VOLUME: _volume,
        bursts.MIX: lambda facts: _mix(burst, facts),
        bursts.SOURCE: _source,
        bursts.ALIKE: _alike,
    }
    fired = set(burst.signals)
    return [sentence(facts) for signal, sentence in told.items() if signal in fired]


def _volume(facts: dict) -> str:
    usual = ceil(facts["usual"] * (bursts.RECENT // bursts.WINDOW))
    words = {"came": facts["came"], "usual": usual}
    return _("Many at once: %(came)s within two hours, where %(usual)s at most are usual.") % words


def _mix(burst: Burst, facts: dict) -> str:
    recent, before = facts["recent"], facts["before"]
    top = max(recent, key=lambda answer: recent[answer])
    words = {
        "answer": _labels(burst)[top],
        "percent": _percent(recent[top], sum(recent.values())),
        "before": _percent(before.get(top, 0), sum(before.values())),
    }
    return _("Another mix: %(percent)s%% say “%(answer)s”, before it were %(before)s%%.") % words


def _source(facts: dict) -> str:
    words = {
        "percent": _percent(*facts["source"]),
        "before": _percent(*facts["source_before"]),
    }
    return (
        _(
            "One source: %(percent)s%% came from one network; before, no network sent more than "
            "%(before)s%%."
        )
        % words
    )


def _alike(facts: dict) -> str:
    said = ngettext(
        "The same votes: %(count)d reader voted alike on three comments or more.",
        "The same votes: %(count)d readers voted alike on three comments or more.",
        facts["alike"],
    )
    return said % {"count": facts["alike"]}


def _percent(count: int, of: int) -> int:
    return round(100 * count / of) if of else 0


def _labels(burst: Burst) -> dict[str, str]:
    """{answer as the facts name it: in words}, in the order of the page."""
    if burst.question:
        return {str(choice.pk): choice.label for choice in burst.question.choices.all()}
    return {"True": _("Good point"), "False": _("Not for me")}


def _both(kind: Kind, burst: Burst) -> list[Row]:
    """Both counts. What other bursts or a block keep out of the headline stands in neither."""
    rows = kind.of(burst).filter(is_held=False)
    counted = rows.filter(Q(burst=burst) | Q(is_set_aside=False)).values_list(kind.said)
    inside = _counted(counted.filter(burst=burst))
    together = _counted(counted)
    return [
        Row(
            label,
            inside.get(answer, 0),
            together.get(answer, 0) - inside.get(answer, 0),
            together.get(answer, 0),
        )
        for answer, label in _labels(burst).items()
    ]


def _counted(answers: QuerySet) -> dict[str, int]:
    counted = answers.annotate(count=Count("pk")).order_by()
    return {str(answer): count for answer, count in counted}


def _bars(kind: Kind, burst: Burst) -> list[Bar]:
    now = timezone.now()
    begin = burst.started_at - AROUND
    end = min((burst.ended_at or now) + AROUND, now, begin + LONGEST)
    rows = kind.of(burst).filter(changed_at__gte=begin, changed_at__lte=end)
    found = rows.annotate(window=Window("changed_at")).values_list("window")
    counted = found.annotate(count=Count("pk"), inside=Count("pk", filter=Q(burst=burst)))
    by_window = {window: (count, inside) for window, count, inside in counted.order_by()}
    most = max((count for count, _inside in by_window.values()), default=1)
    first, seconds = bursts.window_of(begin), bursts.WINDOW.total_seconds()
    bars = []
    for place, window in enumerate(range(first, bursts.window_of(end) + 1)):
        count, inside = by_window.get(window, (0, 0))
        start = datetime.fromtimestamp(window * seconds, tz=now.tzinfo)
        height, inside_height = ceil(100 * count / most), ceil(100 * inside / most)
        bars.append(Bar(start, count, inside, place * 10, height, inside_height))
    return bars


def _sources(kind: Kind, burst: Burst) -> list[int]:
    """The shares of its networks in percent, the largest five; none once they are forgotten."""
    known = kind.of(burst).filter(burst=burst).exclude(source="")
    counted = known.values_list("source").annotate(count=Count("pk")).order_by("-count", "source")
    counts = [count for _source, count in counted]
    return [_percent(count, sum(counts)) for count in counts[:5]]
