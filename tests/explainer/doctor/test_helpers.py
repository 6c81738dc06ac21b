"""Cache and versions."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from explainer.doctor import helpers
from explainer.doctor.findings import Level

BACKENDS = "django.core.cache.backends"
NOBODY = {"BACKEND": f"{BACKENDS}.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}


def levels(check) -> list[Level]:
    return [found.level for found in check()]


def test_a_cache_that_keeps():
    assert levels(helpers.cache_answers) == [Level.OK]


@pytest.mark.parametrize("config", [{"BACKEND": f"{BACKENDS}.dummy.DummyCache"}, NOBODY])
def test_a_cache_that_does_not(settings, config):
    settings.CACHES = {"default": config}
    assert levels(helpers.cache_answers) == [Level.BROKEN]
    assert levels(helpers.cache_forgets) == []


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"maxmemory": 0, "maxmemory_policy": "noeviction"}, Level.ATTENTION),
        ({"maxmemory": 1 << 20, "maxmemory_policy": "noeviction"}, Level.ATTENTION),
        ({"maxmemory": 1 << 20, "maxmemory_policy": "allkeys-lru"}, Level.OK),
    ],
)
def test_a_redis_that_fills_up(monkeypatch, facts, expected):
    monkeypatch.setattr(helpers, "redis_facts", lambda: facts)
    assert levels(helpers.cache_forgets) == [expected]


@pytest.mark.parametrize(
    ("now", "expected"), [(date(2026, 11, 22), Level.OK), (date(2035, 1, 1), Level.BROKEN)]
)
def test_versions_that_are_no_longer_mended(monkeypatch, now, expected):
    monkeypatch.setattr(helpers.sys, "version_info", (3, 11, 7))
    with time_machine.travel(datetime(now.year, now.month, now.day, tzinfo=UTC)):
        assert set(levels(helpers.versions)) == {expected}


def test_a_version_that_is_newer_than_this_code(monkeypatch):
    monkeypatch.setattr(helpers, "PYTHON_ENDS", {})
    assert levels(helpers.versions)[0] == Level.ATTENTION
