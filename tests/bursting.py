"""A page with a past, and brigades: made the way readers make them, at the moments they would."""

from datetime import timedelta

from django.utils import timezone

from polls.actions.questions import answer_question
from polls.models import Ballot, Burst, Comment, CommentVote, Discussion, Reader
from polls.models.questions import REACTION, Stage
from tests import factories

# A network kept for documentation, and addresses in it.
NETWORK = "192.0.2.{}"
HALF_HOUR = timedelta(minutes=30)


def past(discussion: Discussion, **counts: int) -> None:
    """Answers of the last days, one each half hour, from as many places."""
    factories.crowd(discussion, **{camp: (0, count) for camp, count in counts.items()})
    rows = Ballot.objects.filter(question__discussion=discussion).order_by("pk")
    _spread(list(rows))


def past_votes(comment: Comment, **camps: tuple[int, int]) -> Comment:
    """(yes, no) of each camp in the last days."""
    factories.vote_much(comment, **camps)
    _spread(list(comment.votes.order_by("pk")))
    voters = comment.votes.values("reader")
    _spread(list(Ballot.objects.filter(question__discussion=comment.discussion, reader__in=voters)))
    return comment


def _spread(rows: list) -> None:
    latest = timezone.now() - timedelta(hours=3)
    for n, row in enumerate(rows):
        row.changed_at, row.source = latest - n * HALF_HOUR, f"place {row.pk}"
    if rows:
        type(rows[0]).objects.bulk_update(rows, ["changed_at", "source"])


def brigade(
    discussion: Discussion,
    heads: int,
    camp: str = "happy",
    *,
    network: str = NETWORK,
    question: str = REACTION,
) -> list[Reader]:
    """So many new readers of one network give one answer, all at once."""
    readers = factories.make_readers(heads)
    asked = factories.question_of(discussion, question)
    for n, reader in enumerate(readers):
        answer_question(
            question=asked,
            choice_key=camp,
            stage=Stage.AFTER,
            reader=reader,
            address=network.format(n % 250 + 1),
        )
    return readers


def strangers(discussion: Discussion, **counts: int) -> list[Reader]:
    """So many new readers give each answer, each from a network of their own."""
    readers = []
    for camp, count in counts.items():
        for _ in range(count):
            number = factories.number()
            network = f"198.{18 + number // 250 % 2}.{number % 250}.1"
            readers += brigade(discussion, 1, camp, network=network)
    return readers


def vote_brigade(comment: Comment, readers: list[Reader], said: str = "good") -> None:
    """All of them say the same of a comment, from one network."""
    for reader in readers:
        factories.vote(comment, reader, said)
    CommentVote.objects.filter(comment=comment, reader__in=readers).update(source="one place")


def the_burst() -> Burst:
    """The only one there is."""
    return Burst.objects.select_related("discussion", "question").get()
