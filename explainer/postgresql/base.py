"""The PostgreSQL backend of this site: Django's own, which does not wait for ever.

A server that is frozen, or a network that swallows everything, takes what it is given and says
nothing. No limit that the server keeps itself (`explainer/wsgi.py`) ends that, so this side does.
"""

import time
from collections.abc import Generator
from functools import partial
from threading import Lock
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

PATIENCE = 12  # seconds for an answer; the server gives a statement up after ten
CHECK = 2  # seconds for the answer whether a connection that was kept still works
REST = 3  # seconds between two tries whether it answers again


class Silence:
    """Whether this process has waited for PostgreSQL in vain, and nobody has had an answer since.

    Until then one at a time tries; the others are told at once, instead of each finding out.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._next_try = 0.0

    @property
    def is_on(self) -> bool:
        return self._next_try > 0

    def begin(self, rest: float = 0) -> None:
        """Nobody may try for so long."""
        self._next_try = max(self._next_try, time.monotonic() + rest)

    def end(self) -> None:
        self._next_try = 0.0

    def may_try(self) -> bool:
        """Whether the caller may ask the server."""
        with self._lock:
            if not self.is_on:
                return True
            if time.monotonic() < self._next_try:
                return False
            self.begin(REST)  # for the others, while this one tries
            return True


silence = Silence()


class DatabaseWrapper(base.DatabaseWrapper):
    """Where a statement has an end, waiting for it has one, too; a command's may take for ever."""

    patience: float | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> psycopg.Connection:
        """Raises OperationalError at once while the server is silent."""
        if not silence.may_try():
            raise psycopg.OperationalError("PostgreSQL has not answered just now.")
        try:
            connection = super().get_new_connection(conn_params)
        except psycopg.errors.ConnectionTimeout:
            silence.begin(REST)
            raise
        silence.end()
        self.patience = PATIENCE if "statement_timeout" in conn_params.get("options", "") else None
        connection.wait = partial(self._wait, connection)  # what its cursors and COMMIT call
        return connection

    def _wait(self, connection: psycopg.Connection, answer: Generator, **how: Any) -> Any:
        """What comes of a statement; an end to the connection when nothing does.

        Whether it was done is not known then: as when an answer is lost on its way to a reader.
        """
        try:
            how.setdefault("timeout", self.patience)
            return psycopg.Connection.wait(connection, answer, **how)
        except psycopg.OperationalError:
            if connection.info.transaction_status == TransactionStatus.ACTIVE:
                silence.begin()
                connection.close()
            raise

    def is_usable(self) -> bool:
        """Django asks this before the first statement of a request."""
        if silence.is_on:
            return False  # a new connection shows whether it is over
        patience, self.patience = self.patience, self.patience and CHECK
        try:
            return super().is_usable()
        finally:
            self.patience = patience
