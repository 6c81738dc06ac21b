"""A site of its own: filled by the demo and a crowd, served as quickstart serves it."""

import json
import os
import sqlite3
import sys
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from random import Random
from urllib.parse import urlencode, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from explainer.bench import NotMeasuredError, load
from explainer.bench.asking import DRAWN
from explainer.bench.crowd import SLUG, Crowd
from explainer.bench.processes import HOST, Program, environment, free_port, run

PAGE = f"/articles/{SLUG}/"
ANSWERS = f"{PAGE}questions/reaction/"
COMMENTS = f"{PAGE}comments/"
VOTES = "votes"
READERS = "readers"
CHOICES = ("enraged", "sad", "happy", "none")
# Answers and votes, though they may be held; comments that appeared at once; who has ever acted.
COUNTS = {
    ANSWERS: "SELECT count(*) FROM polls_ballot WHERE choice_id IS NOT NULL",
    COMMENTS: "SELECT count(*) FROM polls_comment WHERE published_at IS NOT NULL",
    VOTES: "SELECT count(*) FROM polls_commentvote WHERE is_good",
    READERS: "SELECT count(*) FROM polls_reader",
}
WORDS = (
    "story hero world ending chapter reader shelf rule door magic winter letter village road "
    "promise secret river engine garden mirror kitchen lantern market island school holiday"
)
LENGTH = 40  # words of a comment: about 250 characters


class Site:
    """One site in a folder, on SQLite, or on the PostgreSQL database of `url`."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self.folder, self.is_postgres = folder, bool(url)
        self.url = url or f"sqlite:///{folder / 'afterword.sqlite3'}"
        port = free_port()
        self.env = environment(
            DJANGO_SETTINGS_MODULE="explainer.settings",
            VAR_DIR=str(folder),
            DATABASE_URL=self.url,
            SITE_URL=f"http://{HOST}:{port}",
            TRUSTED_PROXIES=f"{HOST}/32",  # the load says that it comes from many addresses
            LOG_LEVEL="WARNING",
        )
        command = [sys.executable, "manage.py", "quickstart", "--port", str(port)]
        self.program = Program(command, port, PAGE, env=self.env, log=folder / "site.log")

    def prepare(self, readers: int, trusted: int) -> None:
        """Fills it, and makes so many readers who can answer, and who can comment."""
        self.manage("quickstart", "--no-serve")
        self.manage("demo")
        command = [sys.executable, "-m", "explainer.bench.crowd", str(readers), str(trusted)]
        self.crowd = Crowd(**json.loads(run(command, self.env)))
        self.readers, self.trusted = iter(self.crowd.readers), iter(self.crowd.trusted)
        self.addresses, self.chance = addresses(), Random(1)  # noqa: S311 - the same load each time

    def manage(self, *command: str) -> str:
        """Runs one command of manage.py on it; returns what it printed."""
        return run([sys.executable, "manage.py", *command], self.env)

    def stored(self, what: str) -> int:
        """How many of COUNTS there are."""
        if self.is_postgres:
            with psycopg.connect(self.url) as connection:
                return _number(connection.execute(COUNTS[what].encode()).fetchone())
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as connection:
            return _number(connection.execute(COUNTS[what]).fetchone())

    @property
    def file(self) -> str:
        """SQLite's file."""
        return self.url.removeprefix("sqlite:///")

    def looks(self, _number: int) -> list[str]:
        """The article, asked for by somebody without a cookie."""
        return [load.get(self.program.called, PAGE)]

    def own_looks(self, _number: int) -> list[str]:
        """The article, asked for by readers with answers and votes of their own."""
        return [load.get(self.program.called, PAGE, cookie) for cookie in self.crowd.own]

    def answers(self, number: int) -> list[str]:
        """So many first answers to one question, each by another reader."""
        return [
            self._post(ANSWERS, cookie, answer=self.chance.choice(CHOICES))
            for cookie in taken(self.readers, number)
        ]

    def comments(self, number: int) -> list[str]:
        """So many comments into one discussion, each by another reader, no two the same."""
        return [
            self._post(
                COMMENTS,
                cookie,
                body=" ".join(self.chance.choices(WORDS.split(), k=LENGTH)),
                name="Robin",
                show_reaction="on",
                stamp=self.crowd.stamp,
            )
            for cookie in taken(self.trusted, number)
        ]

    def votes(self, number: int) -> list[str]:
        """So many votes on the first comment of the page, each by another reader."""
        first = DRAWN.findall(self.program.page())[0].decode()
        return [
            self._post(f"{COMMENTS}{first}/vote/", cookie, vote="good")
            for cookie in taken(self.readers, number)
        ]

    def _post(self, path: str, cookie: str, **fields: str) -> str:
        address = next(self.addresses)
        return load.post(
            self.program.called, path, urlencode(fields), cookie=cookie, address=address
        )


def _number(row: tuple[int] | None) -> int:
    return row[0] if row else 0


def taken(cookies: Iterator[str], number: int) -> list[str]:
    """The next so many: nobody is asked to act twice."""
    found = list(islice(cookies, number))
    if len(found) < number:
        raise NotMeasuredError("There are too few readers for a load this long.")
    return found


def addresses() -> Iterator[str]:
    """One network after another: no two readers share what a provider gives to one household."""
    for number in range(1 << 32):
        yield f"2001:db8:{number & 0xFFFF:x}:{number >> 16:x}::1"


@contextmanager
def scratch_database(url: str) -> Generator[str]:
    """A PostgreSQL database beside the one of `url`, and the address of it; gone afterwards."""
    parts = urlsplit(url)
    name = f"{parts.path.strip('/')}_bench_{os.getpid()}"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.Error as error:
        raise NotMeasuredError(f"PostgreSQL: {str(error).strip().partition(chr(10))[0]}") from None
    try:
        yield urlunsplit(parts._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(drop)
