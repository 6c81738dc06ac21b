"""One writer at a time, across threads and processes, and no one of them passed over for long.

SQLite lets one transaction write and has the others sleep, longer and longer, and try again: under
load some writers wait seconds while others go first. Here they wait before they begin.
"""

import os
import threading
import time
from functools import cache
from typing import Protocol

try:
    import fcntl
except ImportError:  # Windows: SQLite's own patience has to do
    fcntl = None

# Between two looks at a lock that another process holds, seconds. A transaction takes a few times
# as long, and an idle look costs a few microseconds.
LOOK_AGAIN = 0.0003
# Bytes of the lock file: whoever writes holds WRITE; whoever is next holds NEXT. Without NEXT a
# process with many writers would hand the lock to itself for ever.
NEXT, WRITE = 0, 1


class Queue(Protocol):
    """Where a writer waits for its turn."""

    def wait(self, seconds: float) -> bool:
        """Whether the turn came within `seconds`; then `leave` must follow."""

    def leave(self) -> None:
        """Lets the next one write."""


class NoQueue:
    """For a database that nobody else writes to, or a system without such locks."""

    def wait(self, _seconds: float) -> bool:
        return True

    def leave(self) -> None:
        pass


class FileQueue:
    """The queue at a lock file. A process that dies leaves it: the kernel sees to that."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._threads = threading.Lock()
        self._file: int | None = None

    def wait(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        if not self._threads.acquire(timeout=seconds):
            return False
        try:
            if self._take_turn(deadline):
                return True
        except BaseException:
            self._threads.release()
            raise
        self._threads.release()
        return False

    def leave(self) -> None:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, WRITE)
        finally:
            self._threads.release()

    def _take_turn(self, deadline: float) -> bool:
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if not self._take(NEXT, deadline):
            return False
        try:
            return self._take(WRITE, deadline)
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, NEXT)

    def _take(self, byte: int, deadline: float) -> bool:
        while True:
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    return False
                time.sleep(LOOK_AGAIN)
            else:
                return True


@cache
def queue_of(path: str) -> FileQueue:
    """The queue at that lock file; the same one for all threads of this process.

    The locks belong to the process and go when any descriptor of the file is closed, so the file
    is opened once and never closed.
    """
    return FileQueue(path)
