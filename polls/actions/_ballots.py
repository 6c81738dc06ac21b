"""The only code that touches a ballot and its count."""

from django.db.models import QuerySet

from polls.actions.revisions import touch
from polls.models import Ballot, BallotTally, Choice, Question, Reader
from polls.models.tallies import shard_of
from polls.rules import voting


def cast(
    *, question: Question, reader: Reader, stage: str, choice: Choice | None, hold: bool
) -> Ballot | None:
    """Writes one ballot and moves the counts; `choice` None withdraws.

    Must run in a transaction that holds the reader's lock: that is what makes "the answer this
    reader gave before" a fact. Giving the same answer again changes nothing. A ballot that was
    held stays held.
    """
    same = {"question": question, "reader": reader, "stage": stage}
    old = Ballot.objects.filter(**same).first()
    if (old.choice_id if old else None) == (choice.pk if choice else None):
        return old
    new = Ballot(**same, choice=choice, is_held=hold or bool(old and old.is_held))
    Ballot.objects.bulk_create(
        [new],
        update_conflicts=True,
        unique_fields=["question", "reader", "stage"],
        update_fields=["choice", "is_held", "changed_at"],
    )
    # In the order of the choices: two readers who swap answers must not wait for each other.
    for choice_id, delta in sorted(voting.moves(_counted(old), _counted(new)).items()):
        BallotTally.objects.move(delta, choice_id=choice_id, stage=stage, shard=shard_of(reader.pk))
    touch(question.discussion_id)
    return new


def hold_ballots(reader: Reader, held: bool) -> None:
    """Takes every ballot of a reader out of the counts, or puts all of them in.

    Must run in a transaction that holds the reader's lock.
    """
    ballots = Ballot.objects.filter(reader=reader, is_held=not held)
    _move(reader, ballots.filter(choice__isnull=False), -1 if held else +1)
    ballots.update(is_held=held)


def drop_ballots(reader: Reader) -> None:
    """Withdraws every ballot of a reader, the held ones too; as `hold_ballots`."""
    given = Ballot.objects.filter(reader=reader, choice__isnull=False)
    _move(reader, given.filter(is_held=False), -1)
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
    return None if ballot is None or ballot.is_held else ballot.choice_id
