"""What a page says of how its discussion is kept."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polls.models import Discussion
from polls.queries.decisions import written

MINUTE = 60


def kept_words(discussion: Discussion) -> list[str]:
    """What whoever writes here should know of how it is kept, a sentence each."""
    is_read_first = discussion.state == Discussion.State.READ_FIRST
    sentences = (
        _("A moderator reads every comment here before it appears.") if is_read_first else "",
        slow_words(discussion),
        closing_words(discussion),
    )
    return [sentence for sentence in sentences if sentence]


def closing_words(discussion: Discussion) -> str:
    """“This discussion closes on 3 May 2026, 12:00.”; "" for one that does not by itself."""
    if discussion.closes_at is None:
        return ""
    return _("This discussion closes on %s.") % written(discussion.closes_at)


def slow_words(discussion: Discussion) -> str:
    """“Slow mode: one comment every 5 minutes.”; "" at the usual speed."""
    seconds = discussion.slow_seconds
    if not seconds:
        return ""
    if seconds % MINUTE:
        words = ngettext(
            "Slow mode: one comment a second.",
            "Slow mode: one comment every %(number)s seconds.",
            seconds,
        )
        return words % {"number": seconds}
    words = ngettext(
        "Slow mode: one comment a minute.",
        "Slow mode: one comment every %(number)s minutes.",
        seconds // MINUTE,
    )
    return words % {"number": seconds // MINUTE}
