"""Proving every shown count from its rows, and setting right what differs.

Each check is one statement, so it sees rows and counts of the same moment, also on a site that
runs; nothing but what differs leaves the database.
"""

from django.db import transaction

from polls.actions import _burst_proof
from polls.actions._proofs import (
    Difference,
    Duplicates,
    Places,
    Proof,
    Replies,
    TallyProof,
    TopicVotes,
)
from polls.actions._reader_locks import hold_all_acts
from polls.actions._report_proof import OpenReports
from polls.actions._vote_proof import CommentVotes
from polls.actions.revisions import touch_site
from polls.models import (
    Ballot,
    BallotTally,
    Choice,
    Comment,
    CommentTally,
    CommentVote,
    CrosstabTally,
    Discussion,
    Favourite,
    FavouriteTally,
    TopicVote,
    Work,
)

__all__ = ["Difference", "differences", "repair"]


def _answers(keys: list[tuple]) -> list[str]:
    choices = Choice.objects.select_related("question__discussion").in_bulk(
        [key[0] for key in keys]
    )
    return [
        f"Answers, {choices[pk].question.discussion.key}, {choices[pk].question.key}: "
        f"{choices[pk].key} ({stage})"
        for pk, stage in keys
    ]


# Each reaction at the close, beside each other answer of the same reader on the same discussion.
CROSSED = """
(
  SELECT r.choice_id AS reaction_id, o.choice_id, o.stage, o.reader_id
  FROM polls_ballot r
  JOIN polls_question asked ON asked.id = r.question_id AND asked.key = 'reaction'
  JOIN polls_ballot o ON o.reader_id = r.reader_id AND o.id <> r.id
  JOIN polls_question other
    ON other.id = o.question_id AND other.discussion_id = asked.discussion_id
  WHERE r.stage = 'after' AND r.choice_id IS NOT NULL AND NOT r.is_held AND NOT r.is_set_aside
    AND o.choice_id IS NOT NULL AND NOT o.is_held AND NOT o.is_set_aside
) AS crossed
"""


def _crosstabs(keys: list[tuple]) -> list[str]:
    choices = Choice.objects.select_related("question__discussion").in_bulk(
        {pk for key in keys for pk in key[:2]}
    )
    return [
        f"By camp, {choices[pk].question.discussion.key}, {choices[pk].question.key}: "
        f"{choices[reaction].key} and {choices[pk].key} ({stage})"
        for reaction, pk, stage in keys
    ]


def _comments(keys: list[tuple]) -> list[str]:
    discussions = Discussion.objects.in_bulk([key[0] for key in keys])
    camps = Choice.objects.in_bulk([key[1] for key in keys])
    return [
        f"Comments, {discussions[pk].key}: {camps[camp].key if camp in camps else 'no reaction'}"
        for pk, camp in keys
    ]


def _favourites(keys: list[tuple]) -> list[str]:
    discussions = Discussion.objects.in_bulk([key[0] for key in keys])
    works = Work.objects.in_bulk([key[1] for key in keys])
    return [f"Favourites, {discussions[on].key}: {works[pk].title}" for on, pk in keys]


# In this order: a row too many or a comment in the wrong thread falsifies the counts that follow.
PROOFS: list[Proof] = [
    Duplicates(Ballot, ("question_id", "reader_id", "stage"), newest="-changed_at"),
    Duplicates(Favourite, ("discussion_id", "reader_id"), newest="-created_at"),
    Duplicates(TopicVote, ("topic_id", "reader_id"), newest="-created_at"),
    Duplicates(CommentVote, ("comment_id", "reader_id"), newest="-changed_at"),
    *_burst_proof.PROOFS,
    Places(),
    TallyProof(
        BallotTally,
        Ballot,
        key="choice_id, stage",
        counted="choice_id IS NOT NULL AND NOT is_held AND NOT is_set_aside",
        name=_answers,
    ),
    TallyProof(
        CrosstabTally,
        Ballot,
        key="reaction_id, choice_id, stage",
        rows_sql=CROSSED,
        counted="TRUE",
        name=_crosstabs,
    ),
    TallyProof(
        CommentTally,
        Comment,
        key="discussion_id, camp_id",
        rows_key="discussion_id, COALESCE(camp_id, 0)",
        counted="state = 'published'",
        name=_comments,
    ),
    TallyProof(
        FavouriteTally, Favourite, key="discussion_id, work_id", counted="TRUE", name=_favourites
    ),
    Replies(),
    TopicVotes(),
    CommentVotes(),
    OpenReports(),
]


def differences() -> list[Difference]:
    """Every shown number that its rows do not bear out; at most 1,000 of each kind."""
    return [difference for proof in PROOFS for difference in proof.differences()]


def repair() -> list[Difference]:
    """Sets right what differs, in one transaction for each kind. Returns what differed."""
    found: list[Difference] = []
    for proof in PROOFS:
        if not proof.differences():
            continue
        with transaction.atomic():
            hold_all_acts(*proof.tables)
            found += proof.differences()  # again, now that nothing moves
            proof.rebuild()
            touch_site()
    return found
