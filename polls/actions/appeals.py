"""An author asks for a second look at a decision, once."""

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.utils.translation import gettext as _

from polls.actions._comments import PUBLISHED, lock_comment
from polls.actions._log import note_comment
from polls.actions.moderation import DecidedAlready, check_seen, decided
from polls.actions.readers import act, lock_reader
from polls.errors import NotAllowed
from polls.models import Appeal, Comment, Reader
from polls.rules import moderation, text

TEXT_LENGTH = (10, Appeal._meta.get_field("text").max_length)
ANSWER_MOST = Appeal._meta.get_field("answer").max_length


@act
def make_appeal(*, comment: Comment, reader: Reader, text: str) -> Appeal:
    """Stores why a decision should be looked at again. Also of a reader who is blocked.

    The same words once more are the same appeal: a retry after a lost answer.

    Raises NotAllowed for somebody else's comment, one that nobody removed, and a second time;
    Refused (field "text") for a text that cannot stand.
    """
    written = _clean(text)
    row = lock_reader(reader, even_blocked=True)
    comment = lock_comment(comment)
    sent = Appeal.objects.filter(comment=comment).first()
    if sent and comment.reader_id == row.pk and sent.text == written:
        return sent
    may = moderation.may_appeal(
        state=comment.state,
        held_reason=comment.held_reason,
        mine=comment.reader_id == row.pk,
        has_appealed=sent is not None,
    )
    if not may:
        raise NotAllowed(_("You can appeal once, when a moderator has removed your comment."))
    appeal = Appeal.objects.create(comment=comment, text=written)
    note_comment("appeal_received", comment, actor=None)
    return appeal


def _clean(written: str) -> str:
    least, most = TEXT_LENGTH
    return text.clean_lines(written, least=least, most=most, field="text")


@transaction.atomic
def decide_appeal(
    *,
    appeal: Appeal,
    actor: AbstractUser | None,
    granted: bool,
    answer: str = "",
    seen: str = "",
) -> Appeal:
    """Answers an appeal: granted, the comment is published; else it stays as it is.

    Raises Refused when it is decided already, when nothing is left to publish, or when the comment
    is not as the moderator saw it (`seen`, as in actions.moderation).
    """
    answer = text.clean_line(answer, least=0, most=ANSWER_MOST, field="answer")
    comment = lock_comment(appeal.comment)
    appeal = Appeal.objects.get(pk=appeal.pk)
    if appeal.decided_at:
        raise DecidedAlready
    check_seen(comment, seen)
    entry = note_comment(
        "appeal_granted" if granted else "appeal_declined", comment, actor=actor, reason=answer
    )
    if granted:
        decided(comment, PUBLISHED, "", at=entry.created_at, by=actor)
    Appeal.objects.filter(pk=appeal.pk).update(
        decided_at=entry.created_at, is_granted=granted, answer=answer, decided_by=actor
    )
    appeal.refresh_from_db()
    return appeal
