"""Which comments a moderator found unfit to be read.

Of an erased one the log says so. What went only because it stood below one that was erased has no
entry of its own there: nobody judged it, and it counts against nobody.
"""

from collections.abc import Collection

from django.db.models import OuterRef, Q, QuerySet, Subquery

from polls.models import Comment, ModerationEntry
from polls.rules.moderation import BESIDE, ERASURES, REMOVALS, REMOVED

ERASED = Comment.State.ERASED


def removed(comments: QuerySet[Comment]) -> QuerySet[Comment]:
    """Those of `comments` that were removed, or whose last decision before they went was that."""
    entries = ModerationEntry.objects.filter(comment=OuterRef("pk")).exclude(act__in=BESIDE)
    last = Subquery(entries.order_by("-id").values("act")[:1])
    unfit = Q(state__in=REMOVED) | Q(state=ERASED, last_act__in=REMOVALS)
    return comments.alias(last_act=last).filter(unfit)


def went_along(comments: Collection[Comment]) -> set[int]:
    """The ids of those that are erased for what stood above them. One query, or none."""
    erased = {comment.pk for comment in comments if comment.state == ERASED}
    if not erased:
        return set()
    judged = ModerationEntry.objects.filter(comment__in=erased, act__in=ERASURES)
    return erased - set(judged.values_list("comment_id", flat=True))
