"""Sanctions: a moderator warns, suspends or blocks a reader, or has them read first."""

from datetime import timedelta
from functools import partial

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polls.actions._ballots import drop_ballots, hold_ballots
from polls.actions._log import is_repeat, note
from polls.actions._topic_votes import drop_topic_votes, hold_topic_votes
from polls.actions._votes import drop_votes, hold_votes
from polls.errors import Refused, gettext_noop
from polls.models import Reader
from polls.rules.text import clean_line

WARNING_MOST = Reader._meta.get_field("warning").max_length
REASON_MOST = Reader._meta.get_field("blocked_reason").max_length
MOST_DAYS = 365  # longer is a block, and should say so

# What may become of a blocked reader's answers and votes.
VOTES = {
    "keep": (),
    "hold": tuple(
        partial(hold, held=True) for hold in (hold_ballots, hold_votes, hold_topic_votes)
    ),
    "withdraw": (drop_ballots, drop_votes, drop_topic_votes),
}
# The same in the log, behind the reason.
VOTES_TOLD = {
    "keep": gettext_noop("answers and votes left in the counts"),
    "hold": gettext_noop("answers and votes set aside until the block ends"),
    "withdraw": gettext_noop("answers and votes withdrawn for good"),
}


@transaction.atomic
def block_reader(
    *, reader: Reader, actor: AbstractUser | None, reason: str, votes: str = "keep"
) -> Reader:
    """Refuses every later act of a reader. What they said stays as it is.

    What they answered and voted stays counted ("keep"), is out of the counts until they are
    unblocked ("hold"), or is withdrawn for good ("withdraw"). Raises Refused for the staff: they
    are stopped by their permissions.
    """
    if votes not in VOTES:
        raise Refused(_("Choose what becomes of their votes."), field="votes")
    reason = clean_line(reason, least=1, most=REASON_MOST, field="reason")
    row = _judged(reader)
    told = f"{reason} ({_(VOTES_TOLD[votes])})"
    is_told = row.blocked_at and is_repeat("block_reader", actor=actor, reason=told, reader=row)
    row.blocked_at, row.blocked_reason = timezone.now(), reason
    row.save(update_fields=["blocked_at", "blocked_reason"])
    for move in VOTES[votes]:
        move(row)
    if not is_told:
        note("block_reader", actor=actor, reader=row, reason=told)
    return _told(reader)


@transaction.atomic
def unblock_reader(*, reader: Reader, actor: AbstractUser | None) -> Reader:
    """Lets a blocked reader act again, and counts again what was held of theirs."""
    row = _locked(reader)
    if not row.blocked_at:
        return _told(reader)
    row.blocked_at, row.blocked_reason = None, ""
    row.save(update_fields=["blocked_at", "blocked_reason"])
    for hold in (hold_ballots, hold_votes, hold_topic_votes):
        hold(row, False)
    note("unblock_reader", actor=actor, reader=row)
    return _told(reader)


@transaction.atomic
def warn_reader(*, reader: Reader, actor: AbstractUser | None, text: str) -> Reader:
    """Tells a reader something; it is shown to them until they say that they have read it."""
    row = _judged(reader)
    text = clean_line(text, least=1, most=WARNING_MOST, field="text")
    if is_repeat("warn_reader", actor=actor, reason=text, reader=row):
        return _told(reader)
    row.warning = text
    row.save(update_fields=["warning"])
    note("warn_reader", actor=actor, reader=row, reason=row.warning)
    return _told(reader)


@transaction.atomic
def suspend_reader(*, reader: Reader, actor: AbstractUser | None, days: int, reason: str) -> Reader:
    """Refuses every act of a reader for so many days from now."""
    if not 1 <= days <= MOST_DAYS:
        raise Refused(_("Choose between 1 and {most} days."), field="days", most=MOST_DAYS)
    reason = clean_line(reason, least=1, most=REASON_MOST, field="reason")
    row = _judged(reader)
    told = ngettext("%(count)d day: %(reason)s", "%(count)d days: %(reason)s", days)
    told %= {"count": days, "reason": reason}
    if row.suspended_until and is_repeat("suspend_reader", actor=actor, reason=told, reader=row):
        return _told(reader)
    row.suspended_until, row.suspended_reason = timezone.now() + timedelta(days=days), reason
    row.save(update_fields=["suspended_until", "suspended_reason"])
    note("suspend_reader", actor=actor, reader=row, reason=told)
    return _told(reader)


@transaction.atomic
def lift_suspension(*, reader: Reader, actor: AbstractUser | None) -> Reader:
    """Lets a suspended reader act again before their time."""
    row = _locked(reader)
    if row.suspended_until:
        row.suspended_until, row.suspended_reason = None, ""
        row.save(update_fields=["suspended_until", "suspended_reason"])
        note("lift_suspension", actor=actor, reader=row)
    return _told(reader)


@transaction.atomic
def set_read_first(*, reader: Reader, actor: AbstractUser | None, on: bool) -> Reader:
    """Has every comment of a reader read first, whatever they have earned; or no longer."""
    row = _judged(reader) if on else _locked(reader)
    if row.is_read_first != on:
        row.is_read_first = on
        row.save(update_fields=["is_read_first"])
        note("read_first" if on else "stop_read_first", actor=actor, reader=row)
    return _told(reader)


def _locked(reader: Reader) -> Reader:
    """The row as it is now, behind whatever the reader is doing."""
    rows = Reader.objects.select_related("user").select_for_update(of=("self",), no_key=True)
    return rows.get(pk=reader.pk)


def _judged(reader: Reader) -> Reader:
    row = _locked(reader)
    if row.is_staff:
        raise Refused(_("Somebody on the staff is not judged here: change their permissions."))
    return row


def _told(reader: Reader) -> Reader:
    """The row that was given, as it stands now."""
    reader.refresh_from_db()
    return reader
