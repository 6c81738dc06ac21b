"""The section below an article: its threads, its orders and filters, and where it goes on."""

from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from polls.models import Choice, Comment, CommentTally, Discussion, Pick
from polls.models.questions import REACTION
from polls.queries.camp_notes import note_of_camp, note_of_view
from polls.queries.drawing import Drawing, rows_of
from polls.queries.missing import Missing, missing
from polls.queries.nodes import Node
from polls.queries.pages import Page, Paging
from polls.queries.roots import Stream, own_waiting
from polls.queries.threads import stretches
from polls.queries.viewers import Viewer
from polls.queries.wanted import BEST, BY_REACTION, ORDERS, Wanted, link, news_query
from polls.rules.voting import CAMPS

# Threads of each camp where the three stand below each other.
SECTION = 6
# A camp with fewer comments is no filter: it would show single people.
CHIP_FROM = 3


@dataclass
class Chip:
    """A filter: the threads that one camp begins, or all (""). `count` is of comments."""

    key: str
    label: str
    count: int
    url: str
    current: bool


@dataclass
class Section:
    """What one camp says: its first threads, and where the others are.

    `count` is of all its comments, also those that begin no thread.
    """

    key: str
    label: str
    count: int
    nodes: list[Node]
    after_url: str | None


@dataclass
class Talk:
    """The section below an article."""

    key: str
    total: int
    orders: list[tuple[str, str, bool]]
    chips: list[Chip]
    nodes: list[Node]
    after_url: str | None
    before_url: str | None
    is_first: bool
    counts_shown: bool
    discussion_open: bool
    here_url: str
    news_query: str
    start_url: str
    sections: list[Section] = field(default_factory=list)
    filtered: str = ""
    # What the numbers of the camps count, and by whose votes one of them is ordered.
    ranked_note: str = ""
    # Comments that stand with no camp, and where they can be read.
    unmarked: int = 0
    all_url: str = ""
    missing: Missing | None = None
    closed: str = ""
    composer: object = None
    preview: str = ""


