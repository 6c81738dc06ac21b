"""The threads in which Django answers: few, with a line of bounded length in front of them."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Generic, TypeVar

from django.db import connections

Result = TypeVar("Result")
Job = Callable[[], None]


class BusyError(Exception):
    """So many wait already that one more would wait too long."""


class Threads:
    """A fixed number of threads that take jobs in turn."""

    def __init__(self, size: int, *, most_waiting: int, name: str) -> None:
        self.most_under_way = size + most_waiting
        self.under_way = 0  # running or waiting
        self._lock = threading.Lock()
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True)
            for number in range(1, size + 1)
        ]
        for thread in self._threads:
            thread.start()

    def start(self, job: Job) -> None:
        """Has a thread run `job`, which must not raise; raises BusyError at once."""
        with self._lock:
            if self.under_way >= self.most_under_way:
                raise BusyError
            self.under_way += 1
        self._jobs.put(job)

    async def run(self, call: Callable[..., Result], *arguments: object) -> Result:
        """What `call(*arguments)` returns or raises in one of the threads; raises BusyError."""
        outcome: Outcome[Result] = Outcome()

        def job() -> None:
            try:
                outcome.put(call(*arguments))
            except BaseException as error:  # raised where it is waited for
                outcome.fail(error)

        self.start(job)
        return await outcome.future

    def stop(self, patience: float) -> None:
        """Lets the threads end, each with its database connections closed; seconds each may take.

        On SQLite the last connection to be closed folds the journal into the file.
        """
        for _thread in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join(patience)

    def _work(self) -> None:
        while job := self._jobs.get():
            try:
                job()
            finally:
                with self._lock:
                    self.under_way -= 1
        connections.close_all()


class Outcome(Generic[Result]):
    """What a thread hands to the event loop, once; made in the loop, which awaits `future`."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[Result] = self.loop.create_future()

    def put(self, result: Result) -> None:
        """Called in the thread; the first call counts."""
        self._settle(self.future.set_result, result)

    def fail(self, error: BaseException) -> None:
        """Called in the thread; the first call counts."""
        self._settle(self.future.set_exception, error)

    def _settle(self, settle: Callable, outcome: object) -> None:
        def in_loop() -> None:
            if not self.future.done():
                settle(outcome)

        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self.loop.call_soon_threadsafe(in_loop)
