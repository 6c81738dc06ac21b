"""A reader finds that a comment breaks the rules."""

from django.utils.translation import gettext as _

from polls.actions import limits
from polls.actions._comments import lock_comment, set_state
from polls.actions._log import note_comment
from polls.actions._reports import count_open
from polls.actions.readers import act, lock_reader
from polls.errors import NotAllowed, Refused
from polls.models import Comment, Reader, Report
from polls.rules import moderation, text
from polls.rules.limits import REPORTS

State = Comment.State
NOTE_MOST = Report._meta.get_field("note").max_length


@act
def report_comment(*, comment: Comment, reader: Reader, reason: str, note: str = "") -> Report:
    """Stores a report, the only one of this reader on a comment: a second one changes nothing.

    Enough open reports of different readers hold the comment until a moderator has looked. Raises
    Refused for a reason that there is not, NotAllowed for one's own comment or one that is gone.
    """
    if reason not in moderation.REASONS:
        raise Refused(_("Choose what is wrong with it."), field="reason")
    note = text.clean_line(note, least=0, most=NOTE_MOST, field="note")
    row = lock_reader(reader)
    said = Report.objects.filter(comment=comment, reader=row).first()
    if said:
        return said
    limits.check(REPORTS, f"r{row.pk}")
    comment = lock_comment(comment)
    if comment.reader_id == row.pk:
        raise NotAllowed(_("This comment is your own: you can delete it."))
    if comment.state != State.PUBLISHED:
        raise NotAllowed(_("This comment is not on the page any more."))
    report = Report.objects.create(comment=comment, reader=row, reason=reason, note=note)
    open_reports = count_open(comment)
    if moderation.is_held_by_reports(state=comment.state, open_reports=open_reports):
        note_comment("hold_comment", comment, actor=None, reason="reports")
        set_state(comment, State.PENDING, held_reason="reports", held_detail="")
    return report
