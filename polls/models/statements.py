"""The few statements that run by the thousand a second, written out.

Putting a statement together with the ORM costs this server about ten times what the database takes
to run it, and an act needs several. So the acts that come in bursts (answers, votes, comments, and
the look-ups before them) use these: what is asked for one row of any model (`_rows`), and these few
that ask for more. All SQL of polls that is not the ORM's stands in these two, in actions/limits, in
actions/revisions and in the proofs of actions/recount.
"""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth import get_user_model

from polls.models._rows import (
    add,
    columns_of,
    find,
    insert,
    keep,
    lock,
    moment,
    row_of,
    run,
    update,
    where_equal,
)
from polls.models.comments import Comment
from polls.models.discussions import Discussion
from polls.models.questions import Ballot, Choice, Question, Stage
from polls.rules import moderation

__all__ = [
    "add",
    "count_and_find_repeat",
    "find",
    "find_answers",
    "find_comment",
    "find_discussion",
    "find_edited",
    "find_question",
    "find_said",
    "insert",
    "keep",
    "listed_words",
    "lock",
    "names_of_staff",
    "run",
    "update",
]


def _listed(words: Iterable[str]) -> str:
    """Words of the rules as a list of SQL; nobody else's ever."""
    return ", ".join(f"'{word}'" for word in sorted(words))


# All as DiscussionQuerySet.visible.
DISCUSSION = """
SELECT {d} FROM polls_discussion d
WHERE d.key = %s AND d.opens_at <= %s AND d.state <> %s
"""
COMMENT = """
SELECT {d}, {c} FROM polls_discussion d JOIN polls_comment c ON c.discussion_id = d.id
WHERE d.key = %s AND d.opens_at <= %s AND d.state <> %s AND c.id = %s
"""
QUESTION = """
SELECT {d}, {q}, {c} FROM polls_discussion d
JOIN polls_question q ON q.discussion_id = d.id
LEFT JOIN polls_choice c ON c.question_id = q.id
WHERE d.key = %s AND d.opens_at <= %s AND d.state <> %s AND q.key = %s
ORDER BY c.position, c.id
"""

# As queries.removals, of the comments that were published. A text that leaves nothing to compare is
# like none; the partial index is found by these words.
AUTHOR = f"""
SELECT (
    SELECT COUNT(*) FROM polls_comment c
    WHERE c.reader_id = %s AND c.published_at IS NOT NULL
    AND c.state NOT IN ({_listed(moderation.REMOVED)})
    AND NOT (c.state = 'erased' AND COALESCE((
        SELECT e.act FROM polls_moderationentry e
        WHERE e.comment_id = c.id AND e.act NOT IN ({_listed(moderation.BESIDE)})
        ORDER BY e.id DESC LIMIT 1
    ), '') IN ({_listed(moderation.REMOVALS)}))
), EXISTS (
    SELECT 1 FROM polls_comment
    WHERE fingerprint = %s AND NOT fingerprint = '' AND created_at > %s AND id <> %s
)
"""  # noqa: S608 - words of the rules
ANSWERS = """
SELECT q.key, {b} FROM polls_ballot b JOIN polls_question q ON q.id = b.question_id
WHERE b.reader_id = %s AND q.discussion_id = %s
"""
# The first version is what was sent.
EDITED = """
SELECT {c} FROM polls_comment t
WHERE {where} AND t.edited_at IS NOT NULL AND t.created_at > %s AND (
    SELECT v.text FROM polls_commentversion v WHERE v.comment_id = t.id ORDER BY v.id LIMIT 1
) = %s
LIMIT 1
"""
SAID = """
SELECT q.key, {c} FROM polls_ballot b
JOIN polls_question q ON q.id = b.question_id
JOIN polls_choice c ON c.id = b.choice_id
WHERE b.reader_id = %s AND b.stage = %s AND q.discussion_id = %s AND q.key IN ({keys})
"""
# As BallotQuerySet.counted, of ballots with a choice.
COUNTED = "AND NOT b.is_held AND NOT b.is_set_aside"


