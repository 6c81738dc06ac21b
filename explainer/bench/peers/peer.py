"""What every other comment system can be asked, whatever it is made of."""

import json
import os
import shutil
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path
from random import Random
from typing import Any

from explainer.bench import NotMeasuredError, load
from explainer.bench.peers import seed
from explainer.bench.processes import Program, run
from explainer.bench.site import addresses

# Threads, by the address of the page they stand below: read, written to, voted in, and a long one.
FEW, POSTED, VOTED, MANY = "/few/", "/posted/", "/voted/", "/many/"
INSTALLING = 600  # seconds until an installation counts as stuck
WAIT = 60  # seconds for a database that the peer is writing to
Up = Callable[[AbstractContextManager], object]  # starts a program that ends with the stage


class Peer(ABC):
    """One of them: `installed` is where its packages stand, `folder` where its data does."""

    name: str
    title: str  # the name as it is written, with the version
    words: str  # what it calls the words of a comment
    wanted_votes: int  # a second, there must be at least so many for a load
    wanted_comments: int

    def __init__(self, installed: Path, folder: Path) -> None:
        self.installed, self.folder = installed, folder
        self.chance, self.addresses = Random(2), addresses()  # noqa: S311 - the same load each time

    @abstractmethod
    def install(self) -> None:
        """Fetches it by the tool that its readers are told to use, unless it is there.

        Raises NotMeasuredError when that tool is missing or fails.
        """

    @abstractmethod
    def start(self, up: Up) -> None:
        """Starts it as `program`, with an empty database at `database`."""

    program: Program
    database: Path

    @abstractmethod
    def path(self, thread: str) -> str:
        """What its own script asks for to show a thread, with its settings as they come."""

    def short_path(self, thread: str) -> str:
        """What it asks for to show as little of a thread at first as can be set."""
        return self.path(thread)

    @abstractmethod
    def shown(self, body: bytes) -> int:
        """How many comments an answer to that holds."""

    @abstractmethod
    def comments(self, number: int) -> list[str]:
        """So many comments to be posted to POSTED, no two the same."""

    @abstractmethod
    def said(self, answer: bytes) -> str:
        """The comment that an answer to one of them holds."""

    @abstractmethod
    def votes(self, number: int) -> list[str]:
        """So many votes on VOTED, each by another reader."""

    @abstractmethod
    def stored_comments(self) -> int:
        """How many comments POSTED has."""

    @abstractmethod
    def stored_votes(self) -> int:
        """What the counts of VOTED come to."""

    @abstractmethod
    def rows(self, key: Any, lines: Iterable[seed.Line], first: int) -> Iterator[tuple]:
        """The rows of these lines, as `insert` stores them. Their ids begin after `first`."""

    table: str  # of its comments
    insert: str  # one into it

    def key(self, thread: str) -> object:
        """What a comment is stored with to stand in that thread."""
        return thread

    def fill(self, thread: str, comments: int) -> list[int]:
        """Puts so many straight into a thread that has none; returns their ids."""
        key = self.key(thread)
        with self._connected() as connection, connection:
            connection.execute("BEGIN IMMEDIATE")  # it may still be storing what a load ended with
            biggest = f"SELECT coalesce(max(id), 0) FROM {self.table}"  # noqa: S608 - our own name
            first = connection.execute(biggest).fetchone()[0]
            connection.executemany(self.insert, self.rows(key, seed.lines(comments), first))
        return list(range(first + 1, first + comments + 1))

    def number(self, query: str, *given: object) -> int:
        """The number that a query of its database comes to."""
        with self._connected() as connection:
            return connection.execute(query, given).fetchone()[0] or 0

    def execute(self, statement: str, *given: object) -> None:
        """One statement that changes its database."""
        with self._connected() as connection, connection:
            connection.execute(statement, given)

    def _connected(self) -> AbstractContextManager[sqlite3.Connection]:
        return closing(sqlite3.connect(self.database, timeout=WAIT))

    def send(self, path: str, fields: dict[str, object], method: str = "POST") -> str:
        """A request by the next reader."""
        address = next(self.addresses)
        return load.send_json(self.program.called, path, fields, address=address, method=method)


def tool(name: str, of: str) -> str:
    """Where a program stands. Raises NotMeasuredError when it is not installed."""
    if found := shutil.which(name):
        return found
    raise NotMeasuredError(f"{of} is not here: it comes by {name}, which is not installed.")


def fetch(command: Sequence[str], of: str) -> None:
    """Runs a tool of the operator's, with the operator's settings.

    Raises NotMeasuredError when it fails.
    """
    try:
        run(command, dict(os.environ), most=INSTALLING)
    except NotMeasuredError as error:
        raise NotMeasuredError(f"{of} is not here: {error}") from None


def parsed(body: bytes, of: str, *keys: str) -> Any:
    """What stands at these keys in the JSON of an answer.

    Raises NotMeasuredError when nothing does.
    """
    try:
        found = json.loads(body)
        for key in keys:
            found = found[key]
    except (ValueError, KeyError, TypeError):
        raise NotMeasuredError(f"{of} answered otherwise than with comments.") from None
    return found
