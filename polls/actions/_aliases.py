"""What topics and works share: the keys under which wordings are found, and merging them."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from polls.actions._reader_locks import lock_readers
from polls.errors import Closed, Refused
from polls.models import ModerationEntry, Topic, TopicAlias, Work

KEY_MOST = TopicAlias._meta.get_field("key").max_length
REASON_MOST = ModerationEntry._meta.get_field("reason").max_length


def fitting_key(key: str) -> str:
    """The key as it is; Refused when it is too long to store.

    A title of 120 characters may have a longer key: one Arabic ligature is eighteen letters.
    """
    if len(key) > KEY_MOST:
        raise Refused(_("Write this with fewer characters."), field="title")
    return key


def merged_sentence(source: Topic | Work, target: Topic | Work) -> str:
    """What the log says of a merge."""
    entry = _("“%(source)s” into “%(target)s”") % {"source": source, "target": target}
    return entry if len(entry) <= REASON_MOST else f"{entry[: REASON_MOST - 1]}…"


def hold(row: Topic | Work) -> None:
    """Brings a topic or a work up to date; nobody else changes it until the transaction ends.

    Raises Closed for one that is gone.
    """
    model = row.__class__
    try:
        row.refresh_from_db(from_queryset=model.objects.select_for_update(no_key=True))
    except model.DoesNotExist as error:
        raise Closed(_("“%s” was merged with another a moment ago.") % row) from error


def hold_for_merge(source: Topic | Work, target: Topic | Work, said: QuerySet) -> None:
    """Holds two topics or works, and before them the readers of `said`: of what is to be moved.

    In the order of every act, so that what they said moves under their locks. Both are brought up
    to date. Raises Refused when one of them is gone.
    """
    while not _held(source, target, said):
        pass  # the next round waits for whoever was in the way, with nothing in hand
    source.refresh_from_db()
    target.refresh_from_db()


@transaction.atomic
def _held(source: Topic | Work, target: Topic | Work, said: QuerySet) -> bool:
    """False, and nothing held, when somebody spoke up before both were and is busy again."""
    readers = lock_readers(said)
    both = source.__class__.objects.filter(pk__in=[source.pk, target.pk]).order_by("pk")
    if len(both.select_for_update()) < 2:
        raise Refused(_("One of the two was merged with another a moment ago."))
    late = set(said.values_list("reader_id", flat=True)) - readers
    if late == lock_readers(said.filter(reader__in=late), wait=False):
        return True
    transaction.set_rollback(True)
    return False
