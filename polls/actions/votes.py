"""Saying "Good point" or "Not for me" to somebody else's comment."""

from polls.actions import limits
from polls.actions._votes import cast, lock_for_votes
from polls.actions.comments import camp_of
from polls.actions.readers import act, lock_reader
from polls.models import Comment, CommentVote, Reader
from polls.rules import votes
from polls.rules.limits import VOTES


@act
def vote_comment(*, comment: Comment, reader: Reader, vote: str) -> CommentVote | None:
    """Sets this reader's vote on a comment: "good", "not", or "" to withdraw. Returns it, if any.

    It counts for the camp the reader is in now and keeps it; a changed vote takes the present one.
    Raises Refused for anything else, NotAllowed for a comment of one's own or one that is not
    shown, Closed for a new vote in a closed discussion, TooSoon for speed.
    """
    if reader.is_new and vote == "":
        return None
    row = lock_reader(reader)
    limits.check(VOTES, f"r{row.pk}")
    comment = lock_for_votes([comment.pk]).select_related("camp", "discussion").get()
    votes.check_vote(
        vote,
        mine=comment.reader_id == row.pk,
        is_published=comment.state == Comment.State.PUBLISHED,
        is_open=comment.discussion.is_open,
    )
    return cast(
        comment=comment,
        reader=row,
        camp=camp_of(row, comment.discussion),
        is_good=vote == votes.GOOD if vote else None,
    )
