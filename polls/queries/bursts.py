"""Bursts as they are shown: to moderators with all that is known, to readers beside the counts."""

from dataclasses import dataclass

from django.contrib.auth.models import AbstractUser
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from polls.models import Burst, ModerationEntry
from polls.models.questions import Stage
from polls.queries import burst_figures as figures
from polls.queries import log
from polls.queries.burst_traffic import COMMENTS, QUESTIONS
from polls.queries.burst_words import sentences
from polls.queries.comments import link
from polls.queries.log_words import reason_label
from polls.rules import bursts
from polls.rules.moderation import UNDO_WINDOW
from polls.rules.text import excerpt

PAGE = 20
MOST = 1_000


@dataclass
class Case:
    """One burst for a moderator. `problem` is what a rule said to the last try."""

    burst: Burst
    about: str
    url: str
    size: int
    # How many of them were given before reading: they stand in no table.
    before: int
    sentences: list[str]
    rows: list[figures.Row]
    bars: list[figures.Bar]
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
    before = burst.ballots.filter(stage=Stage.BEFORE, choice__isnull=False).count()
    return Case(
        burst=burst,
        about=_about(burst),
        url=_url(burst),
        size=kind.of(burst).filter(burst=burst).count() + before,
        before=before,
        sentences=sentences(burst),
        rows=figures.rows(kind, burst),
        bars=figures.bars(kind, burst),
        sources=figures.sources(kind, burst),
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
