"""The only code that moves the votes a topic has."""

from django.db.models import F, QuerySet

from polls.actions.revisions import touch_site
from polls.models import Reader, Topic, TopicVote


def move(topic_id: int, delta: int) -> None:
    """Adds `delta` to the votes of a topic. Must run in the transaction that moves the row."""
    Topic.objects.filter(pk=topic_id).update(vote_count=F("vote_count") + delta)
    touch_site()


def withdraw_votes(votes: QuerySet[TopicVote]) -> int:
    """Deletes votes, and counts those no more that were counted; returns how many there were."""
    _move_each(votes.filter(is_held=False), -1)
    return votes.delete()[0]


def hold_topic_votes(reader: Reader, held: bool) -> None:
    """Takes every vote of a reader out of the counts, or puts all of them in.

    Must run in a transaction that holds the reader's lock, as the next one: no merge moves their
    votes meanwhile.
    """
    votes = TopicVote.objects.filter(reader=reader, is_held=not held)
    _move_each(votes, -1 if held else +1)
    votes.update(is_held=held)


def drop_topic_votes(reader: Reader) -> None:
    """Withdraws every vote of a reader, the held ones too."""
    withdraw_votes(TopicVote.objects.filter(reader=reader))


def _move_each(votes: QuerySet[TopicVote], delta: int) -> None:
    # In the order of the topics: two readers with the same topics do not wait in a ring.
    for topic_id in list(votes.order_by("topic_id").values_list("topic_id", flat=True)):
        move(topic_id, delta)
