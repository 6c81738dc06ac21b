"""The SQLite backend of this site: Django's own, whose write transactions wait in a queue."""

import sqlite3

from django.db.backends.sqlite3 import base

from explainer.sqlite.queue import NoQueue, Queue, fcntl, queue_of


class DatabaseWrapper(base.DatabaseWrapper):
    """Takes its turn before BEGIN IMMEDIATE and leaves the queue at the end of the transaction."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._entered: Queue | None = None

    def _start_transaction_under_autocommit(self) -> None:
        patience = self.settings_dict["OPTIONS"].get("timeout", 5)
        queue = self._queue()
        with self.wrap_database_errors:
            if not queue.wait(patience):
                raise sqlite3.OperationalError("database is locked")
        self._entered = queue
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._leave()
            raise

    def _queue(self) -> Queue:
        if fcntl is None or self.is_in_memory_db():
            return NoQueue()
        return queue_of(f"{self.settings_dict['NAME']}-writers")

    def _leave(self) -> None:
        queue, self._entered = self._entered, None
        if queue:
            queue.leave()

    # Each of the ways a transaction ends. A commit that fails is followed by a rollback.

    def _commit(self) -> None:
        super()._commit()
        self._leave()

    def _rollback(self) -> None:
        try:
            super()._rollback()
        finally:
            self._leave()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            self._leave()
