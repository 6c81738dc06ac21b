"""A reader finds that a comment breaks the rules."""

from django.utils.translation import gettext as _

from polls.actions import limits
from polls.actions._comments import lock_comment
from polls.actions._reports import count_open, hold_if_reported
from polls.actions.readers import act, lock_reader
from polls.errors import NotAllowed, Refused
from polls.models import Comment, Reader, Report
from polls.rules import moderation, text
from polls.rules.limits import REPORTS, REPORTS_OF_ADDRESS, REPORTS_OF_PLACE

State = Comment.State
NOTE_MOST = Report._meta.get_field("note").max_length


def report_comment(
    *, comment: Comment, reader: Reader, reason: str, note: str = "", address: str | None = None
) -> Report:
    """Stores a report, the only one of this reader on a comment: a second one changes nothing.

    Enough open reports of different readers hold the comment until a moderator has looked; of those
    from one `address` the first of a day alone counts for that (None: it came over no network).
    Raises Refused for a reason that there is not, NotAllowed for one's own comment or one that is
    gone, TooSoon for speed.
    """
    if reason not in moderation.REASONS:
        raise Refused(_("Choose what is wrong with it."), field="reason")
    note = text.clean_line(note, least=0, most=NOTE_MOST, field="note")
    # Whatever needs no lock comes before the transaction.
    house = limits.house_of(address)
    return _report(comment=comment, reader=reader, reason=reason, note=note, house=house)


@act
def _report(
    *, comment: Comment, reader: Reader, reason: str, note: str, house: str | None
) -> Report:
    row = lock_reader(reader)
    said = Report.objects.filter(comment=comment, reader=row).first()
    if said:
        return said
    is_echo = _count(comment, row, house)
    comment = lock_comment(comment)
    if comment.reader_id == row.pk:
        raise NotAllowed(_("This comment is your own: you can delete it."))
    if comment.state != State.PUBLISHED:
        raise NotAllowed(_("This comment is not on the page any more."))
    report = Report.objects.create(
        comment=comment, reader=row, reason=reason, note=note, is_echo=is_echo
    )
    count_open(comment)
    hold_if_reported(comment)
    return report


def _count(comment: Comment, reader: Reader, house: str | None) -> bool:
    """Counts a report, and says whether its place has reported the comment before."""
    own = (REPORTS, f"r{reader.pk}")
    if house is None:
        limits.check(*own)
        return False
    here = (REPORTS_OF_PLACE, f"c{comment.pk} {house}")
    of_reader, of_place, of_address = limits.count_all(own, here, (REPORTS_OF_ADDRESS, house))
    limits.refuse(of_reader)
    limits.refuse(of_address)
    return of_place.is_over
