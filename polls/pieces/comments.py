"""Comments and threads, put together from what was drawn before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import NamedTuple, Self

from django.http import HttpRequest

from polls.pieces import store
from polls.pieces.frames import IN_FRAME, Frame, draw
from polls.queries.nodes import Node

COMMENT = "polls/comments/_comment.html"
REPLIES = "polls/comments/_replies.html"

# What stands below a comment is drawn apart, and `until` is no part of what is seen.
BELOW = {
    "children",
    "child_count",
    "drawn_count",
    "folded",
    "start_url",
    "more_query",
    "more_count",
}
NOT_SEEN = {"until", "author_key", "reply_form"}
# Every other field of a node, also one that is added some day, is part of what it is kept under.
_seen = attrgetter(*[one.name for one in fields(Node) if one.name not in BELOW | NOT_SEEN])
_seen_below = attrgetter("id", "name", *sorted(BELOW - {"children"}))


class Place(NamedTuple):
    """Where comments are drawn, and what whoever looks may do with them besides reading."""

    key: str
    may_pick: bool = False
    may_moderate: bool = False

    @classmethod
    def of(cls, key: str, perms: Mapping | None) -> Self:
        """From the permissions that every template knows."""
        of_polls = perms["polls"] if perms else {}
        return cls(
            key,
            may_pick=bool(of_polls and of_polls["pick"]),
            may_moderate=bool(of_polls and of_polls["moderate"]),
        )

    @property
    def context(self) -> dict:
        """As the templates ask for it."""
        allowed = {"pick": self.may_pick, "moderate": self.may_moderate}
        return {IN_FRAME: True, "key": self.key, "perms": {"polls": allowed}}


@dataclass
class Sheet:
    """A page as a list of pieces, and where in it each comment begins."""

    parts: list[bytes] = field(default_factory=list)
    slots: dict[str, int] = field(default_factory=dict)
    at: dict[int, int] = field(default_factory=dict)
    nodes: dict[int, Node] = field(default_factory=dict)

    def lay(self, frame: Frame, fills: Mapping[str, Callable[[], None]]) -> None:
        """Adds a frame. `fills` lays what is known for a slot; the others stay open."""
        for name, part in frame:
            if name in fills:
                fills[name]()
                continue
            if name:
                self.slots[name] = len(self.parts)
            self.parts.append(part)

    def put(self, node: Node, place: Place, request: HttpRequest | None = None) -> None:
        """Adds a thread."""
        before, _slot, after = comment(node, place, request).parts
        self.at[node.id], self.nodes[node.id] = len(self.parts), node
        self.parts.append(before)
        if node.children or node.more_query:
            first, _slot, last = replies(node, place).parts
            self.parts.append(first)
            for child in node.children:
                self.parts.append(b"<li>")
                self.put(child, place, request)
                self.parts.append(b"</li>")
            self.parts.append(last)
        self.parts.append(after)


def thread_of(node: Node, place: Place, request: HttpRequest | None = None) -> bytes:
    """A comment and what is drawn below it."""
    sheet = Sheet()
    sheet.put(node, place, request)
    return b"".join(sheet.parts)


def comment(node: Node, place: Place, request: HttpRequest | None = None) -> Frame:
    """One comment, with its replies left free.

    What only its author sees, and a form to answer in, is drawn each time.
    """
    if node.mine or node.waiting or node.reply_form:
        return _drawn(COMMENT, node, place, request)
    key = (place, _seen(node))
    found = store.get(key)
    if found is None:
        found = _drawn(COMMENT, node, place)
        store.put(key, found, 2 * found.size)  # the key holds the text once more
    return found


def replies(node: Node, place: Place) -> Frame:
    """What is around the replies to a comment: how many there are, and where to find the others."""
    key = (place.key, _seen_below(node))
    found = store.get(key)
    if found is None:
        found = _drawn(REPLIES, node, place)
        store.put(key, found, found.size)
    return found


def _drawn(template: str, node: Node, place: Place, request: HttpRequest | None = None) -> Frame:
    return Frame(draw(template, {**place.context, "node": node, "request": request}))
