"""What an editor puts forward: few, one of each camp, and only what everybody can read."""

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polls.actions._comments import PUBLISHED, lock_comment
from polls.actions._log import note_comment
from polls.actions.revisions import touch
from polls.errors import Refused
from polls.models import Comment, CommentTally, Discussion, Pick
from polls.rules import moderation


@transaction.atomic
def pick_comment(*, comment: Comment, actor: AbstractUser, pinned: bool) -> Pick:
    """Marks a comment as this editor's pick, and pins it to the top if asked.

    Picking it again only says whether it is pinned. Raises Refused for what is not on the page, and
    when the discussion has its picks already.
    """
    # One at a time: two editors who pick at once must not pass the limit together.
    Discussion.objects.select_for_update(no_key=True).get(pk=comment.discussion_id)
    comment = lock_comment(comment)
    if comment.state != PUBLISHED:
        raise Refused(_("Only a comment that is on the page can be picked."))
    pick = Pick.objects.filter(comment=comment).first()
    if pick is None:
        pick = _new(comment, actor)
    elif pick.is_pinned == pinned:
        return pick
    pick.is_pinned = pinned
    pick.save()
    touch(comment.discussion_id)
    note_comment("pick_comment", comment, actor=actor, reason=_("pinned") if pinned else "")
    return pick


def _new(comment: Comment, actor: AbstractUser) -> Pick:
    """A pick to be stored. Raises Refused when there is no room for it."""
    camp = comment.camp.key if comment.camp else ""
    picks = Pick.objects.filter(discussion_id=comment.discussion_id)
    if picks.filter(camp=camp).exists():
        raise Refused(_("There is a pick of this reaction already: take that one back first."))
    published = CommentTally.objects.filter(discussion_id=comment.discussion_id).total()
    most = moderation.most_picks(published)
    if picks.count() >= most:
        sentence = ngettext(
            "This discussion may have %(count)d pick: take one back first.",
            "This discussion may have %(count)d picks: take one back first.",
            most,
        )
        raise Refused(sentence % {"count": most})
    return Pick(comment=comment, discussion_id=comment.discussion_id, camp=camp, chosen_by=actor)


@transaction.atomic
def unpick_comment(*, comment: Comment, actor: AbstractUser) -> None:
    """Takes a pick back; nothing happens to a comment that is none."""
    comment = lock_comment(comment)
    deleted, _rows = Pick.objects.filter(comment=comment).delete()
    if deleted:
        touch(comment.discussion_id)
        note_comment("unpick_comment", comment, actor=actor)
