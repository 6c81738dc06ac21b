"""How long ago something was, in words, and until when those words are true."""

from datetime import datetime, timedelta

from django.utils.timesince import timesince
from django.utils.translation import gettext as _

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def age(moment: datetime, now: datetime) -> tuple[str, datetime]:
    """ "just now", "3 minutes ago", and when to say otherwise. In one unit, rounded down."""
    since = moment.replace(microsecond=0)  # timesince counts in whole seconds
    past = now - since
    if past < MINUTE:
        return _("just now"), since + MINUTE
    # Longer units begin at a whole number of days, so to ask again each day is often enough.
    unit = MINUTE if past < HOUR else HOUR if past < DAY else DAY
    words = _("%s ago") % timesince(since, now, depth=1)
    return words, since + (past // unit + 1) * unit
