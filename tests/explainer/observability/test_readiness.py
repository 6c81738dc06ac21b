"""What /readyz finds out, and how long it may take."""

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from explainer.observability import readiness
from explainer.observability.readiness import NO_ANSWER, OK, Probe, Readiness
from polls.actions.heartbeat import beat
from polls.models import Heartbeat

READY = Readiness({"database": OK})


@pytest.mark.django_db
class TestParts:
    def test_all_is_well_when_the_worker_works(self):
        beat("worker")
        found = readiness.examine()
        parts = ("database", "migrations", "cache", "worker", "disk")
        assert found.parts == dict.fromkeys(parts, OK)
        assert found.is_ready

    def test_a_worker_that_has_fallen_silent(self):
        Heartbeat.objects.create(name="worker", at=timezone.now() - timedelta(minutes=5))
        found = readiness.examine()
        assert found.parts["worker"] == "has not spoken lately"
        assert not found.is_ready

    def test_a_disk_that_is_full(self, monkeypatch):
        monkeypatch.setattr(readiness, "SCARCE", 1 << 62)
        expected = "is full" if connection.vendor == "sqlite" else OK
        assert readiness.examine().parts["disk"] == expected

    def test_a_step_that_is_missing(self, monkeypatch):
        newest = readiness._newest_migrations() | {("polls", "9999_of_tomorrow")}
        monkeypatch.setattr(readiness, "_newest_migrations", lambda: newest)
        assert readiness.migrations() == "1 apps wait for manage.py migrate"

    @pytest.mark.parametrize(
        ("cache", "said"),
        [
            ({"BACKEND": "dummy.DummyCache"}, "does not keep what it is given"),
            # Nobody listens there, and the driver has errors of its own.
            ({"BACKEND": "redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}, NO_ANSWER),
        ],
    )
    def test_a_cache_that_does_not_work(self, settings, cache, said):
        backend = f"django.core.cache.backends.{cache['BACKEND']}"
        settings.CACHES = {"default": cache | {"BACKEND": backend}}
        assert readiness.examine().parts["cache"] == said


def test_without_the_database_what_it_knows_is_not_asked(monkeypatch):
    def away() -> str:
        raise OperationalError("SECRET address of the server")

    monkeypatch.setitem(readiness.PARTS, "database", away)
    found = readiness.examine()
    assert found.parts["database"] == NO_ANSWER
    assert found.parts["migrations"] == found.parts["worker"] == "not known without the database"
    assert "SECRET" not in str(found)


class TestProbe:
    def test_it_asks_again_only_when_what_it_knows_is_old(self):
        asked = []
        probe = Probe(lambda: asked.append(1) or READY)
        assert [probe.answer(60), probe.answer(60)] == [READY, READY]
        assert len(asked) == 1
        probe.known_at = float("-inf")
        probe.answer(60)
        assert len(asked) == 2

    def test_who_asks_a_silent_database_is_not_kept_waiting(self):
        back, asked = threading.Event(), []

        def examine() -> Readiness:
            asked.append(1)
            back.wait(60)
            return READY

        probe = Probe(examine)
        try:
            for _ in range(3):
                assert set(probe.answer(0.01).parts.values()) == {NO_ANSWER}
            assert len(asked) == 1
        finally:
            back.set()
        assert probe.answer(60) == READY

    def test_a_probe_that_breaks_can_be_asked_again(self, monkeypatch):
        found = iter([RuntimeError(), READY])

        def examine() -> Readiness:
            one = next(found)
            if isinstance(one, Exception):
                raise one
            return one

        monkeypatch.setattr(threading, "excepthook", lambda _args: None)
        probe = Probe(examine)
        assert not probe.answer(60).is_ready
        assert probe.answer(60) == READY
