"""What a page asks of the comments: a page of threads, more of one, how many there are."""

from collections.abc import Iterable

from polls.models import Comment, CommentTally, Discussion, Pick, Reader
from polls.queries.drawing import Drawing, replies_query, rows_of
from polls.queries.nodes import Node
from polls.queries.pages import PAGE
from polls.queries.roots import Stream
from polls.queries.talks import Talk, Talking, camps_of
from polls.queries.threads import following
from polls.queries.viewers import Viewer, viewer_of
from polls.queries.wanted import BEST_FROM, BY_REACTION, NEWEST, ORDERS, Wanted, link

__all__ = [
    "BEST_FROM",
    "BY_REACTION",
    "ORDERS",
    "PAGE",
    "Node",
    "Talk",
    "Wanted",
    "first_reply",
    "link",
    "more_replies",
    "news",
    "permalink",
    "replies_query",
    "talk",
    "talk_seen_by",
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
    """The replies of a thread behind one of them, and the last of them when more follow."""
    viewer = viewer_of(root.discussion, reader)
    stretch = following(root, after, reader)
    rows = rows_of([root.pk, *stretch.ids], viewer)
    labels = {key: row.label for key, row in camps_of(root.discussion).items()}
    picks = Pick.objects.filter(discussion=root.discussion).select_related("chosen_by")
    drawing = Drawing(
        root.discussion,
        viewer,
        wanted,
        rows,
        labels=labels,
        picks={pick.comment_id: pick for pick in picks},
    )
    return drawing.replies(root.pk), stretch.after


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
    """How many comments there are by now, and the newest at the top level (0 for none)."""
    newest = Stream(discussion, NEWEST).first(1)
    return {"total": total(discussion), "latest": newest[0].pk if newest else 0}


def permalink(comment: Comment) -> str:
    """Where a comment stands. No page number: it moves on with every new comment."""
    return link(comment.discussion, open=comment.pk)
