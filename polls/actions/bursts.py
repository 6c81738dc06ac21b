"""Noticing bursts, and what a moderator makes of them. Every step is logged, each has a way back.

Answers are never deleted or weighed, and nothing is done to who gave them.
"""

from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from polls.actions._bursts import (
    ACTS,
    change,
    freeze_anew,
    lock_burst,
    lock_discussion,
    narrow,
    note_burst,
    settle,
    take_in,
)
from polls.actions.limits import SOURCE_KEPT
from polls.actions.waiting import gather
from polls.errors import Refused
from polls.models import Burst, ModerationEntry
from polls.queries import burst_traffic
from polls.queries.burst_traffic import Seen
from polls.rules import bursts
from polls.rules.moderation import UNDO_WINDOW

State = Burst.State


def detect() -> None:
    """Looks at what came lately and opens, extends, sets aside and closes bursts by the rules.

    For the worker, each minute; two at once do each thing once. A fixed number of queries while
    nothing is unusual.
    """
    now = timezone.now()
    for seen in burst_traffic.seen(now):
        fired = bursts.signals(seen.traffic)
        if seen.has_burst or bursts.is_alarm(fired):
            _follow(seen, fired, now)
    _close(now)
    gather(now)


def forget_burst_sources() -> int:
    """Forgets from what networks bursts came, when that of their answers is forgotten too.

    One that lasts ends with it: without its source it would take whatever comes for its own.
    """
    now = timezone.now()
    old = Burst.objects.filter(started_at__lt=now - SOURCE_KEPT).exclude(source="")
    return old.update(source="", ended_at=Coalesce("ended_at", now))


@transaction.atomic
def _follow(seen: Seen, fired: tuple[str, ...], now: datetime) -> None:
    if not lock_discussion(seen.discussion_id):
        return
    burst = Burst.objects.lasting().select_related("question").filter(**seen.where).first()
    let_go: list[int] = []
    if bursts.is_alarm(fired):
        if burst and _is_another(burst, seen, fired):
            _end(burst, now)
            burst = None
        burst = burst or _open(seen, fired, now)
        let_go = _note_signals(burst, seen, fired)
    if burst and take_in(burst, seen):
        settle(burst)
    if burst and let_go:
        freeze_anew(burst, let_go)
    if burst and bursts.is_quarantined_at_once(fired):
        _set_aside_at_once(burst, now)


def _is_another(burst: Burst, seen: Seen, fired: tuple[str, ...]) -> bool:
    """Whether an alarm is not about the burst that lasts: it comes from another source."""
    return bursts.SOURCE in fired and burst.source not in {"", seen.source}


def _open(seen: Seen, fired: tuple[str, ...], now: datetime) -> Burst:
    burst = Burst.objects.create(
        discussion_id=seen.discussion_id,
        started_at=bursts.began(seen.traffic.windows, now),
        source=seen.source if bursts.SOURCE in fired else "",
        **seen.where,
    )
    note_burst(burst, ACTS[State.WATCHED], None)
    return burst


def _note_signals(burst: Burst, seen: Seen, fired: tuple[str, ...]) -> list[int]:
    """Keeps what fired, with the numbers as they were when most of it did.

    Returns the comments of which it lets votes go.
    """
    let_go: list[int] = []
    if bursts.SOURCE in fired and not burst.source and burst.state == State.WATCHED:
        let_go = narrow(burst, seen.source)
    every = [signal for signal in bursts.SIGNALS if signal in set(burst.signals) | set(fired)]
    if len(fired) >= burst.facts.get("fired", 0):
        burst.facts = facts(seen) | {"fired": len(fired)}
    burst.signals = every
    burst.save(update_fields=["signals", "facts", "source"])
    return let_go


