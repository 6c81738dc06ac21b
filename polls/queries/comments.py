"""What a page asks of the comments: a page of threads, more of one, how many there are."""

from collections.abc import Collection, Iterable

from polls.models import Comment, CommentTally, Discussion, Pick, Reader
from polls.queries.drawing import Drawing, replies_query, rows_of
from polls.queries.nodes import Node
from polls.queries.pages import PAGE
from polls.queries.talks import Talk, Talking, camps_of
from polls.queries.threads import following, shown_above, stretches
from polls.queries.viewers import Viewer, reported_by, viewer_of
from polls.queries.wanted import BEST_FROM, BY_REACTION, NEWEST, ORDERS, Wanted, link
from polls.rules.threads import ancestors

__all__ = [
    "BEST_FROM",
    "BY_REACTION",
    "NEWEST",
    "ORDERS",
    "PAGE",
    "Node",
    "Talk",
    "Wanted",
    "also_by",
    "first_reply",
    "link",
    "more_replies",
    "news",
    "permalink",
    "replies_query",
    "talk",
    "talk_seen_by",
    "thread",
    "total",
    "totals",
]


def talk(discussion: Discussion, reader: Reader, wanted: Wanted) -> Talk:
    """One page of threads as this reader may see it."""
    return talk_seen_by(viewer_of(discussion, reader), discussion, wanted)


def talk_seen_by(viewer: Viewer, discussion: Discussion, wanted: Wanted) -> Talk:
    """The same for a viewer who is known already, or for nobody in particular."""
    return Talking(discussion, viewer, wanted).read()


def more_replies(
    root: Comment, after: Comment | None, reader: Reader, wanted: Wanted
) -> tuple[list[Node], int | None]:
    """The replies of a thread behind one of them, and the last of them when more follow.

    What goes on below a reply that is shown already comes first, under that reply (`goes_on`).
    """
    viewer = viewer_of(root.discussion, reader)
    stretch = following(root, after, reader)
    shown = shown_above(after) if after else []
    drawing = _drawing(root.discussion, viewer, wanted, [root.pk, *shown, *stretch.ids])
    return drawing.replies(root.pk, shown), stretch.after


def thread(comment: Comment, reader: Reader, *, results: bool = False) -> tuple[Node, Node] | None:
    """The thread in which a comment stands, opened at it, and its own place there.

    Of what is gone, the place of the nearest above it; None when nothing of the thread is left.
    """
    line = [*ancestors(comment.path), comment.pk]
    place = Comment.objects.filter(pk__in=line).drawn_for(reader).order_by("path").last()
    if place is None:
        return None
    top = place.root_id or place.pk
    shown = stretches([top], reader, place)
    viewer = viewer_of(comment.discussion, reader)
    wanted = Wanted(open=place.pk, results=results)
    drawing = _drawing(comment.discussion, viewer, wanted, [top, *shown[top].ids])
    (root,) = drawing.nodes([top], shown)
    return root, root.find(place.pk) or root


def _drawing(
    discussion: Discussion, viewer: Viewer, wanted: Wanted, ids: Collection[int]
) -> Drawing:
    picks = Pick.objects.filter(discussion=discussion).select_related("chosen_by")
    return Drawing(
        discussion,
        viewer,
        wanted,
        rows_of(ids, viewer),
        labels={key: row.label for key, row in camps_of(discussion).items()},
        picks={pick.comment_id: pick for pick in picks},
    )


def also_by(author: Reader, shown: Collection[int], reader: Reader) -> list[Comment]:
    """Of the comments that a page shows, those of one author that this reader sees whole."""
    rows = Comment.objects.published().filter(reader=author, pk__in=shown).only("name")
    reported = reported_by(reader, list(shown))
    return [row for row in rows if row.pk not in reported]


def first_reply(root: Comment, after: Comment | None, reader: Reader) -> int | None:
    """The reply that follows another in a thread."""
    ids = following(root, after, reader, most=1).ids
    return ids[0] if ids else None


def total(discussion: Discussion) -> int:
    """How many comments everybody can read."""
    return CommentTally.objects.filter(discussion=discussion).total()


def totals(discussion_ids: Iterable[int]) -> dict[int, int]:
    """The same for a list of discussions."""
    rows = CommentTally.objects.filter(discussion__in=discussion_ids).totals("discussion_id")
    return {row["discussion_id"]: row["total"] for row in rows}


def news(discussion: Discussion) -> dict[str, int]:
    """How many comments everybody can read by now, and the newest of any depth (0 for none)."""
    # In words by which no database can tell that one value is left: it would take the order by id
    # from the table then, and read through what was written elsewhere. Here it is an index's end.
    rows = Comment.objects.published().filter(
        discussion__gte=discussion.pk, discussion__lte=discussion.pk
    )
    latest = rows.order_by("-discussion_id", "-pk").values_list("pk", flat=True).first()
    return {"total": total(discussion), "latest": latest or 0}


def permalink(comment: Comment) -> str:
    """Where a comment stands. No page number: it moves on with every new comment."""
    return link(comment.discussion, open=comment.pk)
