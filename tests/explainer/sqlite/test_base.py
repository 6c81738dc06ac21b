"""The backend takes its turn at BEGIN and leaves the queue however the transaction ends."""

import threading
from contextlib import suppress

import pytest
from django.db import OperationalError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from explainer.sqlite.base import DatabaseWrapper
from explainer.sqlite.queue import queue_of
from polls.models import LimitCount

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's queue"),
]
pytest.importorskip("fcntl")


def is_free() -> bool:
    """Whether a writer of this process would have to wait now."""
    queue, found = queue_of(f"{connection.settings_dict['NAME']}-writers"), []

    def look():
        if queue.wait(0):
            found.append(True)
            queue.leave()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    return bool(found)


def test_a_transaction_holds_the_queue_until_it_is_committed():
    with transaction.atomic():
        assert not is_free()
    assert is_free()


def test_a_savepoint_is_no_transaction_of_its_own():
    with transaction.atomic():
        with transaction.atomic():
            pass
        assert not is_free()
    assert is_free()


def test_a_rollback_leaves_it():
    with suppress(ZeroDivisionError), transaction.atomic():
        raise ZeroDivisionError
    assert is_free()


def test_a_connection_that_is_closed_leaves_it():
    with suppress(Exception), transaction.atomic():
        connection.close()
        assert is_free()
    assert is_free()


def test_a_commit_that_fails_leaves_it(monkeypatch):
    def fail(_wrapper):
        raise OperationalError("disk I/O error")

    monkeypatch.setattr(BaseDatabaseWrapper, "_commit", fail)
    with pytest.raises(OperationalError, match="disk I/O"), transaction.atomic():
        LimitCount.objects.count()
    assert is_free()


def test_a_look_does_not_wait():
    queue = queue_of(f"{connection.settings_dict['NAME']}-writers")
    assert queue.wait(0)
    try:
        assert LimitCount.objects.count() == 0
    finally:
        queue.leave()


def test_who_waits_too_long_hears_what_sqlite_says(monkeypatch):
    queue = queue_of(f"{connection.settings_dict['NAME']}-writers")
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0)
    assert queue.wait(0)
    try:
        with pytest.raises(OperationalError, match="database is locked"), transaction.atomic():
            pass
    finally:
        queue.leave()
    with transaction.atomic():
        assert not is_free()


def test_memory_has_no_queue():
    settings = connection.settings_dict | {"NAME": ":memory:"}
    memory = DatabaseWrapper(settings, "memory")
    memory.inc_thread_sharing()
    with transaction.atomic():  # ours, at the same moment
        memory.ensure_connection()
        memory._start_transaction_under_autocommit()
        memory._rollback()
    memory.connection.close()
