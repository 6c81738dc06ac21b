"""The only code that touches a vote on a comment, and the counts on the comment."""

from collections.abc import Callable, Iterable
from copy import copy
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from polls.actions.revisions import touch
from polls.models import Burst, Choice, Comment, CommentVote, Reader, statements
from polls.rules import ranking
from polls.rules.voting import CAMPS

CAMP_COUNTS = [f"{camp}_{side}" for camp in CAMPS for side in ("yes", "no")]
COUNTS = ["good_count", *CAMP_COUNTS]
DERIVED = ["score", "own_rate", "badge_since"]
ONE_EACH = ("comment_id", "reader_id")
CHANGED = ("camp_id", "is_good", "is_held", "source", "changed_at")


def lock_for_votes(ids: Iterable[int]) -> QuerySet[Comment]:
    """Comments with the camps they show, held until the transaction ends, in the order of all."""
    rows = Comment.objects.filter(pk__in=ids).select_related("camp").order_by("pk")
    return rows.select_for_update(of=("self",), no_key=True)


def cast(
    *,
    comment: Comment,
    reader: Reader,
    camp: Choice | None,
    is_good: bool | None,
    check: Callable[[Comment], None],
    source: str = "",
) -> CommentVote | None:
    """Writes one vote and moves the counts; `is_good` None withdraws.

    Must run in a transaction that holds the reader's lock. The vote counts for the `camp` its
    reader is in now. The same vote again changes nothing, also not the camp it was cast in. A vote
    that was held stays held, and one of a burst stays with it. `source` says from what network it
    came (`limits.source_hash`).

    The comment, on which a hundred others may be voting, is held last and shortly. Only then is it
    known how it stands: `check` is given it, and raises to take everything back.
    """
    vote = CommentVote(
        comment=comment,
        reader=reader,
        camp=None if is_good is None else camp,
        is_good=is_good,
        source=source,
    )
    old, new = _store(vote)
    comment = _held(comment.pk)
    check(comment)
    if new is not old:
        _replace(comment, old, new)
    return new


def _held(pk: int) -> Comment:
    """As `lock_for_votes`, of one comment."""
    comment = statements.lock(Comment, no_key=True, id=pk)
    if comment is None:
        raise Comment.DoesNotExist
    if comment.camp_id:
        comment.camp = statements.find(Choice, id=comment.camp_id)
    return comment


def _old(comment: Comment, reader: Reader) -> CommentVote | None:
    vote = statements.find(CommentVote, comment_id=comment.pk, reader_id=reader.pk)
    if vote and vote.camp_id:
        vote.camp = statements.find(Choice, id=vote.camp_id)
    return vote


def _store(vote: CommentVote) -> tuple[CommentVote | None, CommentVote | None]:
    """The vote that stood there, and the one that does now: the same when nothing changes.

    Most votes are somebody's first on a comment: it is written without looking for another.
    """
    if vote.is_good is not None and statements.insert(vote, unique=ONE_EACH):
        return None, vote
    old = _old(vote.comment, vote.reader)
    if (old.is_good if old else None) == vote.is_good:
        return old, old
    vote.is_held, vote.is_set_aside = old.is_held, old.is_set_aside
    statements.insert(vote, unique=ONE_EACH, update=CHANGED)
    return old, vote


def hold_votes(reader: Reader, held: bool) -> None:
    """Takes every vote of a reader out of the counts, or puts them back. In a transaction."""
    _change_all(reader, CommentVote.objects.filter(is_held=not held), is_held=held)


def drop_votes(reader: Reader) -> None:
    """Withdraws every vote of a reader, the held ones too. Must run in a transaction."""
    given = CommentVote.objects.filter(is_good__isnull=False)
    _change_all(reader, given, is_good=None, camp=None)


def _change_all(reader: Reader, votes: QuerySet[CommentVote], **change: bool | None) -> None:
    # As an act of the reader's own would: nothing of theirs moves meanwhile.
    Reader.objects.select_for_update(of=("self",), no_key=True).get(pk=reader.pk)
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
    if vote is None or vote.is_held or vote.is_set_aside or vote.is_good is None:
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
    A frozen badge stays as it is.
    """
    votes = comment.votes_by_camp
    comment.score, comment.own_rate = ranking.score(votes), own_rate(comment)
    if comment.frozen_votes is None:
        comment.badge_since = _since(comment, before)
    statements.update(comment, *COUNTS, *DERIVED)


def _since(comment: Comment, before: str) -> datetime | None:
    kind = _kind(comment)
    if kind == before and comment.badge_since:
        return comment.badge_since
    return timezone.now() if kind else None


def set_votes_aside(burst: Burst, aside: bool) -> None:
    """Takes every vote of a burst out of the counts, or puts those in that nothing else holds.

    Must run in a transaction that holds the locks of their readers.
    """
    votes = CommentVote.objects.filter(burst=burst, is_set_aside=not aside)
    for comment in lock_for_votes(votes.values("comment")):
        before = _kind(comment)
        for vote in votes.filter(comment=comment, is_held=False).select_related("camp"):
            vote.is_set_aside = False
            _count(comment, vote, -1 if aside else +1)
        settle(comment, before)
        touch(comment.discussion_id)
    votes.update(is_set_aside=aside)


def freeze_badges(burst: Burst) -> None:
    """Has the comments that a burst touched show the badge they have without its votes.

    As `set_votes_aside`. What another burst has frozen stays so.
    """
    votes = CommentVote.objects.filter(burst=burst, is_good__isnull=False)
    still = votes.filter(comment__frozen_votes__isnull=True)
    for comment in lock_for_votes(still.values("comment")):
        rest = copy(comment)
        for vote in votes.filter(comment=comment).select_related("camp"):
            _count(rest, vote, -1)
        comment.frozen_votes = rest.votes_by_camp
        if _kind(rest) != _kind(comment):
            comment.badge_since = burst.started_at if _kind(rest) else None
        comment.save(update_fields=["frozen_votes", "badge_since"])
        touch(comment.discussion_id)


def thaw_badges(comments: Iterable[int] | QuerySet, *, but: Burst | None = None) -> None:
    """Has comments show the badge of all their votes, unless an open burst (`but` one) holds some.

    Must run in a transaction that holds the locks of the readers who voted.
    """
    others = Burst.objects.open().exclude(pk=but.pk if but else None)
    doubted = CommentVote.objects.filter(burst__in=others).values("comment")
    frozen = Comment.objects.filter(pk__in=comments, frozen_votes__isnull=False)
    for comment in lock_for_votes(frozen.exclude(pk__in=doubted).values("pk")):
        earned = ranking.badge(comment.badge_votes)
        comment.frozen_votes = None
        comment.save(update_fields=["frozen_votes"])
        settle(comment, earned.kind if earned else "")
        touch(comment.discussion_id)


def own_rate(comment: Comment) -> float:
    """The rate within the camp that stands with a comment; NEUTRAL where none does."""
    own = comment.votes_by_camp.get(comment.camp.key if comment.camp else "")
    return ranking.rate(*own) if own else ranking.NEUTRAL
