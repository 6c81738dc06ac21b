"""The only code that changes a comment's state, and with it what is counted."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from django.db.models import F, QuerySet
from django.utils import timezone

from polls.actions.revisions import touch
from polls.models import (
    Appeal,
    Comment,
    CommentTally,
    CommentVersion,
    Pick,
    Report,
    statements,
)
from polls.models.tallies import shard_of
from polls.rules import moderation, ranking, threads

PUBLISHED = Comment.State.PUBLISHED
STRETCH = 500  # numbers in one statement
T = TypeVar("T")

# What nobody may find again once a comment is withdrawn or erased. Its votes stay in its counts,
# for no page shows them.
NOTHING_LEFT = {
    "text": "",
    "html": "",
    "name": "",
    "camp": None,
    "intent": None,
    "own_rate": ranking.NEUTRAL,
    "held_reason": "",
    "held_detail": "",
    "fingerprint": "",
}


def lock_comment(comment: Comment) -> Comment:
    """The comment as it is now, held with everything above it until the transaction ends.

    From the root down, as for a reply that is counted there: nobody waits for each other.
    """
    chain = [*threads.ancestors(comment.path), comment.pk]
    return {row.pk: row for row in held(chain)}[comment.pk]


def held(ids: Sequence[int]) -> QuerySet[Comment]:
    """Comments, held until the transaction ends, the oldest first."""
    rows = Comment.objects.filter(pk__in=ids).order_by("pk")
    return rows.select_for_update(of=("self",), no_key=True)


def set_state(comment: Comment, state: str, **also: object) -> Comment:
    """Moves a comment to `state`, writes the fields in `also`, and keeps every count in step.

    What is not published is nobody's pick. Must run in a transaction that holds the row by
    `lock_comment`. Raises Refused for a step that the rules do not know (an erased comment stays
    erased).
    """
    moderation.check_transition(comment.state, state)
    if comment.state == PUBLISHED != state:
        Pick.objects.filter(comment=comment).delete()
    delta = int(state == PUBLISHED) - int(comment.state == PUBLISHED)
    count_move(comment, delta)
    comment.state = state
    if state == PUBLISHED and comment.published_at is None:
        comment.published_at = timezone.now()
    for field, value in also.items():
        setattr(comment, field, value)
    comment.save(update_fields=["state", "published_at", *also])
    if not delta:
        touch(comment.discussion_id)
    return comment


def clear(comment: Comment, state: str, **also: object) -> Comment:
    """Moves a comment to a state that keeps nothing of what was said: neither here nor beside."""
    clear_all([comment], state, **also)
    comment.refresh_from_db()
    return comment


def clear_all(comments: Sequence[Comment], state: str, **also: object) -> None:
    """As `clear`, of comments of one discussion at once: ten thousand take about a second.

    Must run in a transaction that holds them, and all that is above them. Raises Refused as
    `set_state` does.
    """
    for before in {comment.state for comment in comments}:
        moderation.check_transition(before, state)
    _uncount([comment for comment in comments if comment.state == PUBLISHED])
    for ids in stretches([comment.pk for comment in comments]):
        CommentVersion.objects.filter(comment__in=ids).delete()
        Appeal.objects.filter(comment__in=ids).delete()
        Report.objects.filter(comment__in=ids).update(note="")
        Pick.objects.filter(comment__in=ids).delete()
        Comment.objects.filter(pk__in=ids).update(state=state, **NOTHING_LEFT | also)
    touch(comments[0].discussion_id)


def _uncount(comments: Iterable[Comment]) -> None:
    """Takes comments that were published out of every count they are in."""
    above: Counter[int] = Counter()
    tallies: Counter[tuple[int, int, int]] = Counter()
    for comment in comments:
        above.update(threads.ancestors(comment.path))
        camp, shard = comment.camp_id or 0, shard_of(comment.reader_id)
        tallies[comment.discussion_id, camp, shard] += 1
    by_number: dict[int, list[int]] = {}
    for pk, number in above.items():
        by_number.setdefault(number, []).append(pk)
    for number, pks in by_number.items():
        for ids in stretches(pks):
            Comment.objects.filter(pk__in=ids).update(reply_count=F("reply_count") - number)
    for (discussion, camp, shard), number in sorted(tallies.items()):
        CommentTally.objects.move(-number, discussion_id=discussion, camp_id=camp, shard=shard)


def stretches(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """Numbers, or rows, so many at a time as one statement may name."""
    return (rows[start : start + STRETCH] for start in range(0, len(rows), STRETCH))


def count_move(comment: Comment, delta: int) -> None:
    """Adds `delta` published comments to the discussion and to everything above this one.

    The discussion looks otherwise from now on, unless there is nothing to add.
    """
    if not delta:
        return
    above = threads.ancestors(comment.path)
    if len(above) > 1:  # one row is held by the update itself
        list(held(above))
    if above:
        Comment.objects.filter(pk__in=above).update(reply_count=F("reply_count") + delta)
    key = {
        "discussion_id": comment.discussion_id,
        "camp_id": comment.camp_id or 0,
        "shard": shard_of(comment.reader_id),
    }
    if not statements.add(CommentTally, delta, **key):  # the first of its shard
        CommentTally.objects.move(delta, **key)
    touch(comment.discussion_id)
