"""Making a discussion and keeping its page's facts on it."""

from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polls.actions._log import note
from polls.actions._reader_locks import hold_all_acts
from polls.actions.questions import make_questions
from polls.actions.revisions import touch
from polls.errors import Refused
from polls.models import Ballot, Comment, Discussion, Favourite
from polls.queries.decisions import written

SLOWEST = 3600  # seconds between two comments of a reader
LONGEST = 3650  # days until a discussion closes


@transaction.atomic
def open_discussion(
    *, key: str, title: str, subject: str, url: str, opens_at: datetime | None, intent_prompt: str
) -> Discussion:
    """Makes the discussion of a page, with its reaction and intent questions."""
    discussion = Discussion.objects.create(
        key=key, title=title, subject=subject, url=url, opens_at=opens_at
    )
    make_questions(discussion, intent_prompt=intent_prompt)
    return discussion


def update_discussion(discussion: Discussion, **facts: object) -> Discussion:
    """Keeps title, address, key and opening time in step with the page. Writes only changes."""
    changed = [name for name, value in facts.items() if getattr(discussion, name) != value]
    for name in changed:
        setattr(discussion, name, facts[name])
    if changed:
        discussion.save(update_fields=changed)
        touch(discussion.pk)
    return discussion


@transaction.atomic
def set_discussion_state(*, discussion: Discussion, state: str, actor: AbstractUser) -> Discussion:
    """Opens, closes or hides a discussion, or has every comment read first. Logged when it moves.

    Raises Refused for a state there is not.
    """
    if state not in Discussion.State.values:
        raise Refused(_("There is no such state."))
    if discussion.state != state:
        update_discussion(discussion, state=state)
        note(f"discussion_{state}", actor=actor, discussion=discussion, reason=discussion.title)
    return discussion


@transaction.atomic
def set_slow_mode(*, discussion: Discussion, actor: AbstractUser, seconds: int) -> Discussion:
    """Has every reader wait so many seconds between two comments here; 0 for the usual limits."""
    if not 0 <= seconds <= SLOWEST:
        raise Refused(_("Choose between 0 and {most} seconds."), field="seconds", most=SLOWEST)
    if discussion.slow_seconds != seconds:
        update_discussion(discussion, slow_seconds=seconds)
        told = ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
        note("slow_mode", actor=actor, discussion=discussion, reason=told)
    return discussion


@transaction.atomic
def close_after(*, discussion: Discussion, actor: AbstractUser, days: int | None) -> Discussion:
    """Has a discussion close by itself so many days after it became public; None for never.

    Raises Refused (field "days") for a day that is past: to close it now is another act.
    """
    if days is not None and not 1 <= days <= LONGEST:
        raise Refused(_("Choose between 1 and {most} days."), field="days", most=LONGEST)
    _check_is_to_come(discussion, days)
    if discussion.close_after_days != days:
        update_discussion(discussion, close_after_days=days)
        told = ngettext("%(count)d day", "%(count)d days", days or 0) % {"count": days or 0}
        note("close_after", actor=actor, discussion=discussion, reason=told if days else _("never"))
    return discussion


def _check_is_to_come(discussion: Discussion, days: int | None) -> None:
    if days is None or discussion.opens_at is None or discussion.close_after_days == days:
        return
    closes_at = discussion.opens_at + timedelta(days=days)
    if closes_at <= timezone.now():
        sentence = _(
            "That would have been on {day}, counted from the day its page became public. "
            "Choose more days; to close it now, set its state."
        )
        raise Refused(sentence, field="days", day=written(closes_at))


def is_in_use(discussion: Discussion) -> bool:
    """Whether anybody ever answered, commented or named a work here, even if they took it back."""
    here = Discussion.objects.filter(pk=discussion.pk)
    used = (
        Exists(Ballot.objects.filter(question__discussion=OuterRef("pk")))
        | Exists(Comment.objects.filter(discussion=OuterRef("pk")))
        | Exists(Favourite.objects.filter(discussion=OuterRef("pk")))
    )
    return here.filter(used).exists()


@transaction.atomic
def delete_discussion(*, discussion: Discussion) -> None:
    """Deletes a discussion that nobody used. Raises Refused for one with answers or comments."""
    # As for its bursts: first the discussion, to which rows may refer meanwhile, then the readers.
    Discussion.objects.select_for_update(no_key=True).filter(pk=discussion.pk).first()
    hold_all_acts()  # a first answer under way stands by then, and a later one finds nothing here
    if is_in_use(discussion):
        raise Refused(_("Readers have answered or commented here, so it cannot be deleted."))
    discussion.delete()
