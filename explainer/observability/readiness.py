"""Whether this process can do its work: database, migrations, cache, worker, disk.

Asked once a second at most, in a thread of its own: a database that takes the connection and says
nothing would hold the asking for as long as it likes. Whoever asks waits two seconds at most.
"""

import logging
import secrets
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache as once

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from polls.queries import heartbeat

FRESH = 1.0  # seconds an answer is kept
PATIENCE = 2.0  # seconds
SCARCE = 8 * 1024 * 1024  # bytes; a busy minute writes as much
NO_ANSWER = "does not answer"
OK = "ok"

logger = logging.getLogger("explainer.readiness")


@dataclass(frozen=True)
class Readiness:
    """What was found: a word or a sentence for each part, "ok" when it is."""

    parts: dict[str, str]

    @property
    def is_ready(self) -> bool:
        return set(self.parts.values()) == {OK}


def database() -> str:
    """Whether it answers the simplest question."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return OK if cursor.fetchone() == (1,) else NO_ANSWER


@once
def _newest_migrations() -> frozenset[tuple[str, str]]:
    """The last migrations of this code. It cannot change while the process lives."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def migrations() -> str:
    """Whether the tables are those of this code, or of newer code."""
    missing = _newest_migrations() - MigrationRecorder(connection).applied_migrations().keys()
    return f"{len(missing)} apps wait for manage.py migrate" if missing else OK


def cached() -> str:
    """Whether the cache gives back what it was given."""
    mark = secrets.token_hex(8)
    cache.set(f"readyz-{mark}", mark, timeout=5)
    return OK if cache.get(f"readyz-{mark}") == mark else "does not keep what it is given"


def worker() -> str:
    """Whether manage.py worker has spoken lately."""
    return OK if heartbeat.is_alive(heartbeat.last(heartbeat.WORKER)) else "has not spoken lately"


def disk() -> str:
    """Whether an act can still be written down. PostgreSQL has a disk of its own."""
    free = shutil.disk_usage(settings.VAR_DIR).free
    return "is full" if connection.vendor == "sqlite" and free < SCARCE else OK


PARTS: dict[str, Callable[[], str]] = {
    "database": database,
    "migrations": migrations,
    "cache": cached,
    "worker": worker,
    "disk": disk,
}
ON_DATABASE = {"migrations", "worker"}


def examine() -> Readiness:
    """Asks every part now. What the database would have to answer is not asked when it is away."""
    found: dict[str, str] = {}
    for name, ask in PARTS.items():
        if name in ON_DATABASE and found["database"] != OK:
            found[name] = "not known without the database"
        else:
            found[name] = _ask(name, ask)
    return Readiness(found)


def _ask(name: str, ask: Callable[[], str]) -> str:
    try:
        return ask()
    except (DatabaseError, InterfaceError, OSError):
        return NO_ANSWER
    except Exception:  # a driver of a cache has its own errors; a probe must answer
        logger.exception("could not ask the %s", name)
        return NO_ANSWER


class Probe:
    """Keeps the last answer for a second; one question is under way at most."""

    def __init__(self, examine: Callable[[], Readiness] = examine) -> None:
        self.examine = examine
        self.lock = threading.Lock()
        self.asked: threading.Event | None = None
        self.known, self.known_at = Readiness({"database": NO_ANSWER}), float("-inf")

    def answer(self, patience: float = PATIENCE) -> Readiness:
        """What is known, at most a second old; that nothing answers when asking takes too long."""
        with self.lock:
            if time.monotonic() - self.known_at < FRESH:
                return self.known
            if self.asked is None:
                self.asked = threading.Event()
                threading.Thread(target=self._run, args=[self.asked], daemon=True).start()
            asked = self.asked
        if asked.wait(patience):
            return self.known
        return Readiness(dict.fromkeys(PARTS, NO_ANSWER))

    def _run(self, asked: threading.Event) -> None:
        try:
            self.known = self.examine()
            self.known_at = time.monotonic()
        finally:
            connections.close_all()  # this thread's own
            with self.lock:
                self.asked = None
            asked.set()


probe = Probe()
