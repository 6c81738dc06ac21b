"""What was said around a comment: what it answers, up to the top of its thread, and the replies."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.text import Truncator

from polls.models import Comment
from polls.rules.text import readable
from polls.rules.threads import ancestors

# Above: the top of the thread and the nearest; below: the first direct replies.
MOST_ABOVE = 12
MOST_BELOW = 10
EXCERPT = 600  # characters of each: the tone can be judged, and a page of them read


@dataclass(frozen=True)
class Said:
    """One comment beside the one that is judged, as text alone. `state` is "" when it is public."""

    id: int
    name: str
    text: str
    state: str
    created_at: datetime


@dataclass(frozen=True)
class Surroundings:
    """The comments above from the top down, and the direct replies, oldest first.

    `left_out` says how many are not shown between the top and the nearest.
    """

    top: list[Said]
    left_out: int
    above: list[Said]
    below: list[Said]
    has_more: bool


def around(comment: Comment) -> Surroundings:
    """What stands around a comment, in whatever state: two queries, however long the thread."""
    # Below the deepest level that a path tells, only the parent is known.
    chain = sorted({*ancestors(comment.path), *filter(None, [comment.parent_id])})
    shown = chain[:1] + chain[1:][-MOST_ABOVE:]
    rows = Comment.objects.in_bulk(shown)
    above = [_said(rows[pk]) for pk in shown if pk in rows]
    replies = Comment.objects.filter(parent=comment).order_by("pk")[: MOST_BELOW + 1]
    below = [_said(row) for row in replies]
    return Surroundings(
        top=above[:1],
        left_out=len(chain) - len(shown),
        above=above[1:],
        below=below[:MOST_BELOW],
        has_more=len(below) > MOST_BELOW,
    )


def _said(row: Comment) -> Said:
    is_public = row.state == Comment.State.PUBLISHED
    return Said(
        id=row.pk,
        name=row.name,
        text=Truncator(" ".join(readable(row.text).split())).chars(EXCERPT),
        state="" if is_public else row.get_state_display(),
        created_at=row.created_at,
    )
