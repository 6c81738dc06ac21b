"""Comments as the reader sees them: from flat rows to threads drawn three deep.

Nothing here recurses, so a chain of ten thousand replies is as good as any other.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

# Deeper indents leave a phone no room for the text.
MAX_DEPTH = 3

# A longer exchange starts folded, so that one quarrel does not push the other comments away.
FOLD_OVER = 5

# Comment.path: six base-36 digits a level hold two thousand million comments; forty levels keep
# the column short enough for an index on every database.
PATH_DIGITS = 6
PATH_LEVELS = 40

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Row:
    """A comment as stored. Ids grow with time. `state_visible`: this reader may read its text."""

    id: int
    parent_id: int | None
    root_id: int | None
    state_visible: bool


@dataclass(slots=True)
class Branch:
    """A comment as drawn: its indent (`depth`, from 0) and what hangs below it.

    `to_id` is the comment it answers, when that is not the one it hangs under; `count` the
    readable comments drawn below it; `folded` whether those start closed; `tombstone` whether only
    a placeholder is drawn.
    """

    id: int
    depth: int
    tombstone: bool = False
    to_id: int | None = None
    count: int = 0
    folded: bool = False
    children: list["Branch"] = field(default_factory=list)


def arrange(
    rows: Iterable[Row],
    *,
    newest_first: bool,
    max_depth: int = MAX_DEPTH,
    fold_over: int = FOLD_OVER,
) -> list[Branch]:
    """The threads to draw, top level by time in the order asked for, replies oldest first.

    Every visible row appears once. An invisible one stays as a tombstone while something visible
    hangs below it, else it is dropped. What is deeper than `max_depth` levels stays on the last
    level, behind what it answers, with `to_id`: as paths sort, so that a thread that is loaded in
    parts reads like the whole. Broken links lose nothing: a row whose parent is missing
    hangs under its root, without one it stands at the top, and a ring of parents is cut at its
    oldest row. The order of `rows` does not matter.
    """
    by_id = {row.id: row for row in rows}
    parents = _parents(by_id)
    order = _along_the_paths(parents)
    counts = _visible_below(order, parents, by_id)
    kept = [id_ for id_ in order if by_id[id_].state_visible or counts[id_]]

    branches: dict[int, Branch] = {}
    hangs_under: dict[int, int | None] = {}
    for id_ in kept:
        parent = parents[id_]
        at_cap = parent is not None and branches[parent].depth == max_depth - 1
        over = hangs_under[parent] if parent is not None and at_cap else parent
        depth = 0 if over is None else branches[over].depth + 1
        branch = Branch(id_, depth, tombstone=not by_id[id_].state_visible)
        branch.to_id = parent if at_cap else None
        branch.count = counts[id_] if depth < max_depth - 1 else 0
        branch.folded = branch.count > fold_over
        branches[id_], hangs_under[id_] = branch, over
    return _hang(branches, hangs_under, newest_first)


def going_on(thread: Branch, shown: Collection[int]) -> list[Branch]:
    """What a thread has below the part of it that is `shown` already, in the order of its paths.

    `thread` holds the next replies and what they answer. Of one that is shown nothing is repeated:
    what goes on below it comes first, under the same branch, `count` being how much that is.
    """
    branches = []
    for branch in thread.children:
        if branch.id in shown:
            new = [child for child in branch.children if child.id not in shown]
            branch = replace(branch, children=new, count=sum(not one.tombstone for one in new))
            if not new:
                continue
        branches.append(branch)
    return branches


def path(parent_path: str, id: int) -> str:
    """Where comment `id` stands below the comment at `parent_path` ("" at the top level).

    Sorting by path gives threads with replies oldest first. A reply to a comment on the last
    level becomes its sibling: the path is at most PATH_DIGITS * PATH_LEVELS characters long.
    Raises ValueError for an id that needs more than PATH_DIGITS digits.
    """
    if not 0 <= id < 36**PATH_DIGITS:
        raise ValueError(f"id {id} does not fit in {PATH_DIGITS} base-36 digits")
    digits = ""
    for _ in range(PATH_DIGITS):
        id, digit = divmod(id, 36)
        digits = _DIGITS[digit] + digits
    return parent_path[: PATH_DIGITS * (PATH_LEVELS - 1)] + digits


def ancestors(path: str) -> list[int]:
    """The ids above the comment at `path`, the root first; nothing for a root."""
    steps = [path[at : at + PATH_DIGITS] for at in range(0, len(path), PATH_DIGITS)]
    return [int(step, 36) for step in steps[:-1]]


def _parents(by_id: dict[int, Row]) -> dict[int, int | None]:
    """The parent of every row, repaired so that every chain of parents ends."""
    parents = {id_: _parent(row, by_id) for id_, row in by_id.items()}
    walked: dict[int, int] = {}  # id -> the walk that met it first
    for start in sorted(parents):
        here: int | None = start
        while here is not None and here not in walked:
            walked[here] = start
            here = parents[here]
        if here is not None and walked[here] == start:
            parents[min(_ring(here, parents))] = None
    return parents


def _parent(row: Row, by_id: dict[int, Row]) -> int | None:
    if row.parent_id is None or row.parent_id in by_id:
        return row.parent_id
    return row.root_id if row.root_id in by_id and row.root_id != row.id else None


def _ring(start: int, parents: dict[int, int | None]) -> list[int]:
    ring, here = [start], parents[start]
    while here is not None and here != start:
        ring.append(here)
        here = parents[here]
    return ring


def _along_the_paths(parents: dict[int, int | None]) -> list[int]:
    """Every id behind its parent, with all that hangs below it, before its next sibling."""
    children: dict[int | None, list[int]] = {}
    for id_ in sorted(parents, reverse=True):
        children.setdefault(parents[id_], []).append(id_)
    order, waiting = [], children.get(None, [])
    while waiting:
        order.append(waiting.pop())
        waiting.extend(children.get(order[-1], ()))
    return order


def _visible_below(
    order: list[int], parents: dict[int, int | None], by_id: dict[int, Row]
) -> dict[int, int]:
    counts = dict.fromkeys(order, 0)
    for id_ in reversed(order):
        parent = parents[id_]
        if parent is not None:
            counts[parent] += counts[id_] + by_id[id_].state_visible
    return counts


def _hang(
    branches: dict[int, Branch], hangs_under: dict[int, int | None], newest_first: bool
) -> list[Branch]:
    top: list[Branch] = []
    for id_, branch in branches.items():
        over = hangs_under[id_]
        (top if over is None else branches[over].children).append(branch)
    return top[::-1] if newest_first else top
