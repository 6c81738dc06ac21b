"""What the numbers of the camps count, in words that stand beside them."""

from django.utils.translation import gettext as _

from polls.models import Choice


def note_of_camp(camp: Choice, count: int, *, is_ranked: bool) -> str:
    """Above the threads of one camp: its number is of comments, and not all begin a thread."""
    words = {"count": f"{count:,}", "camp": camp.label}
    said = _(
        "%(count)s comments are marked %(camp)s. Below are the threads that begin with one of them."
    )
    return f"{said % words} {_ranked(camp.key)}" if is_ranked else said % words


def note_of_view() -> str:
    """The same above the camps below each other."""
    return _(
        "Each number counts the comments marked so. Below it are the threads that begin with one "
        "of them."
    )


def _ranked(camp: str) -> str:
    """By whose votes they are ordered."""
    words = {
        "enraged": _("They stand in the order in which enraged readers value them."),
        "sad": _("They stand in the order in which sad readers value them."),
        "happy": _("They stand in the order in which happy readers value them."),
    }
    return words[camp]
