"""The pages that a process keeps, and the addresses that it has found not to be kept. Bounded."""

from collections import OrderedDict
from dataclasses import asdict, dataclass
from weakref import WeakSet

from explainer.serving.pages import Page
from explainer.stored import Key

MOST_BYTES = 48 * 1024 * 1024
MOST_REFUSED = 1000  # addresses remembered as not to be kept


@dataclass
class Counts:
    """What the pages of a process did since it began."""

    hits: int = 0
    stale: int = 0  # sent unchecked, since the database did not answer
    misses: int = 0  # drawn, or drawn anew
    pages: int = 0
    bytes: int = 0


_shelves: WeakSet["Shelf"] = WeakSet()


def stats() -> dict[str, int]:
    """The counts of this process."""
    total = dict.fromkeys(asdict(Counts()), 0)
    for shelf in _shelves:
        for name, number in asdict(shelf.counts).items():
            total[name] += number
    return total


class Shelf:
    """Pages by key, the least recently asked for at the front."""

    def __init__(self) -> None:
        self.counts = Counts()
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self._refused: dict[Key, float] = {}
        _shelves.add(self)

    def get(self, key: Key) -> Page | None:
        """The page as it is kept, whatever its age."""
        return self._pages.get(key)

    def keep(self, key: Key, page: Page) -> None:
        """Puts a page there that was drawn; what nobody has asked for lately makes room."""
        self.counts.misses += 1
        self.forget(key)
        self._refused.pop(key, None)
        self._pages[key] = page
        self.counts.bytes += page.size
        while self.counts.bytes > MOST_BYTES:
            self.forget(next(iter(self._pages)))
        self.counts.pages = len(self._pages)

    def sent(self, key: Key, page: Page) -> None:
        """Counts a page that is sent, and remembers that it was asked for."""
        if key in self._pages:
            self._pages.move_to_end(key)
        if page.is_stale:
            self.counts.stale += 1
        else:
            self.counts.hits += 1

    def forget(self, key: Key) -> None:
        """Takes a page away, if it is there."""
        page = self._pages.pop(key, None)
        if page:
            self.counts.bytes -= page.size
            self.counts.pages = len(self._pages)

    def refuse(self, key: Key, now: float) -> None:
        """Remembers since when a page is known as not to be kept."""
        self.forget(key)
        if len(self._refused) >= MOST_REFUSED:
            self._refused.clear()
        self._refused[key] = now

    def refused_at(self, key: Key) -> float | None:
        """When it was found last that a page is not to be kept; None when it was not."""
        return self._refused.get(key)
