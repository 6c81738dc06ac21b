"""The background process beside the server."""

import logging
import os
import signal
import sys
import threading
import time
from argparse import SUPPRESS, ArgumentParser
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, connections

from polls.actions.heartbeat import fall_silent
from polls.actions.housekeeping import JOBS, Job
from polls.queries.heartbeat import WORKER

LOST = (DatabaseError, InterfaceError)
AWAY = 15  # seconds until the next try when the database does not answer

logger = logging.getLogger("polls.worker")


class Command(BaseCommand):
    help = "Looks for bursts and forgets what has expired, until it is stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do every job once and end")
        # How quickstart's worker notices that quickstart is gone, even when it was killed.
        parser.add_argument("--until-stdin-closes", action="store_true", help=SUPPRESS)

    def handle(self, *, once: bool, until_stdin_closes: bool, **options: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, leave)
        if until_stdin_closes:
            threading.Thread(target=leave_with_parent, daemon=True).start()
        if once:
            sys.exit(0 if Rounds(JOBS).round() else 1)
        rounds = Rounds(JOBS)
        try:
            work(rounds)
        finally:
            take_leave(rounds)


def work(rounds: "Rounds", sleep: Callable[[float], None] = time.sleep) -> None:
    """Does what is due, sleeps, and so on until an exception (of a signal) ends it."""
    while True:
        rounds.round()
        sleep(rounds.pause())


def take_leave(rounds: "Rounds") -> None:
    """Leaves no sign of life behind, where the database can be told so at once."""
    connections.close_all()  # the signal may have come in the middle of a statement
    if not rounds.is_away:
        with suppress(*LOST):
            fall_silent(WORKER)
            connections.close_all()


class Rounds:
    """The jobs with the moment at which each is due.

    The log gets a line when the database goes (every job fails for it) and when it is back, and one
    when a job begins to fail while others work.
    """

    def __init__(self, jobs: Sequence[Job], clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.due = {job: clock() for job in jobs}
        self.failing: set[Job] = set()
        self.is_away = False

    def round(self) -> bool:
        """Does what is due, each job whatever became of the others; whether all of it worked."""
        now = self.clock()
        due = [job for job, moment in self.due.items() if moment <= now]
        errors = {job: error for job in due if (error := _error_of(job))}
        connections.close_all()  # nothing is held while sleeping
        lost = [error for error in errors.values() if isinstance(error, LOST)]
        self._note_database(lost[0] if len(lost) == len(due) > 0 else None)
        if not self.is_away:
            self._note_jobs(due, errors, now)
        return not errors

    def pause(self) -> float:
        """Seconds until the next job is due."""
        if self.is_away:
            return AWAY
        return max(0.0, min(self.due.values()) - self.clock())

    def _note_database(self, lost: Exception | None) -> None:
        if lost and not self.is_away:
            # Its own words may quote a row; to the operator `manage.py doctor` says them.
            logger.warning("The database is away, trying again: %s", type(lost).__name__)
        if self.is_away and not lost:
            logger.warning("The database is back.")
        self.is_away = lost is not None

    def _note_jobs(self, due: list[Job], errors: dict[Job, Exception], now: float) -> None:
        for job in due:
            self.due[job] = now + job.every
            if job in errors and job not in self.failing:
                words = "The worker's %s failed; the rest goes on."
                logger.error(words, job.name, exc_info=errors[job])
        self.failing = (self.failing - set(due)) | set(errors)


def _error_of(job: Job) -> Exception | None:
    try:
        job.run()
    except Exception as error:  # whatever it is, it must not stop the other jobs
        return error
    return None


def leave(_number: int, _frame: FrameType | None) -> None:
    """Ends the process at once: every piece of work is one transaction."""
    raise SystemExit(0)


def leave_with_parent() -> None:
    """Ends this process when the other end of its standard input is closed."""
    # Not sys.stdin.read(): it would hold a lock that Python wants when the process ends.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
