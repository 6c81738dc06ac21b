"""One at a time: two quickstarts that begin together on the same data wait for each other."""

import fcntl
import os
import time
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper

PREPARING = 0x61_66_74_65_72  # the number of this lock among a database's advisory locks
PAUSE = 0.2  # seconds between two attempts
WAITING = "Another process is preparing this site. Waiting until it is done."

Say = Callable[[str], None]


@contextmanager
def alone(say: Say) -> Generator[None]:
    """A block in which nobody else prepares the same database; waits for its turn, and says so."""
    is_postgres = connections[DEFAULT_DB_ALIAS].vendor == "postgresql"
    with _on_server(say) if is_postgres else _on_folder(say):
        yield


@contextmanager
def _on_server(say: Say) -> Generator[None]:
    # A connection of its own: whatever a migration does to the site's, the lock stays held.
    with closing(connections[DEFAULT_DB_ALIAS].copy()) as connection, connection.cursor() as cursor:
        if not _is_ours(cursor):
            say(WAITING)
            # Asked again and again: a statement that waits is a transaction under way, and an index
            # that the other builds concurrently would wait for it, and it for the other.
            while not _is_ours(cursor):
                time.sleep(PAUSE)
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [PREPARING])


def _is_ours(cursor: CursorWrapper) -> bool:
    cursor.execute("SELECT pg_try_advisory_lock(%s)", [PREPARING])
    return cursor.fetchone()[0]


@contextmanager
def _on_folder(say: Say) -> Generator[None]:
    # The folder itself is locked, so that no file is left; the system lets go when a process ends.
    folder = os.open(Path(connections[DEFAULT_DB_ALIAS].settings_dict["NAME"]).parent, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(WAITING)
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
