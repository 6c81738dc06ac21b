"""The way back: a real site, its own data, the commands an operator types."""

import os
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from explainer.backup.unfinished import RESTORE
from tests.faults.writers import wait_until
from tests.server import ROOT, START_LIMIT, fresh_database

ARTICLES = "SELECT slug, html FROM explainer_article ORDER BY slug"
LOSE = ("DELETE FROM explainer_example", "DELETE FROM explainer_article")


@dataclass
class Place:
    """A data folder and a database of its own."""

    var: Path
    database: str

    @property
    def env(self) -> dict[str, str]:
        env = {name: value for name, value in os.environ.items() if name != "SECRET_KEY"}
        given = {
            "DJANGO_SETTINGS_MODULE": "explainer.settings",
            "VAR_DIR": str(self.var),
            "DATABASE_URL": self.database,
        }
        return env | given

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def do(self, *command: str) -> str:
        """What a command that does as asked prints."""
        done = self.run(*command)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def refuses(self, *command: str) -> str:
        """The sentence with which a command refuses."""
        done = self.run(*command)
        assert done.returncode == 1, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stderr

    @contextmanager
    def working(self) -> Iterator[None]:
        """A worker that has spoken; stopped at the end as an operator stops it."""
        command = [sys.executable, "manage.py", "worker"]
        with subprocess.Popen(command, cwd=ROOT, env=self.env) as worker:
            try:
                deadline = time.monotonic() + START_LIMIT
                while not self.beats():
                    assert worker.poll() is None
                    assert time.monotonic() < deadline
                    time.sleep(0.05)
                yield
            finally:
                worker.terminate()
        assert worker.returncode == 0

    @property
    def is_file(self) -> bool:
        return self.database.startswith("sqlite")

    @property
    def file(self) -> Path:
        return Path(self.database.removeprefix("sqlite:///"))

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection | psycopg.Connection]:
        """Another process of the site that has the database open."""
        connect = sqlite3.connect if self.is_file else psycopg.connect
        connection = connect(self.file if self.is_file else self.database)
        connection.execute("SELECT 1 FROM polls_reader").fetchall()
        try:
            yield connection
        finally:
            connection.close()

    def ask(self, query: str) -> list[tuple]:
        """The rows of a query."""
        with self.opened() as connection:
            return connection.execute(query).fetchall()

    def lose(self) -> None:
        """Somebody deletes every article."""
        with self.opened() as connection:
            for statement in LOSE:
                connection.execute(statement)
            connection.commit()

    def beats(self) -> bool:
        """Whether a worker has left a sign of life."""
        return bool(self.ask("SELECT name FROM polls_heartbeat"))


@contextmanager
def place(folder: Path) -> Iterator[Place]:
    folder.mkdir()
    with fresh_database(folder) as database:
        yield Place(folder / "var", database)


def kept_name(told: str) -> str:
    (line,) = [line for line in told.splitlines() if line.startswith("What was there before")]
    return line.rpartition(": ")[2]


def drop(where: Place, name: str) -> None:
    with psycopg.connect(where.database, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def leave_empty(where: Place) -> None:
    """What a restore into an empty site leaves when it is killed before it has taken it away."""
    with psycopg.connect(where.database, autocommit=True) as connection:
        name = f"{connection.info.dbname[:23]}_empty"
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def test_a_site_is_lost_and_comes_back(tmp_path: Path) -> None:
    backup = str(tmp_path / "backup.zip")
    with place(tmp_path / "old") as old:
        old.do("quickstart", "--no-serve")
        articles = old.ask(ARTICLES)
        assert articles
        old.do("backup", backup, "--with-key")
        key = (old.var / "secret-key").read_text()

        # What would overwrite a site, or pull the floor from under it, is refused.
        assert "Add --replace" in old.refuses("restore", backup)
        with old.opened():
            assert "The site is running" in old.refuses("restore", backup, "--replace")
        with old.working():
            assert "worker was at work" in old.refuses("restore", backup, "--replace")
        assert not old.beats()  # so that nobody has to wait who has stopped it
        assert old.ask(ARTICLES) == articles

        old.lose()
        (old.var / "secret-key").write_text("another-key-" + "x" * 50)
        told = old.do("restore", backup, "--replace", "--with-key")
        assert "Restored the site of " in told
        assert old.ask(ARTICLES) == articles
        assert (old.var / "secret-key").read_text() == key
        assert "borne out" in old.do("recount", "--check")
        kept = kept_name(told)
        if old.is_file:
            assert Path(kept).exists()
            assert stat.S_IMODE(old.file.stat().st_mode) == 0o600
        else:
            drop(old, kept)

    # On another machine, where there is nothing yet.
    with place(tmp_path / "new") as new:
        if not new.is_file:
            leave_empty(new)
        told = new.do("restore", backup)
        assert "What was there before" not in told
        assert new.ask(ARTICLES) == articles
        assert "borne out" in new.do("recount", "--check")
        assert new.do("migrate", "--check") == ""


def scratch(where: Place) -> list[str]:
    """What stands there of a restore that has not ended."""
    if where.is_file:
        return [str(file) for file in where.file.parent.glob(f"{RESTORE}*/*.sqlite3")]
    query = "SELECT datname FROM pg_database WHERE starts_with(datname, current_database() || '_r')"
    return [name for (name,) in where.ask(query)]


def kill_while_it_verifies(where: Place, backup: str) -> None:
    command = [sys.executable, "manage.py", "restore", "--verify", backup]
    with subprocess.Popen(command, cwd=ROOT, env=where.env) as restore:
        wait_until(lambda: scratch(where))
        restore.kill()


def test_the_copy_that_a_killed_restore_left_is_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    backup = str(tmp_path / "backup.zip")
    with place(tmp_path / "site") as site:
        site.do("quickstart", "--no-serve")
        site.do("backup", backup)
        for command in (["restore", "--verify", backup], ["backup", str(tmp_path / "next.zip")]):
            kill_while_it_verifies(site, backup)
            assert scratch(site)
            site.do(*command)
            assert scratch(site) == []
            assert list(tmp_path.rglob(".afterword-*")) == []
