"""A real server of the site in a process of its own, on its own database, for tests that race."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from explainer.bench.processes import free_port

ROOT = Path(__file__).resolve().parents[1]
START_LIMIT = 60  # seconds; a failure to start is reported with what the server printed


@dataclass(frozen=True)
class Site:
    """Where the server answers, and the environment that a command on its data needs."""

    url: str
    env: dict[str, str]

    def manage(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Runs one manage.py command on the same data."""
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=120,
        )


@contextmanager
def fresh_database(folder: Path) -> Iterator[str]:
    """A DATABASE_URL of the kind the test run uses: a file, or a database made and dropped here."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield f"sqlite:///{folder / 'site.sqlite3'}"
        return
    name = f"afterword_race_{os.getpid()}_{time.monotonic_ns()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        finally:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
            connection.execute(drop.format(sql.Identifier(name)))


@contextmanager
def running_site(folder: Path, **settings: str) -> Iterator[Site]:
    """The site as `quickstart` makes and serves it; stopped at the end."""
    port = free_port()
    with fresh_database(folder) as database:
        env = os.environ | {
            "DJANGO_SETTINGS_MODULE": "explainer.settings",
            "VAR_DIR": str(folder),
            "DATABASE_URL": database,
            "SITE_URL": f"http://127.0.0.1:{port}",
            "SECRET_KEY": "only-for-tests-" + "x" * 50,
            "LOG_LEVEL": "WARNING",
            **settings,
        }
        site = Site(f"http://127.0.0.1:{port}", env)
        with (folder / "server.log").open("w") as log:
            server = subprocess.Popen(
                [sys.executable, "manage.py", "quickstart", "--port", str(port)],
                cwd=ROOT,
                env=env,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
            try:
                wait_until_up(site.url, server, folder / "server.log")
                yield site
            finally:
                server.terminate()
                server.wait(timeout=20)


def wait_until_up(url: str, server: subprocess.Popen, log: Path) -> None:
    """Returns when /healthz answers; fails with the server's own words when it never does."""
    wait_for(lambda: urllib.request.urlopen(f"{url}/healthz", timeout=5), server, log)


def wait_for(
    connect: Callable[[], AbstractContextManager], server: subprocess.Popen, log: Path
) -> None:
    """Returns when `connect` no longer raises OSError: refused, or answered after its patience.

    Fails with the server's own words when it ends instead.
    """
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text()
        try:
            with connect():
                return
        except OSError:
            time.sleep(0.02)
    raise AssertionError(log.read_text())