def facts(seen: Seen) -> dict[str, object]:
    """The numbers of an alarm, for the page that explains it. No source is among them."""
    traffic = seen.traffic
    return {
        "came": sum(traffic.windows[-(bursts.RECENT // bursts.WINDOW) :]),
        "usual": bursts.usual_of(traffic.windows),
        "recent": {str(answer): count for answer, count in traffic.recent.items()},
        "before": {str(answer): count for answer, count in traffic.before.items()},
        "source": list(traffic.source),
        "source_before": list(traffic.source_before),
        "alike": traffic.alike,
    }


def _set_aside_at_once(burst: Burst, now: datetime) -> None:
    """By rule, once, and only what no person has judged."""
    if burst.state != State.WATCHED or burst.decided_at or burst.aside_until:
        return
    burst.aside_until = now + bursts.AUTOMATIC
    change(burst, State.QUARANTINED, None, "")


def _close(now: datetime) -> None:
    """Counts again what nobody has confirmed in time, and ends what has calmed down."""
    unconfirmed = Burst.objects.undecided().filter(state=State.QUARANTINED, aside_until__lte=now)
    unwatched = Burst.objects.undecided().filter(ended_at__lte=now - bursts.WATCH)
    for burst in unconfirmed.order_by("pk"):
        _lapse(burst, State.WATCHED)
    for burst in unwatched.filter(state=State.WATCHED).order_by("pk"):
        _lapse(burst, State.RELEASED)
    came = burst_traffic.lately(now)
    for burst in Burst.objects.lasting().order_by("pk"):
        if bursts.is_over(came.get(burst.pk, 0), burst.facts.get("usual", 0)):
            _end(burst, now)


@transaction.atomic
def _lapse(burst: Burst, state: str) -> None:
    if not lock_discussion(burst.discussion_id):
        return
    before = burst.state
    burst.refresh_from_db()
    if burst.state == before and not burst.decided_at:
        change(burst, state, None, "", act="count_burst_again")


def _end(burst: Burst, now: datetime) -> None:
    Burst.objects.filter(pk=burst.pk, ended_at=None).update(ended_at=now)


def quarantine_burst(*, burst: Burst, actor: AbstractUser, reason: str, seen: str = "") -> Burst:
    """Sets a burst's answers aside until somebody decides, or confirms that a rule has done so.

    What comes of it while it lasts joins it. Raises Refused without a reason of the rules, and when
    the burst is no longer as `seen`.
    """
    return _decide(burst, State.QUARANTINED, actor, reason, seen)


def release_burst(*, burst: Burst, actor: AbstractUser, reason: str, seen: str = "") -> Burst:
    """Counts a burst's answers as all others, and what comes of it while it lasts; as above."""
    return _decide(burst, State.RELEASED, actor, reason, seen)


def exclude_burst(*, burst: Burst, actor: AbstractUser, reason: str, seen: str = "") -> Burst:
    """Leaves a burst's answers out of the counts for good; as above.

    What comes later is for another judgment: nobody has seen it yet.
    """
    return _decide(burst, State.EXCLUDED, actor, reason, seen)


@transaction.atomic
def _decide(burst: Burst, state: str, actor: AbstractUser, reason: str, seen: str) -> Burst:
    burst = lock_burst(burst)
    bursts.check_decision(burst.state, state, reason, is_decided=bool(burst.decided_at))
    if seen and burst.state != seen:
        raise Refused(_("Somebody has decided this already."))
    now = timezone.now()
    if state == State.EXCLUDED:
        burst.ended_at = burst.ended_at or now
    return change(burst, state, actor, reason, at=now)


@transaction.atomic
def undo_burst(*, burst: Burst, actor: AbstractUser) -> Burst:
    """Takes one's own latest decision on a burst back: it stands as before.

    Raises Refused when it was longer ago than the rules allow, or when it was somebody else's.
    """
    burst = lock_burst(burst)
    latest = burst.moderation.order_by("-id").first()
    is_own = latest is not None and latest.actor_id == actor.pk and latest.undoes_id is None
    if not is_own or timezone.now() - latest.created_at >= UNDO_WINDOW:
        raise Refused(_("This can no longer be taken back. Decide anew instead."))
    note_burst(burst, "reopen_burst", actor, latest.reason, undoes=latest)
    before = _decision_before(latest)
    burst.state, burst.reason = latest.state_before, latest.reason_before
    burst.decided_by = before.actor if before else None
    burst.decided_at = before.created_at if before else None
    burst.save()
    settle(burst)
    return burst


def _decision_before(entry: ModerationEntry) -> ModerationEntry | None:
    """What a person had decided before, and nobody has taken back."""
    earlier = ModerationEntry.objects.filter(burst=entry.burst_id, pk__lt=entry.pk)
    by_people = earlier.filter(actor__isnull=False, undoes=None, undone_by=None)
    return by_people.select_related("actor").order_by("-id").first()
