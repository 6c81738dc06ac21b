"""The pages kept ready-made in this process: when one is sent as it is, when it is made anew.

A page is checked by its version (`explainer/stored.py`), which is read before the page is drawn: an
act that falls between is seen at the next check. Everything here belongs to the event loop, so
there is nothing to lock; what asks the database runs in threads.
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from weakref import WeakSet

from django.db import DatabaseError, InterfaceError

from explainer.serving.bridge import Answer
from explainer.serving.pages import Page, make_page, may_be_kept
from explainer.serving.threads import BusyError, Threads
from explainer.stored import Key

MOST_BYTES = 48 * 1024 * 1024
# Seconds since the last check. With the second that a cache in front may keep a page, a vote is
# seen by others after two.
FRESH = 0.5  # sent as it is
USABLE = 1.0  # sent as it is while it is checked
REDRAW = 60  # seconds after which the words “3 minutes ago” are wrong
PATIENCE = 2  # seconds to wait for a check before the page is sent unchecked
LONGEST_STALE = 600  # seconds for which a page is sent unchecked
MOST_REFUSED = 1000  # addresses remembered as not to be kept

logger = logging.getLogger("explainer.serving")


@dataclass
class Counts:
    """What the pages of a process did since it began."""

    hits: int = 0
    stale: int = 0  # sent unchecked, since the database did not answer
    misses: int = 0  # drawn, or drawn anew
    pages: int = 0
    bytes: int = 0


_stores: WeakSet["Store"] = WeakSet()


def stats() -> dict[str, int]:
    """The counts of this process."""
    total = dict.fromkeys(asdict(Counts()), 0)
    for store in _stores:
        for name, number in asdict(store.counts).items():
            total[name] += number
    return total


class UnwellError(Exception):
    """The application answered that something is wrong with itself."""


class Store:
    """Pages by key, the least recently asked for at the front.

    `version(key)` says what a page is made of (None: not to be kept), `draw(key)` makes it; both
    ask the database. `checks` is for the short work on pages that are kept, `threads` for the rest,
    so that a page everybody asks for never waits behind one that nobody has asked for before.
    """

    def __init__(
        self,
        *,
        version: Callable[[Key], str | None],
        draw: Callable[[Key], Answer],
        checks: Threads,
        threads: Threads,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.version, self.draw, self.now = version, draw, now
        self.checks, self.threads = checks, threads
        self.counts = Counts()
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self._renewals: dict[Key, asyncio.Task[Page | None]] = {}
        self._refused: dict[Key, float] = {}
        _stores.add(self)

    def ready(self, key: Key) -> Page | None:
        """The page if it can be sent without waiting; a check is begun when one is due."""
        page = self._pages.get(key)
        if page is None:
            return None
        now = self.now()
        if now - page.checked_at >= (LONGEST_STALE if page.is_stale else USABLE):
            return None
        if now - page.tried_at >= FRESH:
            self._renewal(key)
        self._pages.move_to_end(key)
        self._count(page)
        return page

    async def find(self, key: Key) -> Page | None:
        """The page after a check, drawn if need be; None when Django is to answer."""
        if self._is_refused(key):
            return None
        kept = self._pages.get(key)
        renewal = asyncio.shield(self._renewal(key))
        try:
            page = await asyncio.wait_for(renewal, PATIENCE if kept else None)
        except TimeoutError:
            page = self._unchecked(key, kept)
        if page:
            self._count(page)
        return page

    def _renewal(self, key: Key) -> asyncio.Task[Page | None]:
        """The one renewal of a page that is under way, begun if there is none."""
        task = self._renewals.get(key)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._renew(key))
            self._renewals[key] = task
            task.add_done_callback(lambda _task: self._renewals.pop(key, None))
        return task

    async def _renew(self, key: Key) -> Page | None:
        kept, began = self._pages.get(key), self.now()
        known = kept.version if kept and began - kept.drawn_at < REDRAW else ""
        threads = self.checks if kept else self.threads
        try:
            version, made = await threads.run(self._look, key, known)
        except (DatabaseError, InterfaceError, BusyError, UnwellError):
            return self._unchecked(key, kept)
        if version is None:
            self._refuse(key)
            return None
        if made:
            self.counts.misses += 1
            self._keep(key, made)
        page = made or kept
        page.checked_at = page.tried_at = began
        page.is_stale = False
        return page

    def _look(self, key: Key, known: str) -> tuple[str | None, Page | None]:
        """In a thread: the version of a page, and the page unless `known` is its version."""
        version, began = self.version(key), self.now()
        if version is None or version == known:
            return version, None
        answer = self.draw(key)
        if answer.status >= 500:
            raise UnwellError
        if not may_be_kept(answer):
            return None, None
        return version, make_page(answer, version, began)

    def _unchecked(self, key: Key, page: Page | None) -> Page | None:
        """The page as it was, while it is not too old: the database did not answer."""
        if page is None:
            return None
        if not page.is_stale:
            logger.warning("Pages are sent unchecked: the database does not answer.")
        page.is_stale, page.tried_at = True, self.now()
        return page if page.tried_at - page.checked_at < LONGEST_STALE else None

    def _keep(self, key: Key, page: Page) -> None:
        self._forget(key)
        self._refused.pop(key, None)
        self._pages[key] = page
        self.counts.bytes += page.size
        while self.counts.bytes > MOST_BYTES:
            self._forget(next(iter(self._pages)))
        self.counts.pages = len(self._pages)

    def _forget(self, key: Key) -> None:
        page = self._pages.pop(key, None)
        if page:
            self.counts.bytes -= page.size
            self.counts.pages = len(self._pages)

    def _refuse(self, key: Key) -> None:
        self._forget(key)
        if len(self._refused) >= MOST_REFUSED:
            self._refused.clear()
        self._refused[key] = self.now()

    def _is_refused(self, key: Key) -> bool:
        """Whether it has just been found that the page is not to be kept."""
        found_at = self._refused.get(key)
        return found_at is not None and self.now() - found_at < FRESH

    def _count(self, page: Page) -> None:
        if page.is_stale:
            self.counts.stale += 1
        else:
            self.counts.hits += 1
