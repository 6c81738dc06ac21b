"""The only code that touches a ballot and its count."""

from django.db.models import Count, F, QuerySet

from polls.actions.revisions import touch
from polls.models import Ballot, BallotTally, Burst, Choice, Question, Reader, statements
from polls.models.tallies import SHARDS, shard_of
from polls.rules import voting


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
    held stays held, and one of a burst stays with it. `source` says from what network it came
    (`limits.source_hash`).
    """
    same = {"question_id": question.pk, "reader_id": reader.pk, "stage": stage}
    old = None if reader.is_first_act else statements.find(Ballot, **same)
    if (old.choice_id if old else None) == (choice.pk if choice else None):
        return old
    new = Ballot(
        question=question,
        reader=reader,
        stage=stage,
        choice=choice,
        is_held=hold or bool(old and old.is_held),
        source=source,
        is_set_aside=bool(old and old.is_set_aside),
    )
    statements.insert(
        new,
        unique=("question_id", "reader_id", "stage"),
        update=("choice_id", "is_held", "source", "changed_at"),
    )
    # In the order of the choices: two readers who swap answers must not wait for each other.
    for choice_id, delta in sorted(voting.moves(_counted(old), _counted(new)).items()):
        _add(delta, choice_id=choice_id, stage=stage, shard=shard_of(reader.pk))
    touch(question.discussion_id)
    return new


def _add(delta: int, **key: object) -> None:
    if not statements.add(BallotTally, delta, **key):  # the first of its shard
        BallotTally.objects.move(delta, **key)


def hold_ballots(reader: Reader, held: bool) -> None:
    """Takes every ballot of a reader out of the counts, or puts all of them in.

    Must run in a transaction that holds the reader's lock.
    """
    ballots = Ballot.objects.filter(reader=reader, is_held=not held)
    given = ballots.filter(choice__isnull=False, is_set_aside=False)
    _move(reader, given, -1 if held else +1)
    ballots.update(is_held=held)


def set_ballots_aside(burst: Burst, aside: bool) -> None:
    """Takes every ballot of a burst out of the counts, or puts those in that nothing else holds.

    Must run in a transaction that holds the locks of their readers.
    """
    ballots = Ballot.objects.filter(burst=burst, is_set_aside=not aside)
    given = ballots.filter(choice__isnull=False, is_held=False)
    shard = {"shard": F("reader_id") % SHARDS}
    moved = given.annotate(**shard).values_list("choice_id", "stage", "shard")
    for choice_id, stage, number, count in moved.annotate(count=Count("pk")).order_by(
        "choice_id", "stage", "shard"
    ):
        _add(-count if aside else count, choice_id=choice_id, stage=stage, shard=number)
    if ballots.update(is_set_aside=aside):
        touch(burst.discussion_id)


def drop_ballots(reader: Reader) -> None:
    """Withdraws every ballot of a reader, the held ones too; as `hold_ballots`."""
    given = Ballot.objects.filter(reader=reader, choice__isnull=False)
    _move(reader, given.counted(), -1)
    given.update(choice=None)


def _move(reader: Reader, ballots: QuerySet[Ballot], delta: int) -> None:
    on = set()
    rows = ballots.order_by("choice_id").values_list("choice_id", "stage", "question__discussion")
    for choice_id, stage, discussion_id in rows:
        BallotTally.objects.move(delta, choice_id=choice_id, stage=stage, shard=shard_of(reader.pk))
        on.add(discussion_id)
    for discussion_id in on:
        touch(discussion_id)


def _counted(ballot: Ballot | None) -> int | None:
    if ballot is None or ballot.is_held or ballot.is_set_aside:
        return None
    return ballot.choice_id
