"""A cache that does not answer is an empty one, and is left alone for a while."""

import logging
from collections.abc import Iterator
from shutil import which
from uuid import uuid4

import pytest

from explainer import caching
from explainer.bench.processes import free_port
from explainer.caching import Breaker, PatientRedisCache
from tests.faults.conftest import need
from tests.faults.machines import Redis, own_redis


class Clock:
    """A clock that a test moves."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def redis() -> Iterator[Redis]:
    need(which("redis-server"), "redis-server is not installed.")
    with own_redis() as server:
        yield server


def cache_on(url: str, clock: Clock | None = None) -> PatientRedisCache:
    """A cache with a breaker of its own."""
    if clock:
        caching._breakers[url] = Breaker(now=clock)
    return PatientRedisCache(url, {"KEY_PREFIX": str(uuid4())})


def test_a_breaker_lets_everybody_through_until_a_failure(clock: Clock) -> None:
    breaker = Breaker(rest=5, now=clock)
    assert breaker.lets_through()
    breaker.trip(OSError("refused"))
    assert not breaker.lets_through()


def test_after_a_rest_one_tries_and_the_others_wait(clock: Clock) -> None:
    breaker = Breaker(rest=5, now=clock)
    breaker.trip(OSError("refused"))
    clock.now += 5
    assert [breaker.lets_through() for _ in range(3)] == [True, False, False]


def test_one_success_lets_everybody_through_again(clock: Clock) -> None:
    breaker = Breaker(rest=5, now=clock)
    breaker.trip(OSError("refused"))
    clock.now += 5
    breaker.lets_through()
    breaker.reset(stores=False)
    assert [breaker.lets_through() for _ in range(3)] == [True, True, True]


def test_the_log_says_once_that_the_cache_is_away_and_once_that_it_is_back(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    breaker = Breaker(rest=5, now=clock)
    with caplog.at_level(logging.WARNING, "explainer.cache"):
        for _ in range(3):
            breaker.trip(OSError("refused"))
        for _ in range(3):
            breaker.reset(stores=True)
    assert [line.partition(",")[0] for line in caplog.messages] == [
        "The cache is away",
        "The cache is back.",
    ]


def test_a_full_cache_is_asked_on_and_noted_once(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    breaker = Breaker(rest=5, now=clock)
    with caplog.at_level(logging.WARNING, "explainer.cache"):
        for _ in range(3):
            breaker.refuse(OSError("out of memory"))
            breaker.reset(stores=False)  # what it has may still be read
    assert breaker.lets_through()
    assert len(caplog.messages) == 1


def test_it_keeps_what_it_is_given(redis: Redis) -> None:
    cache = cache_on(redis.url)
    cache.set_many({"ann": "enraged", "sam": "sad"}, 60)
    assert cache.add("hana", "happy", 60)
    assert not cache.add("hana", "sad", 60)
    assert cache.get_many(["ann", "sam", "mo"]) == {"ann": "enraged", "sam": "sad"}
    assert cache.has_key("hana")
    assert cache.touch("hana", 60)
    cache.set("votes", 1)
    assert cache.incr("votes") == 2
    assert cache.delete("ann")
    cache.delete_many(["sam"])
    assert cache.get("ann", "nobody") == "nobody"
    assert cache.clear()
    assert cache.get("hana") is None


def assert_is_empty(cache: PatientRedisCache) -> None:
    cache.set("ann", "enraged")
    cache.set_many({"ann": "enraged"})
    cache.delete_many(["ann"])
    assert cache.get("ann", "nobody") == "nobody"
    assert cache.get_many(["ann"]) == {}
    assert not cache.add("ann", "enraged")
    assert not cache.has_key("ann")
    assert not cache.touch("ann")
    assert not cache.delete("ann")
    assert not cache.clear()
    with pytest.raises(ValueError, match="not found"):
        cache.incr("ann")


def test_a_server_that_is_gone_is_an_empty_cache() -> None:
    assert_is_empty(cache_on(f"redis://127.0.0.1:{free_port()}/0"))


def test_a_frozen_server_is_an_empty_cache_until_it_answers_again(
    redis: Redis, clock: Clock
) -> None:
    cache = cache_on(redis.url, clock)
    cache.set("ann", "enraged")
    redis.freeze()
    assert_is_empty(cache)
    redis.thaw()
    clock.now += caching.REST
    assert cache.get("ann") == "enraged"


def test_a_full_server_gives_what_it_has_and_takes_nothing(redis: Redis) -> None:
    cache = cache_on(redis.url)
    cache.set("ann", "enraged")
    redis.fill()
    cache.set("sam", "sad")
    assert cache.get("sam") is None
    assert cache.get("ann") == "enraged"
    redis.empty()
    cache.set("sam", "sad")
    assert cache.get("sam") == "sad"


def test_a_server_that_was_started_again_is_found_at_once(redis: Redis) -> None:
    cache = cache_on(redis.url)
    cache.set("ann", "enraged")
    redis.kill()
    redis.start()
    cache.set("ann", "sad")  # over the connection that the old one has closed
    assert cache.get("ann") == "sad"
