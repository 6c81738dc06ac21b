"""The processes of a machine as its operating system sees them: who they are, frozen, limited."""

import os
import resource
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LISTENS = "0A"  # the state of a socket in /proc/net/tcp


def descendants(pid: int) -> list[int]:
    """The processes that a process has started, and those that they have started."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                parents.setdefault(int(parent), []).append(int(stat.parent.name))
    found, new = [], [pid]
    while new:
        new = [child for each in new for child in parents.get(each, [])]
        found += new
    return found


def is_alive(pid: int) -> bool:
    """Whether a process runs. One that has ended and was not yet waited for does not."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def listening(port: int, pids: Iterable[int]) -> list[int]:
    """Those that hold the socket on which a port of 127.0.0.1 is listened on."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    sockets = {
        f"socket:[{line[9]}]"
        for line in lines
        if line[3] == LISTENS and line[1] == f"0100007F:{port:04X}"
    }
    return [pid for pid in pids if sockets & open_files(pid).keys()]


def open_files(pid: int) -> dict[str, int]:
    """What a process has open, and on how many handles."""
    found: dict[str, int] = {}
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            name = os.readlink(handle)
            found[name] = found.get(name, 0) + 1
    return found


@contextmanager
def frozen(pids: Iterable[int]) -> Iterator[None]:
    """A block in which these processes stand still."""
    pids = list(pids)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


@contextmanager
def limited(pids: Iterable[int], what: int, most: Callable[[int], int]) -> Iterator[None]:
    """A block in which the system allows each process only so much of `what`, a resource.RLIMIT_…

    `most` says how much, of a process. Only the soft limit moves, so nobody needs to be root.
    """
    before = {pid: resource.prlimit(pid, what) for pid in pids}
    for pid, (_soft, hard) in before.items():
        resource.prlimit(pid, what, (most(pid), hard))
    try:
        yield
    finally:
        for pid, limits in before.items():
            resource.prlimit(pid, what, limits)
