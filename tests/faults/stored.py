"""What the database holds, read past the site: in SQL, on a connection of the test's own."""

import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.faults.writers import Log, Person

ANSWERS = """
SELECT reader.key, choice.key FROM polls_ballot ballot
JOIN polls_reader reader ON reader.id = ballot.reader_id
JOIN polls_choice choice ON choice.id = ballot.choice_id
JOIN polls_question question ON question.id = ballot.question_id
WHERE question.key = 'reaction' AND ballot.stage = 'after'
"""
VOTES = """
SELECT reader.key, CASE WHEN vote.is_good THEN 'good' ELSE 'not' END FROM polls_commentvote vote
JOIN polls_reader reader ON reader.id = vote.reader_id WHERE vote.is_good IS NOT NULL
"""
COMMENTS = """
SELECT reader.key, comment.text FROM polls_comment comment
JOIN polls_reader reader ON reader.id = comment.reader_id
"""
OWN = """
SELECT reader.key, '' FROM polls_{table} own JOIN polls_reader reader ON reader.id = own.reader_id
ORDER BY own.id
"""
READERS = "SELECT key, '' FROM polls_reader"
KINDS = {"answer": ANSWERS, "vote": VOTES, "comment": COMMENTS}


def rows(url: str, query: str) -> list[tuple[str, str]]:
    """What a query finds: a reader's key, and what they said."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(urlsplit(url).path, timeout=20)) as connection:
            found = connection.execute(query).fetchall()
    else:
        with psycopg.connect(url) as connection:
            found = connection.execute(query).fetchall()
    return [(str(key).replace("-", ""), said) for key, said in found]


def missing(url: str, people: Iterable[Person]) -> list[str]:
    """What was acknowledged and is not there."""
    found = {kind: set(rows(url, query)) for kind, query in KINDS.items()}
    return [
        f"{kind} of {person.number}: {said}"
        for person in people
        for kind, said in person.said.items()
        if (person.key, said) not in found[kind]
    ]


def doubled(url: str) -> list[str]:
    """What one reader has more than once."""
    once = {"answer": ANSWERS, "vote": VOTES}
    found = [
        f"{kind} of {key}"
        for kind, query in once.items()
        for key, times in Counter(key for key, _said in rows(url, query)).items()
        if times > 1
    ]
    said = Counter(rows(url, COMMENTS)).items()
    return found + [f"comment of {key}: {text}" for (key, text), times in said if times > 1]


def strangers(url: str, before: set[str], log: Log) -> set[str]:
    """Readers that nobody is: a first act that was stored twice."""
    now = {key for key, _none in rows(url, READERS)}
    return now - before - {person.key for person in log.people}


def readers(url: str) -> set[str]:
    """The keys of all readers."""
    return {key for key, _none in rows(url, READERS)}


def is_sound(path: Path) -> bool:
    """Whether SQLite itself finds nothing wrong with a file."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
