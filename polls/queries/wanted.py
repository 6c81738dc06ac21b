"""What an address asks of the comments, and the address that asks it."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy

from polls.models import Discussion

BEST, NEWEST, OLDEST = "best", "newest", "oldest"
ORDERS = {
    BEST: gettext_lazy("Best"),
    NEWEST: gettext_lazy("Newest"),
    OLDEST: gettext_lazy("Oldest"),
}
# The three camps beside each other: a view, never a stored layout.
BY_REACTION = "reaction"

# With fewer comments nothing can be said of what is best, and what is new is soon read.
BEST_FROM = 10


@dataclass(frozen=True)
class Wanted:
    """What an address asks for; what it leaves out asks for the default.

    `after` and `before` name the comment next to which the page begins or ends, `open` one to land
    on, `reply` one to answer; `results` asks for the counts without answering.
    """

    order: str = ""
    view: str = ""
    camp: str = ""
    page: int = 1
    after: int | None = None
    before: int | None = None
    open: int | None = None
    reply: int | None = None
    results: bool = False

    @property
    def named(self) -> int | None:
        """The comment that the page is asked for."""
        return self.open or self.reply

    @property
    def is_somewhere(self) -> bool:
        """Whether it asks for a place in the talk, not for its beginning."""
        return self.page > 1 or any((self.after, self.before, self.open, self.reply))

    def settled(self, total: int) -> "Wanted":
        """The same with nothing left open, for a discussion of so many comments."""
        order = self.order or (BEST if total >= BEST_FROM else NEWEST)
        view = "" if self.camp or self.is_somewhere else self.view
        return replace(self, order=order, view=view)


PLAIN = Wanted()
NAMES = {"open": "comment"}


def link(discussion: Discussion, wanted: Wanted = PLAIN, **changes: object) -> str:
    """The address at which that is shown: `link(discussion, order="oldest", page=2)`.

    What is the default is left out, unless it is asked for by name.
    """
    asked = replace(wanted, **changes)
    given = {
        NAMES.get(name, name): int(value) if isinstance(value, bool) else value
        for name, value in vars(asked).items()
        if value and (name in changes or value != getattr(PLAIN, name))
    }
    anchor = f"#c{asked.named}" if asked.named else "#comments"
    return f"{discussion.url}{'?' if given else ''}{urlencode(given)}{anchor}"


def news_query(total: int, wanted: Wanted) -> str:
    """What the address of what is new asks for, on a page that was drawn with so many comments."""
    return f"since={total}&results=1" if wanted.results else f"since={total}"
