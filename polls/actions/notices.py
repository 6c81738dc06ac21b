"""Somebody holds a comment to be against the law, and tells us."""

from datetime import timedelta

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from polls.actions import limits
from polls.actions._comments import lock_comment
from polls.actions._log import note_comment
from polls.actions.moderation import DecidedAlready, decided
from polls.errors import Refused
from polls.models import Comment, Notice
from polls.rules import text
from polls.rules.limits import NOTICES
from polls.rules.moderation import UPHELD

NAME_MOST = Notice._meta.get_field("name").max_length
EMAIL_MOST = Notice._meta.get_field("email").max_length
ANSWER_MOST = Notice._meta.get_field("answer").max_length
EXPLANATION_LENGTH = (20, Notice._meta.get_field("explanation").max_length)

REPEAT_WINDOW = timedelta(days=1)


@transaction.atomic
def send_notice(
    *, comment: Comment, name: str, email: str, explanation: str, address: str
) -> Notice:
    """Stores a notice of illegal content; anybody may send one, with a name or without.

    The same words once more within a day are the same notice: a retry after a lost answer. Raises
    Refused for what cannot stand, TooSoon for more than a few a day from one address.
    """
    least, most = EXPLANATION_LENGTH
    explanation = text.clean_lines(explanation, least=least, most=most, field="explanation")
    name = text.clean_line(name, least=0, most=NAME_MOST, field="name")
    email = _clean_email(email)
    same = {"comment": comment, "name": name, "email": email, "explanation": explanation}
    # Held before the count, for which only notices wait: the same sent twice is seen as such.
    comment = lock_comment(comment)
    recently = timezone.now() - REPEAT_WINDOW
    if sent := Notice.objects.filter(**same, created_at__gt=recently).first():
        return sent
    limits.check(NOTICES, limits.address_hash(address))
    notice = Notice.objects.create(**same)
    note_comment("notice_received", comment, actor=None, notice=notice)
    return notice


def _clean_email(email: str) -> str:
    email = text.clean_line(email, least=0, most=EMAIL_MOST, field="email")
    try:
        if email:
            validate_email(email)
    except ValidationError as error:
        raise Refused(_("Write an email address like name@example.org."), field="email") from error
    return email


@transaction.atomic
def decide_notice(
    *, notice: Notice, actor: AbstractUser | None, upheld: bool, answer: str
) -> Notice:
    """Answers a notice: upheld, the comment leaves the page as illegal; else it stays as it is.

    Raises Refused when it is decided already, or without an answer: whoever sent it reads why.
    """
    answer = text.clean_line(answer, least=1, most=ANSWER_MOST, field="answer")
    comment = lock_comment(notice.comment)
    notice = Notice.objects.get(pk=notice.pk)
    if notice.decided_at:
        raise DecidedAlready
    act = "notice_upheld" if upheld else "notice_declined"
    entry = note_comment(
        act, comment, actor=actor, reason="illegal" if upheld else "", notice=notice
    )
    if upheld and comment.state in UPHELD:
        decided(comment, UPHELD[comment.state], "illegal", at=entry.created_at, by=actor)
    notice.decided_at, notice.is_upheld, notice.answer = entry.created_at, upheld, answer
    notice.save(update_fields=["decided_at", "is_upheld", "answer"])
    return notice
