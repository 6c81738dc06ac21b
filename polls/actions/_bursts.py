"""The only code that says which answers are a burst's, and brings them into its state.

Everything here must run in a transaction that holds the burst's discussion by `lock_burst` or
`lock_discussion`: who belongs to a burst changes only there.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.db.models import Q, QuerySet

from polls.actions._ballots import set_ballots_aside
from polls.actions._comments import stretches
from polls.actions._log import note
from polls.actions._votes import freeze_badges, set_votes_aside, thaw_badges
from polls.models import Ballot, Burst, CommentVote, Discussion, Reader
from polls.models.questions import REACTION
from polls.queries.burst_traffic import QUESTIONS, Seen
from polls.rules import bursts

State = Burst.State
ACTS = {
    State.WATCHED: "watch_burst",
    State.QUARANTINED: "quarantine_burst",
    State.RELEASED: "release_burst",
    State.EXCLUDED: "exclude_burst",
}


def lock_discussion(discussion_id: int) -> bool:
    """Keeps every other process from its bursts; False when another is at them already.

    Readers answer and comment meanwhile: their rows only refer to the discussion.
    """
    rows = Discussion.objects.filter(pk=discussion_id)
    return bool(rows.select_for_update(no_key=True, skip_locked=True).values_list("pk"))


def lock_burst(burst: Burst) -> Burst:
    """The burst as it is now, nobody else at it until the transaction ends."""
    Discussion.objects.select_for_update(no_key=True).get(pk=burst.discussion_id)
    return Burst.objects.select_related("discussion", "question").get(pk=burst.pk)


def note_burst(
    burst: Burst, act: str, actor: AbstractUser | None, reason: str = "", **more: object
) -> None:
    """An entry on a burst as it stands before the act: the way back is made of these."""
    note(
        act,
        actor=actor,
        reason=reason,
        discussion_id=burst.discussion_id,
        burst=burst,
        state_before=burst.state,
        reason_before=burst.reason,
        **more,
    )


def change(
    burst: Burst,
    state: str,
    actor: AbstractUser | None,
    reason: str,
    *,
    at: datetime | None = None,
    act: str = "",
) -> Burst:
    """Moves a burst to a state, and its answers with it; logged as `act`, or as the state says."""
    note_burst(burst, act or ACTS[state], actor, reason)
    burst.state, burst.reason = state, reason
    burst.decided_by, burst.decided_at = actor, at
    burst.save()
    settle(burst)
    return burst


def settle(burst: Burst) -> None:
    """Brings the answers of a burst into its state: counted or not, badges frozen or not."""
    lock_readers(Ballot.objects.filter(burst=burst), CommentVote.objects.filter(burst=burst))
    set_ballots_aside(burst, burst.is_aside)
    set_votes_aside(burst, burst.is_aside)
    if burst.state in bursts.OPEN:
        freeze_badges(burst)
    else:
        thaw_badges(burst.votes.values("comment"))


def take_in(burst: Burst, seen: Seen) -> int:
    """Adds what is a burst's and not yet with it; returns how many answers were."""
    added = _join(burst, _answers(burst, seen))
    if burst.question and burst.question.key == REACTION:
        # Whose reaction is in doubt is in doubt in each camp's votes, too.
        doubted = Ballot.objects.filter(burst=burst).values("reader")
        votes = CommentVote.objects.filter(
            burst=None,
            comment__discussion=burst.discussion_id,
            reader__in=doubted,
            changed_at__gte=burst.started_at,
        )
        added += _join(burst, votes)
    return added


def take_in_waiting(burst: Burst, rows: QuerySet[Ballot]) -> None:
    """Adds answers that the limit of an address holds: the burst is why they are not counted now.

    One reason for another, so that no count moves; `settle` counts them where the burst is counted.
    Their readers must be held.
    """
    for some in stretches(sorted(rows.values_list("pk", flat=True))):
        of_these = Ballot.objects.filter(pk__in=some)
        of_these.update(burst=burst, is_held=False, is_set_aside=True)


def narrow(burst: Burst, source: str) -> list[int]:
    """Lets go what came from elsewhere, now that a source is known; it was only watched so far.

    Returns the comments whose badges it froze, for `freeze_anew` once all readers are held.
    """
    lock_readers(burst.ballots.all(), burst.votes.all())
    burst.source = source
    burst.ballots.exclude(source=source).update(burst=None)
    elsewhere = burst.votes.exclude(source=source)
    comments = sorted(set(elsewhere.values_list("comment", flat=True)))
    elsewhere.update(burst=None)
    return comments


def freeze_anew(burst: Burst, comments: list[int]) -> None:
    """Has comments whose votes were let go show a badge that counts them again."""
    thaw_badges(comments, but=burst)
    settle(burst)


def _answers(burst: Burst, seen: Seen) -> QuerySet:
    """Of one source where there is one, else of the readers who vote alike, else all that came."""
    rows = seen.kind.of(burst).filter(burst=None, changed_at__gte=burst.started_at)
    if (
        seen.kind is QUESTIONS
    ):  # what waits is for `take_in_waiting`: a watched burst would count it
        rows = rows.filter(Q(is_held=False) | Q(reader__blocked_at__isnull=False))
    if burst.source:
        return rows.filter(source=burst.source)
    if bursts.MIX not in burst.signals:
        return rows.filter(reader__in=seen.alike)
    return rows


def _join(burst: Burst, rows: QuerySet) -> int:
    held = set(lock_readers(rows))
    found = sorted(pk for pk, reader in rows.values_list("pk", "reader_id") if reader in held)
    # By number alone: each statement that looked for the rows again would look at all of them.
    by_pk = rows.model.objects
    return sum(by_pk.filter(pk__in=some).update(burst=burst) for some in stretches(found))


def lock_readers(*rows: QuerySet) -> list[int]:
    """Holds the readers of these rows, as an act of each would, in the order of all who hold many.

    What they have said stays as it is until the transaction ends.
    """
    readers: set[int] = set().union(*(row.values_list("reader_id", flat=True) for row in rows))
    return [pk for chunk in stretches(sorted(readers)) for pk in _held(chunk)]


def _held(readers: Sequence[int]) -> Iterable[int]:
    rows = Reader.objects.filter(pk__in=readers).order_by("pk").select_for_update(no_key=True)
    return rows.values_list("pk", flat=True)
