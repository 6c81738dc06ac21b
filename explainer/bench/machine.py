"""What Linux says of the machine and its processes: their memory, their time, who else is busy."""

import os
import platform
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import NamedTuple

from explainer.bench import NotMeasuredError

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")  # a second in the units of /proc
# Fields of /proc/<pid>/stat behind the name in brackets, counted from 0.
PARENT, TIMES, BORN = 1, slice(11, 15), 19
# Of the first line of /proc/stat: all but doing nothing (3) and waiting for a disk (4).
BUSY = (0, 1, 2, 5, 6, 7)
# A server at rest still turns around now and then.
LOOK, RESTING, LONGEST = 0.5, 0.02, 30  # seconds, of which seconds of work, seconds in all


def tree(root: int) -> dict[int, int]:
    """A process and every one below it, by number, with when each was born (`born`)."""
    found = {pid: fields for pid in _pids() if (fields := _stat(pid))}
    below, wanted = {}, [root]
    while wanted:
        pid = wanted.pop()
        if pid in found:
            below[pid] = int(found[pid][BORN])
            wanted += [child for child, of in found.items() if int(of[PARENT]) == pid]
    return below


def born(pid: int) -> int | None:
    """When a process began, in ticks since the machine did; None for one that is gone."""
    fields = _stat(pid)
    return int(fields[BORN]) if fields else None


def memory(root: int) -> float:
    """MB of a process and all below it (PSS: what several share is divided among them)."""
    return sum(_pss(pid) for pid in tree(root)) / 1024


def memory_at_rest(root: int) -> float:
    """The same, once they have come to rest."""
    deadline = monotonic() + LONGEST
    while _work(root, LOOK) > RESTING and monotonic() < deadline:
        pass
    return memory(root)


def _work(root: int, seconds: float) -> float:
    """Processor seconds of a process and all below it, while we wait so long."""
    before = spent([root])
    sleep(seconds)
    return spent([root]) - before


def spent(roots: Iterable[int], also: str = "") -> float:
    """Processor seconds that processes and all below them have taken so far.

    `also` adds those of that name, wherever they stand: a database server is not below us.
    """
    pids = {pid for root in roots for pid in tree(root)}
    if also:
        pids |= {pid for pid in _pids() if _name(pid) == also}
    # With the time of its children that have ended: the sum never falls.
    ticks = sum(sum(map(int, fields[TIMES])) for pid in pids if (fields := _stat(pid)))
    return ticks / TICKS


def _pss(pid: int) -> int:
    with suppress(FileNotFoundError, ProcessLookupError):
        for line in (PROC / f"{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


class Clock:
    """How many cores others keep busy while we measure.

    Ours is everything below this process, and `also` as in `spent`.
    """

    def __init__(self, also: str = "") -> None:
        self.also = also
        self.begun, self.busy, self.ours = monotonic(), _busy(), spent([os.getpid()], also)

    def others(self) -> float:
        """Cores that were busy with something else since this clock was made."""
        took = monotonic() - self.begun
        ours = spent([os.getpid()], self.also) - self.ours
        return max((_busy() - self.busy - ours) / took, 0.0)


class Machine(NamedTuple):
    """What the figures were measured on."""

    cores: int
    processor: str
    system: str
    python: str
    load: float


def this_machine() -> Machine:
    """This one, with its load average of the last minute. Raises NotMeasuredError off Linux."""
    if not PROC.is_dir():
        raise NotMeasuredError("The bench reads /proc, so it runs on Linux only.")
    lines = (PROC / "cpuinfo").read_text().splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return Machine(
        cores=len(os.sched_getaffinity(0)),
        processor=models[0] if models else platform.machine(),
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        load=round(os.getloadavg()[0], 2),
    )


def _pids() -> list[int]:
    return [int(path.name) for path in PROC.iterdir() if path.name.isdecimal()]


def _stat(pid: int) -> list[str]:
    with suppress(FileNotFoundError, ProcessLookupError):
        # The name stands in brackets and may hold anything, also brackets.
        return (PROC / f"{pid}/stat").read_text().rpartition(")")[2].split()
    return []


def _name(pid: int) -> str:
    with suppress(FileNotFoundError, ProcessLookupError):
        return (PROC / f"{pid}/comm").read_text().strip()
    return ""


def _busy() -> float:
    fields = (PROC / "stat").read_text().splitlines()[0].split()[1:]
    return sum(int(fields[at]) for at in BUSY) / TICKS
