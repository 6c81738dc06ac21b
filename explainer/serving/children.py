"""A process made of this one: forked, so that what is loaded is in memory once for all."""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass

# What the child does: it is told which descriptor ends with its parent, and what to call when it
# is ready for work.
Main = Callable[[int, Callable[[], None]], None]


@dataclass
class Child:
    """A process, and the descriptor from which a byte can be read when it is ready."""

    pid: int
    ready: int
    begun: float
    is_ready: bool = False

    def close(self) -> None:
        """Gives the descriptor back."""
        if self.ready >= 0:
            os.close(self.ready)
            self.ready = -1


class Lifeline:
    """A pipe whose one end only the parent holds: it closes when the parent is gone, however."""

    def __init__(self, *also: int) -> None:
        self.read, self.write = os.pipe()
        self.parents_own = [self.write, *also]


def fork(main: Main, lifeline: Lifeline, now: float) -> Child:
    """Runs `main` in a process of its own, which ends with it."""
    ready, tell = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    # A signal that comes before the child has handlers of its own must not run its parent's.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    pid = os.fork()
    if pid == 0:
        _leave_parent(lifeline, ready)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        _run(main, lifeline.read, tell)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    os.close(tell)
    return Child(pid, ready, now)


def _leave_parent(lifeline: Lifeline, ready: int) -> None:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # Ctrl+C and the closing of a terminal reach every process of it; the parent passes them on.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    os.setsid()
    for descriptor in (ready, *lifeline.parents_own):
        os.close(descriptor)


def _run(main: Main, lifeline: int, tell: int) -> None:
    """Ends the process: what the parent was about to do after the fork is not the child's."""
    code = 1
    try:
        main(lifeline, lambda: os.write(tell, b"."))
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
