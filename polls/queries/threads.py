"""The replies drawn of each thread: the first few, or those around the one that is asked for.

A thread is read along the index of its paths, so one of a hundred thousand replies costs what one
of ten does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import connection

from polls.models import Comment, Reader
from polls.rules import threads

# Drawn of every thread on a page; the rest is loaded on demand.
FIRST = 10
# Drawn of a thread that is opened, and loaded by each “Show more replies”.
MORE = 50


@dataclass
class Stretch:
    """The replies of one thread that are drawn, by id, in the order of the thread.

    `after` is the last one when more follow; `is_middle` says that others stand before them.
    """

    ids: list[int] = field(default_factory=list)
    after: int | None = None
    is_middle: bool = False


def cut(ids: list[int], most: int) -> Stretch:
    """The first `most` of the ids; there is more when there are more."""
    return Stretch(ids[:most], ids[most - 1] if len(ids) > most else None)


def stretches(
    root_ids: list[int], reader: Reader, named: Comment | None = None
) -> dict[int, Stretch]:
    """{root: its replies} of a page of threads, in one query.

    The thread of `named`, a comment in one of them, is opened: at its start where `named` stands
    near it, else at `named`, with what it answers above it.
    """
    opened = (named.root_id or named.pk) if named else None
    parts: dict[tuple[int, bool], object] = {
        (root, False): replies(root, reader)[: (MORE if root == opened else FIRST) + 1]
        for root in root_ids
    }
    if named and named.root_id in root_ids:
        there = replies(named.root_id, reader).filter(path__gte=named.path)
        parts[named.root_id, True] = there[: MORE + 1]
    found = _together(parts)
    shown = {root: cut(found[root, False], MORE if root == opened else FIRST) for root in root_ids}
    if named and opened in shown and named.pk not in {opened, *shown[opened].ids}:
        shown[opened] = _around(named, found.get((opened, True), []))
    return shown


def following(root: Comment, after: Comment | None, reader: Reader, most: int = MORE) -> Stretch:
    """The next replies of a thread behind one of them, or its first."""
    rows = replies(root.pk, reader)
    if after:
        rows = rows.filter(path__gt=after.path)
    return cut([pk for pk, _path in rows[: most + 1]], most)


def shown_above(reply: Comment) -> list[int]:
    """A reply and what it answers, without the root: of what follows it, nothing else is above."""
    _root, *above = [*threads.ancestors(reply.path), reply.pk]
    return above


def replies(root_id: int, reader: Reader) -> "object":
    """The replies of a thread that this reader is shown, as (id, path), in order."""
    rows = Comment.objects.filter(root=root_id).drawn_for(reader)
    return rows.order_by("path").values_list("pk", "path")


def _around(named: Comment, there: list[int]) -> Stretch:
    stretch = cut(there, MORE)
    stretch.ids = [*shown_above(named)[:-1], *stretch.ids]
    stretch.is_middle = True
    return stretch


def _together(parts: Mapping[tuple[int, bool], object]) -> dict[tuple[int, bool], list[int]]:
    """Several stretches of the index in one query. A window would read every thread to its end."""
    if not parts:
        return {}
    selects, params = [], []
    for number, part in enumerate(parts.values()):
        sql, given = part.query.sql_with_params()
        # Only numbers of ours and Django's own SQL stand in the text; values are parameters.
        selects.append(f"SELECT {number} AS part, t{number}.* FROM ({sql}) AS t{number}")  # noqa: S608
        params += given
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(selects), params)
        rows = sorted(cursor.fetchall(), key=lambda row: (row[0], row[2]))
    found: list[list[int]] = [[] for _ in parts]
    for number, pk, _path in rows:
        found[number].append(pk)
    return dict(zip(parts, found, strict=True))


def branch_of(top: Comment) -> list[int]:
    """A comment and everything that answers it, at whatever depth and in whatever state.

    By whom each answers: the paths of what is deeper than they can say are those of siblings.
    """
    thread = Comment.objects.filter(root_id=top.root_id or top.pk, pk__gt=top.pk).order_by("pk")
    branch = {top.pk: None}
    for pk, parent in thread.values_list("pk", "parent_id"):  # a reply is younger than its parent
        if parent in branch:
            branch[pk] = None
    return list(branch)
