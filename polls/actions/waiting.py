"""Answers past the limit of an address: they are stored, and a person judges them as a burst."""

from datetime import datetime

from django.db import transaction
from django.db.models import Min, Q

from polls.actions._bursts import (
    change,
    lock_discussion,
    lock_readers,
    settle,
    take_in_waiting,
)
from polls.actions.revisions import touch
from polls.models import Ballot, Burst
from polls.rules import bursts

State = Burst.State
# One burst for each of these; who belongs to one already stays with it.
PLACE = ("question__discussion", "question", "source", "burst")


def gather(now: datetime) -> None:
    """Sets aside, as bursts, the answers that wait: one for each question and network.

    For the worker, beside the alarm; two at once do each thing once. What it leaves, because it is
    stopped or somebody is at the discussion, it does the next time.
    """
    places = Ballot.objects.waiting().order_by(*PLACE).values_list(*PLACE).distinct()
    for discussion_id, question_id, source, burst_id in list(places):
        _gather(discussion_id, question_id, source, burst_id, now)


@transaction.atomic
def _gather(
    discussion_id: int, question_id: int, source: str, burst_id: int | None, now: datetime
) -> None:
    if not lock_discussion(discussion_id):
        return
    rows = Ballot.objects.waiting().filter(question=question_id, source=source, burst=burst_id)
    held = rows.filter(reader__in=lock_readers(rows))
    since = held.aggregate(since=Min("changed_at"))["since"]
    if since is None:  # blocked, or withdrawn, in this moment
        return
    found = Burst.objects.filter(pk=burst_id).first() or _find(question_id, source, now)
    burst = found or Burst.objects.create(
        discussion_id=discussion_id,
        question_id=question_id,
        source=source,
        started_at=since,
        ended_at=now,  # it takes in what waits, and nothing that is counted
        aside_until=now + bursts.AUTOMATIC,
    )
    take_in_waiting(burst, held)
    if bursts.LIMIT not in burst.signals:
        burst.signals = [*list(burst.signals), bursts.LIMIT]
        burst.save(update_fields=["signals"])
    if found:
        settle(burst)
    else:
        change(burst, State.QUARANTINED, None, "")
    touch(discussion_id)


def _find(question_id: int, source: str, now: datetime) -> Burst | None:
    """The burst of that network which takes more in: nobody has judged it, or it lasts."""
    unjudged = Q(state=State.QUARANTINED, decided_at=None, aside_until__gt=now)
    lasting = Q(ended_at=None, decided_at__isnull=False) & ~Q(source="")
    of_these = Burst.objects.filter(unjudged | lasting, question=question_id, source=source)
    return of_these.order_by("-pk").first()
