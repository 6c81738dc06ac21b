"""What the closing card says to who has answered it."""

from django.utils.translation import gettext as _


def heading(camp: str, subject: str) -> str:
    """What the card says to a reader of that camp."""
    headings = {
        "enraged": _("You are enraged by %s"),
        "sad": _("You are sad about %s"),
        "happy": _("You are happy with %s"),
    }
    return headings.get(camp, _("Your answer on %s: none of these")) % subject


def status(total: int, count: int | None) -> str:
    """How many of the `total` said the same, `count` being None while that is not to be said."""
    if total <= 1:
        return _("Saved. You are the first.")
    if count is None:
        return _("Saved. Counts appear once 5 readers have answered.")
    words = {"count": count, "total": total}
    return _("Saved. So are %(count)s of the %(total)s readers who answered.") % words