def find_discussion(key: str, now: datetime) -> Discussion | None:
    """A discussion whose page is public."""
    rows = run(DISCUSSION.format(d=columns_of(Discussion, "d")), _visible(key, now))
    return row_of(Discussion, rows[0]) if rows else None


def find_comment(key: str, pk: int, now: datetime) -> Comment | None:
    """A comment of a public discussion, in whatever state, with its discussion, at once."""
    sql = COMMENT.format(d=columns_of(Discussion, "d"), c=columns_of(Comment, "c"))
    rows = run(sql, [*_visible(key, now), pk])
    if not rows:
        return None
    said = len(Discussion._meta.concrete_fields)
    comment = row_of(Comment, rows[0][said:])
    comment.discussion = row_of(Discussion, rows[0][:said])
    return comment


def find_question(key: str, question_key: str, now: datetime) -> Question | None:
    """A question of a public discussion, with both and its choices, at once."""
    models = {"d": Discussion, "q": Question, "c": Choice}
    columns = {alias: columns_of(model, alias) for alias, model in models.items()}
    rows = run(QUESTION.format(**columns), [*_visible(key, now), question_key])
    if not rows:
        return None
    asked = len(Discussion._meta.concrete_fields)
    chosen = asked + len(Question._meta.concrete_fields)
    question = row_of(Question, rows[0][asked:chosen])
    question.discussion = row_of(Discussion, rows[0][:asked])
    choices = [row_of(Choice, row[chosen:]) for row in rows if row[chosen] is not None]
    # As prefetch_related would leave them: `question.choices.all()` asks no more.
    found = question.choices.all()
    found._result_cache, found._prefetch_done = choices, True
    question._prefetched_objects_cache = {"choices": found}
    return question


def find_said(
    discussion_id: int, reader_id: int, questions: Iterable[str], *, counted: bool = False
) -> dict[str, Choice]:
    """{question key: choice} of what a reader answers at the close, of these questions.

    `counted`: only what stands in the shown numbers.
    """
    keys = list(questions)
    marks = ", ".join(["%s"] * len(keys))
    sql = SAID.format(c=columns_of(Choice, "c"), keys=marks) + (COUNTED if counted else "")
    rows = run(sql, [reader_id, Stage.AFTER.value, discussion_id, *keys])
    return {row[0]: row_of(Choice, row[1:]) for row in rows}


def find_answers(discussion_id: int, reader_id: int) -> dict[tuple[str, str], Ballot]:
    """{(question key, stage): ballot} of a reader, those that were withdrawn too."""
    rows = run(ANSWERS.format(b=columns_of(Ballot, "b")), [reader_id, discussion_id])
    ballots = [(row[0], row_of(Ballot, row[1:])) for row in rows]
    return {(question, ballot.stage): ballot for question, ballot in ballots}


def find_edited(*, sent: str, since: datetime, **equal: object) -> Comment | None:
    """A comment with these values, made after `since`, that was sent so and edited later."""
    where, values = where_equal(Comment, equal)
    sql = EDITED.format(c=columns_of(Comment, "t"), where=where)
    rows = run(sql, [*values, moment(since), sent])
    return row_of(Comment, rows[0]) if rows else None


def listed_words() -> list[tuple[str, str, str]]:
    """(folded, word, kind) of each word of the operator's lists."""
    return run("SELECT folded, word, kind FROM polls_listedword", [])


def names_of_staff() -> list[tuple[str, str, str]]:
    """(first name, last name, user name) of each account of the staff."""
    table = get_user_model()._meta.db_table
    return run(f"SELECT first_name, last_name, username FROM {table} WHERE is_staff", [])  # noqa: S608 - our own names


def count_and_find_repeat(
    reader_id: int, *, fingerprint: str, since: datetime, but: int
) -> tuple[int, bool]:
    """How many comments of a reader were fit to be read, and whether a text was said before.

    The latter by anybody, later than `since`, and in another comment than `but` (0 for any).
    """
    ((number, is_repeat),) = run(AUTHOR, [reader_id, fingerprint, moment(since), but])
    return number, bool(is_repeat)


def _visible(key: str, now: datetime) -> list:
    return [key, moment(now), Discussion.State.HIDDEN.value]