class Talking:
    """Reads one page of a discussion, in a fixed number of queries whatever stands there."""

    def __init__(self, discussion: Discussion, viewer: Viewer, wanted: Wanted) -> None:
        self.discussion, self.viewer, self.asked = discussion, viewer, wanted
        self.counts = counts_by_camp(discussion)
        self.total = sum(self.counts.values())
        self.camps = camps_of(discussion)
        self.labels = {key: choice.label for key, choice in self.camps.items()}
        offered = {key for key, row in self.camps.items() if self.count(row) >= CHIP_FROM}
        if wanted.camp not in offered:
            wanted = replace(wanted, camp="")
        self.offered = offered
        self.wanted = wanted.settled(self.total)
        picks = Pick.objects.filter(discussion=discussion).select_related("chosen_by", "comment")
        self.picks = {pick.comment_id: pick for pick in picks}

    def count(self, camp: Choice) -> int:
        """The comments with which that reaction is shown."""
        return self.counts.get(camp.pk, 0)

    def read(self) -> Talk:
        """The page."""
        by_camp = self._by_camp() if self.wanted.view == BY_REACTION else {}
        page, named = (self._own(), None) if by_camp else self._page()
        ids = [*page.ids, *(pk for camp_page in by_camp.values() for pk in camp_page.ids)]
        nodes = {node.id: node for node in self._nodes(ids, page, named)}
        talk = self._talk(page)
        talk.nodes = [nodes[pk] for pk in page.ids if pk in nodes]
        talk.sections = [self._section(key, part, nodes) for key, part in by_camp.items()]
        talk.missing = self._missing(talk.nodes)
        return talk

    def _missing(self, nodes: list[Node]) -> Missing | None:
        pk = self.wanted.open
        return missing(self.discussion, self.viewer, pk, is_drawn=any(n.holds(pk) for n in nodes))

    def _page(self) -> tuple[Page, Comment | None]:
        paging = Paging(
            self.discussion,
            self.viewer,
            self.wanted,
            camp=self.camps.get(self.wanted.camp),
            pinned=self._pinned(),
        )
        named = self._named()
        return paging.page(named), named

    def _named(self) -> Comment | None:
        if not self.wanted.named:
            return None
        found = Comment.objects.filter(discussion=self.discussion, pk=self.wanted.named)
        return found.only("root_id", "path").first()

    def _pinned(self) -> list[int]:
        """The pinned picks that stand at the top level, in the order of the camps."""
        order = {key: place for place, key in enumerate(CAMPS)}
        pinned = [pick for pick in self.picks.values() if pick.is_pinned and pick.comment.is_listed]
        pinned.sort(key=lambda pick: (order.get(pick.camp, len(order)), pick.comment_id))
        return [pick.comment_id for pick in pinned]

    def _own(self) -> Page:
        return Page(own_waiting(self.discussion, self.viewer.reader), is_first=True)

    def _by_camp(self) -> dict[str, Page]:
        """{camp: the beginning of what it says}; a camp that says nothing has no section."""
        parts = {}
        for key, camp in self.camps.items():
            rows = Stream(self.discussion, BEST, camp=camp).first(SECTION + 1)
            after = rows[SECTION - 1].pk if len(rows) > SECTION else None
            parts[key] = Page([row.pk for row in rows[:SECTION]], after=after)
        return parts

    def _section(self, key: str, page: Page, nodes: dict[int, Node]) -> Section:
        return Section(
            key,
            self.labels[key],
            self.count(self.camps[key]),
            [nodes[pk] for pk in page.ids if pk in nodes],
            self._link(view="", camp=key, order=BEST, after=page.after) if page.after else None,
        )

    def _nodes(self, ids: list[int], page: Page, named: Comment | None) -> list[Node]:
        shown = stretches(ids, self.viewer.reader, named)
        every = [*ids, *(pk for stretch in shown.values() for pk in stretch.ids)]
        drawing = Drawing(
            self.discussion,
            self.viewer,
            self.wanted,
            rows_of(every, self.viewer),
            labels=self.labels,
            picks=self.picks,
            reserved=page.reserved,
        )
        return drawing.nodes(ids, shown)

    def _link(self, **changes: object) -> str:
        """An address that keeps the filter and the counts, and asks for no place."""
        kept = Wanted(camp=self.wanted.camp, results=self.wanted.results)
        return link(self.discussion, kept, **changes)

    def _beside(self, **cursor: int | None) -> str | None:
        (pk,) = cursor.values()
        return self._link(order=self.wanted.order, **cursor) if pk else None

    def _talk(self, page: Page) -> Talk:
        camp = self.camps.get(self.wanted.camp)
        return Talk(
            key=self.discussion.key,
            total=self.total,
            orders=self._orders(),
            chips=self._chips(),
            nodes=[],
            after_url=self._beside(after=page.after),
            before_url=self._beside(before=page.before),
            is_first=page.is_first,
            counts_shown=bool(self.viewer.reaction) or self.wanted.results,
            discussion_open=self.discussion.is_open,
            here_url=link(self.discussion, self.asked),
            news_query=news_query(self.total, self.wanted),
            start_url=self._link(order=self.wanted.order, camp=self.wanted.camp, page=1),
            filtered=camp.label if camp else "",
            ranked_note=self._note(camp),
            unmarked=self.total - sum(map(self.count, self.camps.values())),
            # With a page, so that to follow it is not taken for a choice of the order.
            all_url=self._link(order=BEST, camp="", page=1),
            closed="" if self.discussion.is_open else _("You can still read it."),
        )

    def _note(self, camp: Choice | None) -> str:
        if camp:
            return note_of_camp(camp, self.count(camp), is_ranked=self.wanted.order == BEST)
        return note_of_view() if self.wanted.view == BY_REACTION else ""

    def _orders(self) -> list[tuple[str, str, bool]]:
        view = self.wanted.view
        orders = [
            (str(label), self._link(order=order), not view and order == self.wanted.order)
            for order, label in ORDERS.items()
        ]
        beside = self._link(camp="", view=BY_REACTION)
        return [*orders, (_("By reaction"), beside, view == BY_REACTION)]

    def _chips(self) -> list[Chip]:
        if not self.offered:
            return []
        chosen, here = self.asked.order, self.wanted.camp
        chips = [Chip("", _("All"), self.total, self._link(order=chosen, camp=""), not here)]
        return chips + [
            Chip(
                key,
                row.label,
                self.count(row),
                self._link(order=chosen, camp=key),
                key == here,
            )
            for key, row in self.camps.items()
            if key in self.offered
        ]


def counts_by_camp(discussion: Discussion) -> dict[int, int]:
    """{choice: comments that everybody can read with that reaction}, 0 for none shown."""
    rows = CommentTally.objects.filter(discussion=discussion).totals("camp_id")
    return {row["camp_id"]: row["total"] for row in rows}


def camps_of(discussion: Discussion) -> dict[str, Choice]:
    """{camp: its choice in this discussion}, in the fixed order of every page."""
    rows = Choice.objects.filter(
        question__discussion=discussion, question__key=REACTION, key__in=CAMPS
    )
    found = {row.key: row for row in rows}
    return {key: found[key] for key in CAMPS if key in found}
