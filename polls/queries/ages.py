"""How long ago something was, in words, and until when those words are true."""

from datetime import datetime, time, timedelta

from django.utils.timesince import timesince
from django.utils.translation import gettext as _

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def age(moment: datetime, now: datetime) -> tuple[str, datetime]:
    """ "just now", "3 minutes ago", and when to say otherwise. In one unit, rounded down."""
    since = moment.replace(microsecond=0)  # timesince counts in whole seconds
    past = now - since
    if past < MINUTE:
        return _("just now"), since + MINUTE
    # Longer units begin at a whole number of days, or, after a day that a month does not have, at
    # midnight: so to ask again at the next of either is often enough.
    unit = MINUTE if past < HOUR else HOUR if past < DAY else DAY
    words = _("%s ago") % timesince(since, now, depth=1)
    until = since + (past // unit + 1) * unit
    midnight = datetime.combine(now.date() + DAY, time(), now.tzinfo)
    return words, min(until, midnight) if unit is DAY else until
