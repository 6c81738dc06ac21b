"""Rows with the counts that belong to them. Everything here must run in a transaction."""

from collections import Counter, defaultdict
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Model

from explainer.demo.bulk import Rows
from polls.models import (
    Ballot,
    BallotTally,
    Comment,
    CommentTally,
    CommentVote,
    CrosstabTally,
    Favourite,
    FavouriteTally,
    ModerationEntry,
    Question,
)
from polls.models.questions import REACTION, Stage
from polls.models.tallies import Tally, shard_of
from polls.rules.crosstabs import crossings

BALLOT = ("question_id", "reader_id", "stage", "choice_id", "created_at", "changed_at")
FAVOURITE = ("discussion_id", "reader_id", "work_id", "created_at")
VOTE = ("comment_id", "reader_id", "camp_id", "is_good", "created_at", "changed_at")
COMMENT = (
    *("id", "discussion_id", "reader_id", "parent_id", "root_id", "path"),
    *("name", "camp_id", "intent_id", "text", "html", "fingerprint"),
    *("state", "held_reason", "reason", "reply_count"),
    *("good_count", "enraged_yes", "enraged_no", "sad_yes", "sad_no", "happy_yes", "happy_no"),
    *("score", "own_rate", "badge_since", "created_at", "published_at", "edited_at"),
)
ENTRY = (
    *("actor_id", "act", "comment_id", "discussion_id", "reason"),
    *("state_before", "reason_before", "camp", "created_at"),
)


class Person(NamedTuple):
    """An invented reader, with what they answered at the close of one article, as far as known."""

    pk: int
    name: str
    camp: str = ""
    camp_id: int | None = None
    intent_id: int | None = None


class Answer(NamedTuple):
    """A ballot to be."""

    question_id: int
    reader_id: int
    stage: str
    choice_id: int
    at: datetime


@contextmanager
def kept_times(*models: type[Model]) -> Generator[None]:
    """Stores the times that rows bring along, where the fields would write the present one."""
    fields: list[Any] = [field for model in models for field in model._meta.fields]
    timed = [
        (field, name)
        for field in fields
        for name in ("auto_now", "auto_now_add")
        if getattr(field, name, False)
    ]
    try:
        for field, name in timed:
            setattr(field, name, False)
        yield
    finally:
        for field, name in timed:
            setattr(field, name, True)


def store_answers(answers: list[Answer]) -> None:
    """Adds ballots that are answers, not held, by readers who had given none here yet."""
    Rows(Ballot, *BALLOT).add((*answer, answer.at) for answer in answers)
    keys = ((row.choice_id, row.stage, shard_of(row.reader_id)) for row in answers)
    _count(BallotTally, ("choice_id", "stage"), keys)
    _count(CrosstabTally, ("reaction_id", "choice_id", "stage"), _crossed(answers))


def _crossed(answers: list[Answer]) -> Generator[tuple]:
    by_reader: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    questions = dict(Question.objects.values_list("pk", "key"))
    for row in answers:
        by_reader[row.reader_id][questions[row.question_id], row.stage] = row.choice_id
    for reader_id, given in by_reader.items():
        for cell in crossings(given, (REACTION, Stage.AFTER)):
            yield (*cell, shard_of(reader_id))


def store_favourites(favourites: list[tuple]) -> None:
    """Adds favourites of readers who had named none yet: the columns of FAVOURITE."""
    Rows(Favourite, *FAVOURITE).add(favourites)
    keys = ((discussion, work, shard_of(reader)) for discussion, reader, work, _at in favourites)
    _count(FavouriteTally, ("discussion_id", "work_id"), keys)


def store_comments(said: list[Any], votes: list[tuple], actor_id: int | None) -> None:
    """Adds whole threads (`said.Said`), whose rows know their places and every count.

    `votes` are the columns of VOTE; what they count stands in the rows already. `actor_id` is who
    judged the comments that were taken away.
    """
    Rows(Comment, *COMMENT).add(row.values() for row in said)
    Rows(ModerationEntry, *ENTRY).add(entry for row in said if (entry := row.entry(actor_id)))
    Rows(CommentVote, *VOTE).add(votes)
    keys = (
        (row.discussion_id, row.camp_id or 0, shard_of(row.author.pk))
        for row in said
        if row.state == Comment.State.PUBLISHED
    )
    _count(CommentTally, ("discussion_id", "camp_id"), keys)


def _count(tally: type[Tally], names: tuple[str, ...], keys: Iterable[tuple]) -> None:
    """Adds rows to their tallies, in one order: two who do so at once do not wait in a ring."""
    for (*values, shard), number in sorted(Counter(keys).items()):
        tally.objects.move(number, shard=shard, **dict(zip(names, values, strict=True)))
