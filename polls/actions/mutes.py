"""A reader does not want to read another. Nobody else notices."""

from django.utils.translation import gettext as _

from polls.actions.readers import act, lock_reader
from polls.errors import Refused
from polls.models import Comment, Mute, Reader


@act
def mute_author(*, comment: Comment, reader: Reader) -> Mute:
    """Folds, for this reader, everything that the author of a comment says; twice is once."""
    row = lock_reader(reader)
    if comment.reader_id == row.pk:
        raise Refused(_("This comment is your own."))
    mute, _made = Mute.objects.get_or_create(reader=row, muted_id=comment.reader_id)
    return mute


@act
def unmute_reader(*, reader: Reader, muted_id: int) -> None:
    """Shows this reader again what somebody says."""
    if not reader.is_new:
        Mute.objects.filter(reader=reader, muted_id=muted_id).delete()
