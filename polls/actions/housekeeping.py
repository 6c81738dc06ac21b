"""What is due now and then whether or not anybody acts, and how often.

Each job is safe to interrupt, to repeat and to run in two processes at once.
"""

from collections.abc import Callable
from typing import NamedTuple

from django.core.management import call_command

from polls.actions.bursts import detect, forget_burst_sources
from polls.actions.heartbeat import beat
from polls.actions.limits import forget_expired, forget_sources
from polls.queries.heartbeat import WORKER

MINUTE = 60
HOUR = 60 * MINUTE


class Job(NamedTuple):
    """Something due every so many seconds; `name` is for the log."""

    name: str
    every: int
    run: Callable[[], object]


def tidy() -> None:
    """Deletes expired speed-limit counts, address salts and sessions."""
    forget_expired()
    call_command("clearsessions")


def forget() -> None:
    """Forgets from what networks answers, votes and bursts came, 48 hours later."""
    forget_sources()
    forget_burst_sources()


def live() -> None:
    """Leaves the worker's sign of life."""
    beat(WORKER)


JOBS = (
    Job("sign of life", MINUTE, live),
    Job("bursts", MINUTE, detect),
    Job("tidying", 5 * MINUTE, tidy),
    Job("sources", HOUR, forget),
)
