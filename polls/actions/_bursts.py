"""The only code that says which answers are a burst's, and brings them into its state.

Everything here must run in a transaction that holds the burst's discussion by `lock_burst` or
`lock_discussion`: who belongs to a burst changes only there.
"""

from collections.abc import Iterable

from django.db.models import QuerySet

from polls.actions._ballots import set_ballots_aside
from polls.actions._votes import freeze_badges, set_votes_aside, thaw_badges
from polls.models import Ballot, Burst, CommentVote, Discussion, Reader
from polls.models.questions import REACTION
from polls.queries.burst_traffic import Seen
from polls.rules import bursts

CHUNK = 500


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


def settle(burst: Burst) -> None:
    """Brings the answers of a burst into its state: counted or not, badges frozen or not."""
    _lock(Ballot.objects.filter(burst=burst), CommentVote.objects.filter(burst=burst))
    set_ballots_aside(burst, burst.is_aside)
    set_votes_aside(burst, burst.is_aside)
    if burst.state in bursts.OPEN:
        freeze_badges(burst)
    else:
        thaw_badges(burst)


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


def narrow(burst: Burst, source: str) -> None:
    """Lets go what came from elsewhere, now that a source is known; it was only watched so far."""
    _lock(burst.ballots.all(), burst.votes.all())
    burst.source = source
    burst.ballots.exclude(source=source).update(burst=None)
    burst.votes.exclude(source=source).update(burst=None)


def _answers(burst: Burst, seen: Seen) -> QuerySet:
    """Of one source where there is one, else of the readers who vote alike, else all that came."""
    rows = seen.kind.of(burst).filter(burst=None, changed_at__gte=burst.started_at)
    if burst.source:
        return rows.filter(source=burst.source)
    if bursts.MIX not in burst.signals:
        return rows.filter(reader__in=seen.alike)
    return rows


def _join(burst: Burst, rows: QuerySet) -> int:
    readers = _lock(rows)
    return sum(rows.filter(reader__in=some).update(burst=burst) for some in _chunks(readers))


def _lock(*rows: QuerySet) -> list[int]:
    """Holds the readers of these rows, as an act of each would, in the order of all who hold many.

    What they have said stays as it is until the transaction ends.
    """
    readers: set[int] = set().union(*(row.values_list("reader_id", flat=True) for row in rows))
    return [pk for chunk in _chunks(sorted(readers)) for pk in _held(chunk)]


def _held(readers: list[int]) -> Iterable[int]:
    rows = Reader.objects.filter(pk__in=readers).order_by("pk").select_for_update()
    return rows.values_list("pk", flat=True)


def _chunks(numbers: list[int]) -> Iterable[list[int]]:
    return (numbers[start : start + CHUNK] for start in range(0, len(numbers), CHUNK))
