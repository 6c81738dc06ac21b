"""Saying "Good point" or "Not for me" to somebody else's comment."""

from polls.actions import limits
from polls.actions._votes import cast
from polls.actions.camps import voting_camp_of
from polls.actions.readers import act, lock_reader
from polls.models import Comment, CommentVote, Discussion, Reader, statements
from polls.rules import votes
from polls.rules.limits import VOTES, VOTES_OF_ADDRESS


def vote_comment(
    *, comment: Comment, reader: Reader, vote: str, address: str | None = None
) -> CommentVote | None:
    """Sets this reader's vote on a comment: "good", "not", or "" to withdraw. Returns it, if any.

    It counts for the camp the reader is in now and keeps it; a changed vote takes the present one.
    Raises Refused for anything else, NotAllowed for a comment of one's own or one that is not
    shown, Closed for a new vote in a closed discussion, TooSoon for speed: the reader's, or that of
    their `address` (None: it came over no network).
    """
    if reader.is_new and vote == "":
        return None
    # Whatever needs no lock comes before the transaction.
    return _vote(
        comment=comment,
        reader=reader,
        vote=vote,
        house=limits.house_of(address),
        source=limits.source_hash(address or ""),
    )


@act
def _vote(
    *, comment: Comment, reader: Reader, vote: str, house: str | None, source: str
) -> CommentVote | None:
    row = lock_reader(reader)
    limits.check_reader(row, VOTES, VOTES_OF_ADDRESS, house)
    discussion = statements.find(Discussion, id=comment.discussion_id)
    if discussion is None:
        raise Discussion.DoesNotExist

    def check(held: Comment) -> None:
        votes.check_vote(
            vote,
            mine=held.reader_id == row.pk,
            is_published=held.state == Comment.State.PUBLISHED,
            is_open=discussion.is_open,
        )

    check(comment)  # what is refused anyway need not be written first
    return cast(
        comment=comment,
        reader=row,
        camp=None if row.is_first_act else voting_camp_of(row, discussion),
        is_good=vote == votes.GOOD if vote else None,
        check=check,
        source=source,
    )
