"""When a page that is kept ready-made is sent as it is, and when it is made anew.

A page is checked by its version (`explainer/stored.py`), which all pages at a path have in common:
one look serves them all. A page that is outdated is drawn anew when somebody asks for it, in the
order of asking; once it may not be sent any more, whoever asks waits for that. The version is read
again just before: an act that falls between is seen at the next check. Everything here belongs to
the event loop, so there is nothing to lock; what asks the database runs in threads.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError

from explainer.serving.bridge import Answer
from explainer.serving.pages import Page, make_page, may_be_kept
from explainer.serving.shelf import Counts, Shelf
from explainer.serving.threads import BusyError, Threads
from explainer.stored import Key

# Seconds since the last check. With the second that a cache in front may keep a page, a vote is
# seen by others after two.
FRESH = 0.5  # sent as it is
USABLE = 1.0  # sent as it is while it is checked
REDRAW = 60  # seconds after which the words “3 minutes ago” are wrong
PATIENCE = 2  # seconds to wait for a check before the page is sent unchecked
# How often as long, for a page that is known to be outdated, while others are drawn before it. Then
# more is asked for than can be drawn, and the old page is better than none.
TURNS = 5
LONGEST_STALE = 600  # seconds for which a page is sent unchecked

logger = logging.getLogger("explainer.serving")


@dataclass
class Check:
    """What the pages at a path are made of, found out since `began`."""

    began: float
    version: asyncio.Task[str | None]


@dataclass
class Renewal:
    """A page that is being checked, and drawn if it has to be."""

    page: asyncio.Task[Page | None]
    is_awaited: bool = False  # whether somebody waits for it
    is_outdated: bool = False  # whether the check has said so
    is_late: bool = False  # whether it was waited for in vain


class UnwellError(Exception):
    """The application answered that something is wrong with itself."""


class Store:
    """Finds the page of a key on its shelf, checked or drawn as need be.

    `version(key)` says what a page is made of (None: not to be kept), `draw(key)` makes it; both
    ask the database. `checks` is for looking at versions and `redraws` for pages that are kept,
    `threads` for the rest: a page everybody asks for never waits behind one that nobody has asked
    for before, and however many pages are outdated, none of them stands in the way of an act.
    """

    def __init__(
        self,
        *,
        version: Callable[[Key], str | None],
        draw: Callable[[Key], Answer],
        checks: Threads,
        redraws: Threads,
        threads: Threads,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.version, self.draw, self.now = version, draw, now
        self.checks, self.redraws, self.threads = checks, redraws, threads
        self._shelf = Shelf()
        self._renewals: dict[Key, Renewal] = {}
        self._checks: dict[str, Check] = {}  # by path; there are as many as articles, and a few

    @property
    def counts(self) -> Counts:
        """What its pages did so far."""
        return self._shelf.counts

    def ready(self, key: Key) -> Page | None:
        """The page if it can be sent without waiting; a check is begun when one is due."""
        page = self._shelf.get(key)
        if page is None:
            return None
        now = self.now()
        if now - page.checked_at >= USABLE and not self._is_away(key, page, now):
            return None
        if now - page.tried_at >= FRESH:
            self._renewal(key)
        self._shelf.sent(key, page)
        return page

    def _is_away(self, key: Key, page: Page, now: float) -> bool:
        """Whether a page is to be sent unchecked at once: it has just been tried, or still is."""
        if not page.is_stale or now - page.checked_at >= LONGEST_STALE:
            return False
        renewal = self._renewals.get(key)
        return now - page.tried_at < USABLE or (renewal is not None and renewal.is_late)

    async def find(self, key: Key) -> Page | None:
        """The page after a check, drawn if need be; None when Django is to answer."""
        if self._is_refused(key):
            return None
        asked = self.now()
        page = await self._renewed(key)
        if page and not page.is_stale and asked - page.checked_at >= USABLE:
            page = await self._renewed(key)  # that had begun long before it was asked for
        if page:
            self._shelf.sent(key, page)
        return page

    async def _renewed(self, key: Key) -> Page | None:
        kept, renewal = self._shelf.get(key), self._renewal(key)
        renewal.is_awaited = True
        if kept and not await self._has_come(renewal):
            return self._unchecked(kept)
        return await asyncio.shield(renewal.page)

    async def _has_come(self, renewal: Renewal) -> bool:
        """Waits for a renewal; False when the database says nothing, or far too much is asked.

        For a page that is known to be outdated there is hope as long as others are drawn.
        """
        for _turn in range(TURNS):
            drawn = self.counts.misses
            done, _waiting = await asyncio.wait([renewal.page], timeout=PATIENCE)
            if done:
                return True
            if not renewal.is_outdated or self.counts.misses == drawn:
                break
        renewal.is_late = True
        return False

    def _renewal(self, key: Key) -> Renewal:
        """The one renewal of a page that is under way, begun if there is none."""
        renewal = self._renewals.get(key)
        if renewal is None:
            task = asyncio.get_running_loop().create_task(self._renew(key))
            renewal = self._renewals[key] = Renewal(task)
        return renewal

    async def _renew(self, key: Key) -> Page | None:
        kept = self._shelf.get(key)
        try:
            if kept is None:
                return await self._drawn(key, self.threads)
            version, began = await self._check(key)
            if version is None:
                return self._refuse(key)
            if version == kept.version and began - kept.drawn_at < REDRAW:
                kept.checked_at = kept.tried_at = began
                kept.is_stale = False
                return kept
            renewal = self._renewals[key]
            if self.redraws.under_way and not renewal.is_awaited:
                return kept  # who waits for a page goes first
            renewal.is_outdated = True
            return await self._drawn(key, self.redraws)
        except (DatabaseError, InterfaceError, BusyError, UnwellError):
            return self._unchecked(kept)
        finally:
            del self._renewals[key]

    async def _check(self, key: Key) -> tuple[str | None, float]:
        """The version of the pages at a path, and when the look at it began: one look for all."""
        check = self._checks.get(key.path)
        if check is None or (check.version.done() and self.now() - check.began >= FRESH):
            looking = self.checks.run(self.version, key)
            check = Check(self.now(), asyncio.get_running_loop().create_task(looking))
            self._checks[key.path] = check
        return await asyncio.shield(check.version), check.began

    async def _drawn(self, key: Key, threads: Threads) -> Page | None:
        page = await threads.run(self._draw, key)
        if page is None:
            return self._refuse(key)
        self._shelf.keep(key, page)
        return page

    def _draw(self, key: Key) -> Page | None:
        """In a thread: the page as it is now; None when it is not to be kept."""
        began, version = self.now(), self.version(key)
        if version is None:
            return None
        answer = self.draw(key)
        if answer.status >= 500:
            raise UnwellError
        return make_page(answer, version, began) if may_be_kept(answer) else None

    def _unchecked(self, page: Page | None) -> Page | None:
        """The page as it was, while it is not too old: the database did not answer."""
        if page is None:
            return None
        if not page.is_stale:
            logger.warning("Pages are sent unchecked: the database does not answer in time.")
        page.is_stale, page.tried_at = True, self.now()
        return page if page.tried_at - page.checked_at < LONGEST_STALE else None

    def _refuse(self, key: Key) -> None:
        """Remembers that a page is not to be kept."""
        self._shelf.refuse(key, self.now())

    def _is_refused(self, key: Key) -> bool:
        """Whether it has just been found that the page is not to be kept."""
        found_at = self._shelf.refused_at(key)
        return found_at is not None and self.now() - found_at < FRESH
