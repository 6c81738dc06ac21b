"""Redis is slow, full, empty or gone: what must be right is not kept there, so the site goes on."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which

import pytest

from tests.faults import machines, stored
from tests.faults.asking import Browser
from tests.faults.conftest import Prepared, need
from tests.faults.machines import Redis
from tests.faults.sites import Site, running
from tests.faults.test_kills import ANY_MOMENT, assert_kept
from tests.faults.writers import writing

NEWS = "/articles/isekai/comments/new/"  # asks the cache


@pytest.fixture
def redis() -> Iterator[Redis]:
    need(which("redis-server"), "redis-server is not installed.")
    with machines.own_redis() as server:
        yield server


@pytest.fixture
def cached(prepared: Prepared, redis: Redis, tmp_path: Path) -> Iterator[Site]:
    """A site whose cache is that Redis."""
    site = prepared.copy(tmp_path / "cached", CACHE_URL=redis.url)
    yield site
    prepared.forget(site)


@contextmanager
def slow(redis: Redis) -> Iterator[None]:
    redis.freeze()
    yield
    redis.thaw()


@contextmanager
def full(redis: Redis) -> Iterator[None]:
    redis.fill()
    yield
    redis.empty()


@contextmanager
def flushed(redis: Redis) -> Iterator[None]:
    redis.client.flushall()
    yield


@contextmanager
def gone(redis: Redis) -> Iterator[None]:
    redis.kill()
    yield
    redis.start()


FAULTS = (slow, full, flushed, gone)


def test_the_site_goes_on_while_redis_is_slow_full_emptied_or_gone(
    cached: Site, redis: Redis, note: Callable[..., None]
) -> None:
    before, looks = stored.readers(cached.database), []
    crowd, ann = cached.crowd(), Browser(cached)
    with running(cached):
        for fault in FAULTS:
            with fault(redis):
                looks.append(slowest_look(ann))
        with writing(crowd):
            for fault in FAULTS:
                crowd.wait_for(ANY_MOMENT)
                with fault(redis):
                    crowd.wait_for(ANY_MOMENT)
            crowd.wait_for(ANY_MOMENT)
        kept = assert_kept(cached, crowd.log, before)
        assert crowd.log.refused == 0
        # Who presses too often is told so, also without Redis: that is counted in the database.
        redis.kill()
        assert 429 in {ann.answer(choice).status for choice in ("sad", "happy") * 6}
    note("Redis slow, full, flushed, gone: a page in", times=4, **kept, recovery=max(looks), goal=1)


def slowest_look(ann: Browser) -> float:
    """The longest that a page took of some that ask the cache, in seconds."""
    longest = 0.0
    for path in [NEWS, "/", NEWS, "/articles/isekai/", NEWS]:
        begun = time.monotonic()
        assert ann.look(path).status == 200
        longest = max(longest, time.monotonic() - begun)
    return longest
