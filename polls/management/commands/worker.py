"""The background process beside the server."""

import logging
import os
import signal
import sys
import threading
import time
from argparse import SUPPRESS, ArgumentParser
from collections.abc import Callable
from types import FrameType

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, connections

from polls.actions.housekeeping import tidy

EVERY = 5 * 60  # seconds
AWAY = 15  # seconds until the next try when the database does not answer

logger = logging.getLogger("polls.worker")


class Command(BaseCommand):
    help = "Forgets what has expired, every five minutes, until it is stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do it once and end")
        # How quickstart's worker notices that quickstart is gone, even when it was killed.
        parser.add_argument("--until-stdin-closes", action="store_true", help=SUPPRESS)

    def handle(self, *, once: bool, until_stdin_closes: bool, **options: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, leave)
        if until_stdin_closes:
            threading.Thread(target=leave_with_parent, daemon=True).start()
        if once:
            sys.exit(0 if Rounds().round() else 1)
        work()


def work(sleep: Callable[[float], None] = time.sleep) -> None:
    """Does a round, sleeps, and so on until an exception (of a signal) ends it."""
    rounds = Rounds()
    while True:
        sleep(EVERY if rounds.round() else AWAY)


class Rounds:
    """Rounds of housekeeping. The log gets a line when the database goes and when it is back."""

    def __init__(self) -> None:
        self.is_away = False

    def round(self) -> bool:
        """Whether the database did as asked."""
        try:
            tidy()
        except (DatabaseError, InterfaceError) as error:
            if not self.is_away:
                reason = str(error).strip().partition("\n")[0]
                logger.warning("The database is away, trying again: %s", reason)
            self.is_away = True
            return False
        finally:
            connections.close_all()  # nothing is held while sleeping
        if self.is_away:
            logger.warning("The database is back.")
        self.is_away = False
        return True


def leave(_number: int, _frame: FrameType | None) -> None:
    """Ends the process at once: every piece of work is one transaction."""
    raise SystemExit(0)


def leave_with_parent() -> None:
    """Ends this process when the other end of its standard input is closed."""
    # Not sys.stdin.read(): it would hold a lock that Python wants when the process ends.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
