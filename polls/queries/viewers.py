"""Who looks at a discussion, as far as it changes what they are shown."""

from dataclasses import dataclass

from polls.models import Ballot, Discussion, Mute, Reader, Report
from polls.models.questions import REACTION, Stage
from polls.rules.voting import CAMPS


@dataclass(frozen=True)
class Viewer:
    """A reader below one page: what they answered there, and whom they do not want to read.

    `reaction` is the key of their answer, "" for none yet.
    """

    reader: Reader
    reaction: str = ""
    muted: frozenset[int] = frozenset()

    @property
    def camp(self) -> str:
        return self.reaction if self.reaction in CAMPS else ""

    def is_author(self, reader_id: int) -> bool:
        return not self.reader.is_new and self.reader.pk == reader_id


def viewer_of(discussion: Discussion, reader: Reader) -> Viewer:
    """In two queries; in none for somebody who has only looked."""
    if reader.is_new:
        return Viewer(reader)
    ballots = Ballot.objects.filter(
        reader=reader,
        question__discussion=discussion,
        question__key=REACTION,
        stage=Stage.AFTER,
        choice__isnull=False,
    )
    muted = Mute.objects.filter(reader=reader).values_list("muted_id", flat=True)
    return Viewer(
        reader, ballots.values_list("choice__key", flat=True).first() or "", frozenset(muted)
    )


def reported_by(reader: Reader, comment_ids: list[int]) -> set[int]:
    """Which of these comments this reader has reported."""
    if reader.is_new or not comment_ids:
        return set()
    reports = Report.objects.filter(reader=reader, comment__in=comment_ids)
    return set(reports.values_list("comment_id", flat=True))
