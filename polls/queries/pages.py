"""Which threads stand on a page of comments, in which order, and where the next page begins."""

from collections.abc import Collection
from dataclasses import dataclass, field

from polls.models import Choice, Comment, Discussion
from polls.queries.roots import Key, Stream, least_judged, own_waiting
from polls.queries.viewers import Viewer
from polls.queries.wanted import BEST, Wanted
from polls.rules.ranking import BLOCK, RESERVED_PLACES, Entry, places

PAGE = 20
# So many of a page's places are reserved.
RESERVED = PAGE // BLOCK * len(RESERVED_PLACES)
# How far an address that names a page by its number can lead; links name a comment instead.
MOST_PAGES = 1_000


@dataclass
class Page:
    """The threads of a page by id, and the comments beside which its neighbours begin.

    `reserved` are those in a reserved place.
    """

    ids: list[int] = field(default_factory=list)
    reserved: set[int] = field(default_factory=set)
    after: int | None = None
    before: int | None = None
    is_first: bool = False


class Paging:
    """The top level of a discussion as pages, in the order that is asked for.

    Every comment stands on one page only: what is pinned or has a reserved place on the first page
    is left out of the order it would have stood in.
    """

    def __init__(
        self,
        discussion: Discussion,
        viewer: Viewer,
        wanted: Wanted,
        *,
        camp: Choice | None = None,
        pinned: Collection[int] = (),
    ) -> None:
        self.discussion, self.viewer, self.wanted = discussion, viewer, wanted
        self.order, self.camp = wanted.order, camp
        self.pinned = [] if camp else list(pinned)
        self.first = self._first()
        self.stream = self._stream([*self.pinned, *self.first.reserved])

    def page(self, named: Comment | None = None) -> Page:
        """The page that is asked for; nonsense asks for the first."""
        if named:
            return self._at(named.root_id or named.pk)
        if key := self.stream.key(self.wanted.after):
            return self._after(key)
        if key := self.stream.key(self.wanted.before):
            return self._before(key)
        if self.wanted.page > 1:
            return self._numbered(min(self.wanted.page, MOST_PAGES))
        return self.with_own(self.first)

    def with_own(self, page: Page) -> Page:
        """The first page, below what only this reader sees and what an editor has pinned."""
        own = own_waiting(self.discussion, self.viewer.reader)
        page.ids = [*own, *self.pinned, *page.ids]
        return page

    def _stream(self, without: Collection[int]) -> Stream:
        return Stream(self.discussion, self.order, camp=self.camp, without=without)

    @property
    def _reserves(self) -> str:
        """The camp whose readers find reserved places; "" for none."""
        return self.viewer.camp if self.order == BEST and not self.camp else ""

    def _first(self) -> Page:
        rows = self._stream(self.pinned).first(PAGE + RESERVED + 1)
        least: list[Comment] = []
        if self._reserves and len(rows) > 1:
            least = least_judged(
                self.discussion, self._reserves, self.viewer.reader, without=self.pinned
            )
        page = self._placed(rows, least)
        left = [row.pk for row in rows if row.pk not in page.ids]
        natural = [row.pk for row in rows if row.pk in page.ids and row.pk not in page.reserved]
        page.after = natural[-1] if left else None
        page.is_first = True
        return page

    def _placed(self, rows: list[Comment], least: list[Comment]) -> Page:
        put = places(_entries(rows), _entries(least), PAGE)
        return Page([one.id for one in put], {one.id for one in put if one.is_reserved})

    def _later(self, rows: list[Comment], *, before: int | None, has_more: bool) -> Page:
        """A later page: its own rows, of which the least judged take its reserved places."""
        page = self._placed(rows, self._least_of(rows))
        page.before = before
        page.after = rows[-1].pk if rows and has_more else None
        return page

    def _least_of(self, rows: list[Comment]) -> list[Comment]:
        camp = self._reserves
        if not camp:
            return []
        fit = [
            row
            for row in rows
            if row.report_count == 0
            and row.state == Comment.State.PUBLISHED
            and not self.viewer.is_author(row.reader_id)
        ]
        return sorted(fit, key=lambda row: (sum(row.votes_by_camp[camp]), row.pk))

    def _after(self, key: Key) -> Page:
        rows = self.stream.after(key, PAGE + 1)
        before = rows[0].pk if rows else key.id
        return self._later(rows[:PAGE], before=before, has_more=len(rows) > PAGE)

    def _before(self, key: Key) -> Page:
        rows = self.stream.before(key, PAGE + 1)
        if len(rows) <= PAGE:
            return self.with_own(self.first)
        return self._later(rows[1:], before=rows[1].pk, has_more=True)

    def _numbered(self, number: int) -> Page:
        key = self.stream.at(PAGE * (number - 1) - len(self.first.reserved) - 1)
        return self._after(key) if key else Page()

    def _at(self, root_id: int) -> Page:
        """The page that begins with a thread, or the first one where the thread stands on it."""
        key = self.stream.key(root_id)
        if key is None:
            return self.with_own(self.first)
        if root_id in {*self.pinned, *self.first.ids}:
            return self.with_own(self.first)
        root = Comment.objects.filter(pk=root_id).listed().first()
        if root is None:  # waiting for a moderator, or gone
            return self.with_own(self.first)
        rows = self.stream.after(key, PAGE)
        return self._beginning(root, rows)

    def _beginning(self, root: Comment, rows: list[Comment]) -> Page:
        page = self._later(rows[: PAGE - 1], before=root.pk, has_more=len(rows) >= PAGE)
        page.ids = [root.pk, *page.ids]
        return page


def _entries(rows: list[Comment]) -> list[Entry]:
    return [Entry(row.pk, row.reader_id) for row in rows]
