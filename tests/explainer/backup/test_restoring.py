"""The way back: a real site, its own data, the commands an operator types."""

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from tests.server import ROOT, fresh_database

TITLES = (
    "from explainer.models import Article; print(*Article.objects.values_list('slug', flat=True))"
)
BEAT = "from polls.actions.heartbeat import beat; beat('worker')"
FALL_SILENT = "from polls.models import Heartbeat; Heartbeat.objects.all().delete()"
LOSE = "from explainer.models import Article; Article.objects.all().delete()"


@dataclass
class Place:
    """A data folder and a database of its own."""

    var: Path
    database: str

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        env = {name: value for name, value in os.environ.items() if name != "SECRET_KEY"}
        given = {
            "DJANGO_SETTINGS_MODULE": "explainer.settings",
            "VAR_DIR": str(self.var),
            "DATABASE_URL": self.database,
        }
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=env | given,
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

    def python(self, code: str) -> str:
        return self.do("shell", "--verbosity=0", "--no-imports", "-c", code).strip()

    @property
    def is_file(self) -> bool:
        return self.database.startswith("sqlite")

    @property
    def file(self) -> Path:
        return Path(self.database.removeprefix("sqlite:///"))

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Another process of the site that has the database open."""
        connect = sqlite3.connect if self.is_file else psycopg.connect
        connection = connect(self.file if self.is_file else self.database)
        connection.execute("SELECT 1 FROM polls_reader").fetchall()
        try:
            yield
        finally:
            connection.close()


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


def test_a_site_is_lost_and_comes_back(tmp_path: Path) -> None:
    backup = str(tmp_path / "backup.zip")
    with place(tmp_path / "old") as old:
        old.do("quickstart", "--no-serve")
        articles = old.python(TITLES)
        old.do("backup", backup, "--with-key")
        key = (old.var / "secret-key").read_text()

        # What would overwrite a site, or pull the floor from under it, is refused.
        assert "Add --replace" in old.refuses("restore", backup)
        with old.opened():
            assert "The site is running" in old.refuses("restore", backup, "--replace")
        old.python(BEAT)
        assert "worker was at work" in old.refuses("restore", backup, "--replace")
        old.python(FALL_SILENT)
        assert old.python(TITLES) == articles

        old.python(LOSE)
        (old.var / "secret-key").write_text("another-key-" + "x" * 50)
        told = old.do("restore", backup, "--replace", "--with-key")
        assert "Restored the site of " in told
        assert old.python(TITLES) == articles
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
        told = new.do("restore", backup)
        assert "What was there before" not in told
        assert new.python(TITLES) == articles
        assert "borne out" in new.do("recount", "--check")
        assert new.do("migrate", "--check") == ""
