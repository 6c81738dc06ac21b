"""Two people in the same moment: one is in the middle of an act when the other comes."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from polls.errors import Refused
from tests.faults.writers import wait_until

on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite lets in one writer at a time."
)
Act = Callable[[], object]
# Whoever waits for a lock that this connection holds.
WAITING = """
SELECT count(DISTINCT pid) FROM pg_locks
WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))
"""
PATIENCE = 30  # seconds


def while_open(first: Act, *others: Act) -> list[object]:
    """Does `first`; commits it once the others, begun before that, wait for it or are done.

    Returns what the others came to.
    """
    with ThreadPoolExecutor(len(others)) as threads:
        with transaction.atomic():
            first()
            begun = _begin(threads, others)
        return [act.result(PATIENCE) for act in begun]


def interrupted(first: Act, *others: Act, before: str, nth: int = 1) -> list[object]:
    """The same, but the others begin before the `nth` statement of `first` that begins so."""
    begun: list[Future] = []
    seen: list[str] = []

    def stop(execute: Callable, sql: str, *more: object) -> object:
        if sql.startswith(before) and not begun:
            seen.append(sql)
            if len(seen) == nth:
                begun.extend(_begin(threads, others))
        return execute(sql, *more)

    with ThreadPoolExecutor(len(others)) as threads:
        with connection.execute_wrapper(stop):
            first()
        assert begun, f"{before} was not reached"
        return [act.result(PATIENCE) for act in begun]


def waiting() -> int:
    """How many wait for this connection; on SQLite, where one writes at a time, nobody can tell."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return cursor.fetchone()[0]


def _begin(threads: ThreadPoolExecutor, acts: tuple[Act, ...]) -> list[Future]:
    begun = [threads.submit(_alone, act) for act in acts]
    if connection.vendor == "postgresql":
        wait_until(lambda: waiting() + sum(act.done() for act in begun) >= len(begun))
    return begun


def _alone(act: Act) -> object:
    """The value of an act, or its refusal. Any other error is raised."""
    with closing_connection():
        try:
            return act()
        except Refused as refusal:
            return refusal


@contextmanager
def closing_connection() -> Iterator[None]:
    """A block of a thread, whose connection to the database ends with it."""
    try:
        yield
    finally:
        connection.close()
