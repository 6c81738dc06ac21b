"""The only code that touches a ballot and its count."""

from collections import Counter
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager

from django.db.models import Count, F, QuerySet

from polls.actions.revisions import touch
from polls.models import (
    Ballot,
    BallotTally,
    Burst,
    Choice,
    CrosstabTally,
    Question,
    Reader,
    statements,
)
from polls.models.questions import REACTION, Stage
from polls.models.tallies import SHARDS, Tally, shard_of
from polls.rules import voting
from polls.rules.crosstabs import Crossing, crossings


def cast(
    *,
    question: Question,
    reader: Reader,
    stage: str,
    choice: Choice | None,
    hold: bool,
    source: str = "",
) -> Ballot | None:
    """Writes one ballot and moves the counts; `choice` None withdraws.

    Must run in a transaction that holds the reader's lock: that is what makes "the answer this
    reader gave before" a fact. Giving the same answer again changes nothing. A ballot that was
    held stays held, and one of a burst stays with it: `hold` adds no second reason. `source` says
    from what network it came (`limits.source_hash`).
    """
    mine = {} if reader.is_first_act else statements.find_answers(question.discussion_id, reader.pk)
    old = mine.get((question.key, stage))
    if (old.choice_id if old else None) == (choice.pk if choice else None):
        return old
    new = Ballot(
        question=question,
        reader=reader,
        stage=stage,
        choice=choice,
        is_held=old.is_held or (hold and not old.burst_id) if old else hold,
        source=source,
        is_set_aside=bool(old and old.is_set_aside),
    )
    statements.insert(
        new,
        unique=("question_id", "reader_id", "stage"),
        update=("choice_id", "is_held", "source", "changed_at"),
    )
    # In the order of the choices: two readers who swap answers must not wait for each other.
    shard = shard_of(reader.pk)
    for choice_id, delta in sorted(voting.moves(_counted(old), _counted(new)).items()):
        _add(BallotTally, delta, choice_id=choice_id, stage=stage, shard=shard)
    before, after = _crossings(mine), _crossings({**mine, (question.key, stage): new})
    _cross({(cell, shard): +1 if cell in after else -1 for cell in before ^ after})
    touch(question.discussion_id)
    return new


def _add(tally: type[Tally], delta: int, **key: object) -> None:
    if not statements.add(tally, delta, **key):  # the first of its shard
        tally.objects.move(delta, **key)


def _crossings(mine: Mapping[tuple[str, str], Ballot]) -> set[Crossing]:
    counted = {asked: choice for asked, row in mine.items() if (choice := _counted(row))}
    return crossings(counted, (REACTION, Stage.AFTER))


def _cross(moves: Mapping[tuple[Crossing, int], int]) -> None:
    """Moves the cells of the tables by camp: {(cell, shard): how many}."""
    for (cell, shard), delta in sorted(moves.items()):
        if delta:
            key = {"reaction_id": cell.reaction, "choice_id": cell.choice, "stage": cell.stage}
            _add(CrosstabTally, delta, **key, shard=shard)


@contextmanager
def keeping_crosstabs(readers: Iterable[Reader] | QuerySet) -> Generator[None]:
    """A block in which ballots of these readers change; their cells are moved at its end.

    Must run in a transaction that holds the readers' locks.
    """
    before = _cells(readers)
    yield
    after = _cells(readers)
    after.subtract(before)
    _cross(after)


def _cells(readers: Iterable[Reader] | QuerySet) -> Counter[tuple[Crossing, int]]:
    rows = Ballot.objects.filter(reader__in=readers).crossed()
    return Counter((Crossing(*cell), shard_of(reader)) for *cell, reader in rows.iterator())


def hold_ballots(reader: Reader, held: bool) -> None:
    """Takes every ballot of a reader out of the counts, or puts all of them in.

    Must run in a transaction that holds the reader's lock.
    """
    ballots = Ballot.objects.filter(reader=reader, is_held=not held)
    given = ballots.filter(choice__isnull=False, is_set_aside=False)
    with keeping_crosstabs([reader]):
        _move(reader, given, -1 if held else +1)
        ballots.update(is_held=held)


def set_ballots_aside(burst: Burst, aside: bool) -> None:
    """Takes every ballot of a burst out of the counts, or puts those in that nothing else holds.

    Must run in a transaction that holds the locks of their readers.
    """
    ballots = Ballot.objects.filter(burst=burst, is_set_aside=not aside)
    given = ballots.filter(choice__isnull=False, is_held=False)
    cell = ("choice_id", "stage", "shard")
    moved = given.annotate(shard=F("reader_id") % SHARDS).values_list(*cell)
    with keeping_crosstabs(burst.ballots.values("reader")):
        for *key, count in moved.annotate(count=Count("pk")).order_by(*cell):
            delta = -count if aside else count
            _add(BallotTally, delta, **dict(zip(cell, key, strict=True)))
        if ballots.update(is_set_aside=aside):
            touch(burst.discussion_id)


def drop_ballots(reader: Reader) -> None:
    """Withdraws every ballot of a reader, the held ones too; as `hold_ballots`."""
    given = Ballot.objects.filter(reader=reader, choice__isnull=False)
    with keeping_crosstabs([reader]):
        _move(reader, given.counted(), -1)
        given.update(choice=None)


def _move(reader: Reader, ballots: QuerySet[Ballot], delta: int) -> None:
    on = set()
    # In the order of all who move several counts, also of one choice at both stages.
    rows = ballots.order_by("choice_id", "stage")
    rows = rows.values_list("choice_id", "stage", "question__discussion")
    for choice_id, stage, discussion_id in rows:
        BallotTally.objects.move(delta, choice_id=choice_id, stage=stage, shard=shard_of(reader.pk))
        on.add(discussion_id)
    for discussion_id in on:
        touch(discussion_id)


def _counted(ballot: Ballot | None) -> int | None:
    if ballot is None or ballot.is_held or ballot.is_set_aside:
        return None
    return ballot.choice_id
