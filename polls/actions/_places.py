"""Where an act is to happen, asked again behind its locks.

A view looks before anything is locked. Whoever then waits for their turn may find a discussion
that was closed meanwhile, or a comment that was taken off the page.
"""

from django.utils.translation import gettext as _

from polls.errors import Closed, Refused
from polls.models import Comment, Discussion, statements


def now_of(discussion: Discussion) -> Discussion:
    """The discussion as it is now. Raises Closed for one that takes nothing any more."""
    row = statements.find(Discussion, id=discussion.pk)
    if row is None or not row.is_open:
        raise Closed(_("This discussion is closed. You can still read it and react."))
    return row


def check_parent(parent: Comment | None, discussion: Discussion) -> None:
    """Raises Refused for a comment that cannot be answered here, Closed in a locked thread."""
    if parent and parent.discussion_id != discussion.pk:
        raise Refused(_("The comment you are answering is not part of this discussion."))
    if parent is None or parent.state != Comment.State.PUBLISHED:
        raise Refused(
            _(
                "The comment you are answering was removed. Your text is kept; "
                "post it as a new comment?"
            ),
            field="body",
        )
    if (parent.root or parent).locked_at:
        raise Closed(_("A moderator has locked this thread. You can still read it."))


def check_parent_now(parent: Comment, discussion: Discussion) -> None:
    """The same of the comment, and of its thread, as they are now."""
    row = Comment.objects.select_related("root").filter(pk=parent.pk).first()
    check_parent(row, discussion)
