"""How readers' comments fared so far: what a moderator is told of somebody."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from polls.models import Comment, ModerationEntry, Reader
from polls.queries.removals import removed

State = Comment.State


@dataclass
class Record:
    """How a reader's comments fared so far."""

    since: datetime
    published: int = 0
    waiting: int = 0
    removed: int = 0
    warnings: int = 0

    @property
    def is_first(self) -> bool:
        return self.published + self.waiting + self.removed <= 1


def records_of(readers: dict[int, Reader]) -> dict[int, Record]:
    """How the comments of readers fared, and how often each was warned."""
    records = {pk: Record(since=reader.created_at) for pk, reader in readers.items()}
    by_state = Comment.objects.filter(reader__in=readers).values_list("reader_id").order_by()
    for reader, published, held in by_state.annotate(
        published=Count("id", filter=Q(state=State.PUBLISHED)),
        held=Count("id", filter=Q(state=State.PENDING)),
    ):
        records[reader].published, records[reader].waiting = published, held
    for reader, count in removed(by_state).annotate(n=Count("id")):
        records[reader].removed = count
    warned = ModerationEntry.objects.filter(reader__in=readers, act="warn_reader")
    for reader, count in warned.values_list("reader_id").annotate(n=Count("id")).order_by():
        records[reader].warnings = count
    return records


def record_of(reader: Reader) -> Record:
    """How one reader's comments fared so far."""
    return records_of({reader.pk: reader})[reader.pk]
