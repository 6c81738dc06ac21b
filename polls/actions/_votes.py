"""The only code that touches a vote on a comment, and the counts on the comment."""

from collections.abc import Iterable
from copy import copy

from django.db.models import QuerySet
from django.utils import timezone

from polls.actions.revisions import touch
from polls.models import Choice, Comment, CommentVote, Reader
from polls.rules import ranking
from polls.rules.voting import CAMPS

CAMP_COUNTS = [f"{camp}_{side}" for camp in CAMPS for side in ("yes", "no")]
COUNTS = ["good_count", *CAMP_COUNTS]
DERIVED = ["score", "own_rate", "badge_since"]


def lock_for_votes(ids: Iterable[int]) -> QuerySet[Comment]:
    """Comments with the camps they show, held until the transaction ends, in the order of all."""
    rows = Comment.objects.filter(pk__in=ids).select_related("camp").order_by("pk")
    return rows.select_for_update(of=("self",), no_key=True)


def cast(
    *, comment: Comment, reader: Reader, camp: Choice | None, is_good: bool | None
) -> CommentVote | None:
    """Writes one vote and moves the counts; `is_good` None withdraws.

    Must run in a transaction that holds the reader's lock and the comment by `lock_for_votes`. The
    vote counts for the `camp` its reader is in now. The same vote again changes nothing, also not
    the camp it was cast in. A vote that was held stays held.
    """
    old = CommentVote.objects.filter(comment=comment, reader=reader).select_related("camp").first()
    if (old.is_good if old else None) == is_good:
        return old
    new = CommentVote(
        comment=comment,
        reader=reader,
        camp=None if is_good is None else camp,
        is_good=is_good,
        is_held=bool(old and old.is_held),
    )
    CommentVote.objects.bulk_create(
        [new],
        update_conflicts=True,
        unique_fields=["comment", "reader"],
        update_fields=["camp", "is_good", "is_held", "changed_at"],
    )
    _replace(comment, old, new)
    return new


def hold_votes(reader: Reader, held: bool) -> None:
    """Takes every vote of a reader out of the counts, or puts them back. In a transaction."""
    _change_all(reader, CommentVote.objects.filter(is_held=not held), is_held=held)


def drop_votes(reader: Reader) -> None:
    """Withdraws every vote of a reader, the held ones too. Must run in a transaction."""
    given = CommentVote.objects.filter(is_good__isnull=False)
    _change_all(reader, given, is_good=None, camp=None)


def _change_all(reader: Reader, votes: QuerySet[CommentVote], **change: bool | None) -> None:
    # As an act of the reader's own would: nothing of theirs moves meanwhile.
    Reader.objects.select_for_update(of=("self",)).get(pk=reader.pk)
    votes = votes.filter(reader=reader)
    old = {vote.comment_id: vote for vote in votes.select_related("camp")}
    # In the order of all who hold several comments: two of them never wait for each other.
    for comment in lock_for_votes(old):
        new = copy(old[comment.pk])
        for field, value in change.items():
            setattr(new, field, value)
        _replace(comment, old[comment.pk], new)
    votes.update(**change)


def _replace(comment: Comment, old: CommentVote | None, new: CommentVote) -> None:
    before = _kind(comment)
    _count(comment, old, -1)
    _count(comment, new, +1)
    settle(comment, before)
    touch(comment.discussion_id)


def _count(comment: Comment, vote: CommentVote | None, delta: int) -> None:
    if vote is None or vote.is_held or vote.is_good is None:
        return
    comment.good_count += delta if vote.is_good else 0
    if vote.camp and vote.camp.key in CAMPS:
        field = f"{vote.camp.key}_{'yes' if vote.is_good else 'no'}"
        setattr(comment, field, getattr(comment, field) + delta)


def _kind(comment: Comment) -> str:
    earned = ranking.badge(comment.votes_by_camp)
    return earned.kind if earned else ""


def settle(comment: Comment, before: str) -> None:
    """Writes a comment's counts, with score, rate and badge in step with them.

    `before` is the kind of badge the counts earned until now: another kind is as new as a first.
    """
    votes = comment.votes_by_camp
    comment.score, comment.own_rate = ranking.score(votes), own_rate(comment)
    if not (kind := _kind(comment)):
        comment.badge_since = None
    elif kind != before or comment.badge_since is None:
        comment.badge_since = timezone.now()
    comment.save(update_fields=COUNTS + DERIVED)


def own_rate(comment: Comment) -> float:
    """The rate within the camp that stands with a comment; NEUTRAL where none does."""
    own = comment.votes_by_camp.get(comment.camp.key if comment.camp else "")
    return ranking.rate(*own) if own else ranking.NEUTRAL
