"""What topics and works share: the keys under which wordings are found, and merging them."""

from django.utils.translation import gettext as _

from polls.errors import Refused
from polls.models import ModerationEntry, Topic, TopicAlias, Work

KEY_MOST = TopicAlias._meta.get_field("key").max_length
REASON_MOST = ModerationEntry._meta.get_field("reason").max_length


def fitting_key(key: str) -> str:
    """The key as it is; Refused when it is too long to store.

    A title of 120 characters may have a longer key: one Arabic ligature is eighteen letters.
    """
    if len(key) > KEY_MOST:
        raise Refused(_("Write this with fewer characters."), field="title")
    return key


def merged_sentence(source: Topic | Work, target: Topic | Work) -> str:
    """What the log says of a merge."""
    entry = _("“%(source)s” into “%(target)s”") % {"source": source, "target": target}
    return entry if len(entry) <= REASON_MOST else f"{entry[: REASON_MOST - 1]}…"
