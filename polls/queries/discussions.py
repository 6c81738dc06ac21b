"""What a page says of how its discussion is kept."""

from django.utils.translation import ngettext

from polls.models import Discussion

MINUTE = 60


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
