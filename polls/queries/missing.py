"""What is said above the comments about one that is not there: to its author, and to who asks."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from polls.models import Comment, Discussion, ModerationEntry
from polls.queries.viewers import Viewer
from polls.rules import moderation

GONE = (*moderation.REMOVED, Comment.State.ERASED)


@dataclass(frozen=True)
class Missing:
    """A line, and where its author reads more. It takes the place of the comment at `anchor`."""

    words: str
    anchor: str = ""
    url: str = ""
    link: str = ""


def missing(
    discussion: Discussion, viewer: Viewer, named: int | None, *, is_drawn: bool
) -> Missing | None:
    """The line for a viewer at the permalink of `named`, if at any, which `is_drawn` or not.

    One query for who has acted before, and none for who only looks. A look writes nothing, so
    nobody knows what was read: authors are told for a while, as long as they have not appealed.
    """
    anchor = f"c{named}" if named and not is_drawn else ""
    own = [] if viewer.reader.is_new else _own(discussion, viewer, named)
    if named in {one.pk for one in own}:
        own = [one for one in own if one.pk == named]
    elif anchor:
        return Missing(_("This comment is not here any more."), anchor)
    if not own:
        return None
    if len(own) > 1:
        words = _("A moderator removed %(count)s of your comments here.") % {"count": len(own)}
        return Missing(words, url=f"{reverse('polls:me')}#comments-h", link=_("Why"))
    url = reverse("discussion:decision", args=[discussion.key, own[0].pk])
    return Missing(_("A moderator removed your comment."), anchor, url, _words(own[0]))


def _own(discussion: Discussion, viewer: Viewer, named: int | None) -> list[Comment]:
    """What was removed of this reader's: of late, or the one that is named."""
    since = timezone.now() - moderation.TOLD_FOR
    removals = ModerationEntry.objects.filter(act__in=moderation.REMOVALS, created_at__gte=since)
    of_late = Q(Exists(removals.filter(comment=OuterRef("pk"))), appeal__isnull=True)
    rows = Comment.objects.filter(reader=viewer.reader, discussion=discussion, state__in=GONE)
    return list(rows.filter(of_late | Q(pk=named)).select_related("appeal"))


def _words(comment: Comment) -> str:
    can_appeal = moderation.may_appeal(
        state=comment.state,
        held_reason=comment.held_reason,
        mine=True,
        has_appealed=hasattr(comment, "appeal"),
    )
    return _("Why, and how to appeal") if can_appeal else _("Why")
