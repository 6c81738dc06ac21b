"""What the database says of itself."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from explainer.doctor import database, helpers
from explainer.doctor.findings import Finding, Level
from polls.actions.heartbeat import beat
from polls.models import BallotTally, Heartbeat, Reader
from tests import factories

pytestmark = pytest.mark.django_db
on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="of SQLite")
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="of PostgreSQL")


def only(check) -> Finding:
    (found,) = check()
    return found


def test_its_version(monkeypatch):
    assert only(database.version).level == Level.OK
    monkeypatch.setitem(database.LEAST, connection.vendor, (99,))
    assert only(database.version).level == Level.BROKEN


@on_sqlite
@pytest.mark.django_db(transaction=True)
def test_sqlite_that_a_power_cut_would_hurt():
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=FULL")
            assert only(database.durability).level == Level.OK
            cursor.execute("PRAGMA synchronous=NORMAL")
        assert only(database.durability).level == Level.BROKEN
    finally:
        connection.close()


@on_postgresql
def test_postgresql_that_a_power_cut_would_hurt():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = on")
        assert only(database.durability).level == Level.OK
        cursor.execute("SET LOCAL synchronous_commit = off")
    assert only(database.durability).level == Level.BROKEN


@on_sqlite
def test_a_log_that_has_grown(monkeypatch):
    assert only(database.wal).level == Level.OK
    monkeypatch.setattr(database, "LONG_WAL", -1)
    assert only(database.wal).level == Level.ATTENTION


@on_postgresql
def test_places_on_the_server(monkeypatch):
    assert only(database.connections).says.endswith("are in use.")
    monkeypatch.setattr(database, "NEAR_FULL", 0)
    assert only(database.connections).level == Level.ATTENTION


def test_the_other_database_has_nothing_to_say():
    check = database.connections if connection.vendor == "sqlite" else database.wal
    assert list(check()) == []


class TestMigrations:
    def test_up_to_date(self):
        assert only(database.migrations).level == Level.OK

    def test_behind(self):
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
        found = only(database.migrations)
        assert (found.level, found.says) == (
            Level.BROKEN,
            "The tables are 1 steps behind the code.",
        )

    def test_ahead(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)",
                ["polls", "9999_of_tomorrow", timezone.now()],
            )
        assert only(database.migrations).level == Level.ATTENTION


class TestClock:
    def test_it_goes(self):
        assert only(database.clock).level == Level.OK

    def test_something_of_tomorrow(self):
        factories.make_reader()
        Reader.objects.update(created_at=timezone.now() + timedelta(days=1))
        found = only(database.clock)
        assert found.level == Level.BROKEN
        assert "yet to come" in found.says

    @on_postgresql
    def test_two_clocks(self, monkeypatch):
        monkeypatch.setattr(database, "SKEW", timedelta(-1))
        assert "seconds apart" in only(database.clock).says


def test_counts(discussion):
    factories.answers(discussion, sad=3)
    assert only(database.counts).level == Level.OK
    BallotTally.objects.update(count=7)
    assert only(database.counts).level == Level.BROKEN


class TestWorker:
    def test_none(self):
        assert only(helpers.worker).says == "None has ever been at work."

    def test_one_that_has_gone(self):
        Heartbeat.objects.create(name="worker", at=timezone.now() - timedelta(hours=1))
        assert only(helpers.worker).level == Level.BROKEN

    def test_one_at_work(self):
        beat("worker")
        assert only(helpers.worker).level == Level.OK
