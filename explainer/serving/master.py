"""The process that holds the others: starts them, starts again what ends, and ends them."""

import gc
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from select import select

from explainer.serving.children import Child, Lifeline, Main, fork
from explainer.serving.handover import Inherited, hand_over

Say = Callable[[str], None]

FIRST_PAUSE, LONGEST_PAUSE = 1, 60  # seconds before a process that fails is started again
BRIEF = 1  # second below which one that served is no different from one that failed
STEADY = 60  # seconds after which one counts as having worked
PATIENCE = 9  # seconds to stop in
STOPPING = {signal.SIGTERM, signal.SIGINT}
# Objects made before the first, and such collections before each wider one. A request makes more
# than Python's 700 and hardly a cycle: looking for some so often is a twentieth of a vote.
COLLECTED = (10_000, 20, 20)


@dataclass
class Place:
    """A process that is to be there, and the one that is."""

    name: str
    main: Main
    is_web: bool
    child: Child | None = None
    due: float = 0.0  # when it is to be started, by the monotonic clock
    pause: float = FIRST_PAUSE

    def lost(self, now: float) -> float:
        """Its process has ended; in how many seconds the next one is to begin.

        A web process that had served is missed at once; one that fails again and again waits.
        """
        child, self.child = self.child, None
        child.close()
        if now - child.begun > STEADY:
            self.pause = FIRST_PAUSE
        if self.is_web and child.is_ready and now - child.begun > BRIEF:
            wait = 0.0
        else:
            wait, self.pause = self.pause, min(self.pause * 2, LONGEST_PAUSE)
        self.due = now + wait
        return wait


class Signals:
    """Signals as something to wait for, beside other things: nothing runs inside a handler."""

    def __init__(self, *numbers: signal.Signals) -> None:
        self.read, self.write = os.pipe()
        for end in (self.read, self.write):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self.write, warn_on_full_buffer=False)
        for number in numbers:
            signal.signal(number, lambda _number, _frame: None)

    def take(self) -> set[int]:
        """The numbers that came since the last time."""
        with suppress(BlockingIOError):
            return set(os.read(self.read, 4096))
        return set()


class Master:
    """Serves on a socket with some web processes, and a worker beside them."""

    def __init__(self, listener: socket.socket, say: Say, ready: str, left: Inherited) -> None:
        self.listener, self.say, self.ready, self.left = listener, say, ready, left
        self.lifeline = Lifeline(*[left.lifeline] if left.lifeline >= 0 else [])
        self.places: list[Place] = []
        self.old = set(left.children)
        self.check: int | None = None
        self.is_stopping = False

    def add(self, name: str, main: Main, *, is_web: bool) -> None:
        """Adds a process to have; before `run`."""
        self.places.append(Place(name, main, is_web))

    def run(self) -> None:
        """Returns when a signal has ended it and no process is left."""
        self.signals = Signals(*STOPPING, signal.SIGCHLD)
        if not sys.stdin or not sys.stdin.isatty():  # else it says that the terminal is closed
            signal.signal(signal.SIGHUP, lambda _number, _frame: None)
        gc.collect()
        gc.freeze()  # so that no collection writes to memory that is shared
        gc.set_threshold(*COLLECTED)
        while not self.is_stopping:
            self._start_what_is_due()
            self._wait()
        self._stop()

    def _start_what_is_due(self) -> None:
        for place in self.places:
            if place.child is None and place.due <= time.monotonic():
                place.child = fork(place.main, self.lifeline, time.monotonic())

    def _wait(self) -> None:
        """Sleeps until something happens, and sees to it."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.signals.read, selectors.EVENT_READ)
            for place in self.places:
                if place.child and place.child.ready >= 0:
                    selector.register(place.child.ready, selectors.EVENT_READ, place.child)
            events = selector.select(self._until_due())
        for key, _mask in events:
            if key.data:
                self._hear(key.data)
        came = self.signals.take()
        if signal.SIGCHLD in came:
            self._bury()
        if signal.SIGHUP in came:
            self._check_new_code()
        self.is_stopping = bool(came & STOPPING)

    def _until_due(self) -> float | None:
        due = [place.due for place in self.places if place.child is None]
        return max(min(due) - time.monotonic(), 0) if due else None

    def _hear(self, child: Child) -> None:
        """A process has said that it is ready, or has ended without a word."""
        child.is_ready = bool(os.read(child.ready, 1))
        child.close()
        if all(place.child and place.child.is_ready for place in self.places if place.is_web):
            self._all_serve()

    def _all_serve(self) -> None:
        if self.ready:
            self.say(self.ready)
            self.ready = ""
        self._send(signal.SIGTERM, self.old)  # what was inherited finishes its answers
        if self.left.lifeline >= 0:
            os.close(self.left.lifeline)
            self.lifeline.parents_own.remove(self.left.lifeline)
            self.left.lifeline = -1

    def _bury(self) -> None:
        """Takes leave of the processes that have ended."""
        with suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                self._ended(pid, os.waitstatus_to_exitcode(status))

    def _ended(self, pid: int, code: int) -> None:
        self.old.discard(pid)
        if pid == self.check:
            self.check = None
            self._replace(code)
        for place in self.places:
            if place.child and place.child.pid == pid:
                wait = place.lost(time.monotonic())
                when = f"in {wait} s" if wait else "at once"
                if not self.is_stopping:
                    self.say(f"{place.name} ended (exit code {code}). It is started again {when}.")

    def _check_new_code(self) -> None:
        """Begins `manage.py check` in the code as it stands now; `_ended` hears how it went."""
        if self.check is None:
            command = [sys.executable, sys.argv[0], "check"]
            self.check = os.posix_spawn(sys.executable, command, os.environ)

    def _replace(self, code: int) -> None:
        if code:
            self.say("The new code does not pass its checks, so the old one goes on serving.")
            return
        self.say("The new code is started beside the old one.")
        hand_over(self.listener, self.lifeline.write, self._pids())

    def _pids(self) -> list[int]:
        return [place.child.pid for place in self.places if place.child] + list(self.old)

    def _stop(self) -> None:
        self.is_stopping = True
        self.listener.close()
        self._send(signal.SIGTERM, self._pids())
        deadline = time.monotonic() + PATIENCE
        while self._pids() and (left := deadline - time.monotonic()) > 0:
            select([self.signals.read], [], [], left)
            self.signals.take()
            self._bury()
        self._send(signal.SIGKILL, self._pids())
        with suppress(ChildProcessError):
            while self._pids():
                self._ended(*_waited())

    @staticmethod
    def _send(number: signal.Signals, pids: Iterable[int]) -> None:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, number)


def _waited() -> tuple[int, int]:
    pid, status = os.waitpid(-1, 0)
    return pid, os.waitstatus_to_exitcode(status)
