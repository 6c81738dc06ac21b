"""The shared cache, made so that the site goes on when Redis is slow, full or gone.

What is cached can always be made again, so a cache that does not answer is an empty one. Nothing
that must be right is kept here: speed limits and sessions stand in the database.
"""

import logging
import threading
import time
from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import RedisError, ResponseError
from redis.retry import Retry

from explainer.observability.logs import kind

PATIENCE = 0.2  # seconds for an answer: a page that has to be made anew takes less
REST = 5.0  # seconds without asking after a failure, so that a dead server costs nothing

R = TypeVar("R")
logger = logging.getLogger("explainer.cache")


class Breaker:
    """Keeps everybody away from a server that failed; after each `rest` one may try again."""

    def __init__(self, rest: float = REST, now: Callable[[], float] = time.monotonic) -> None:
        self._rest, self._now = rest, now
        self._lock = threading.Lock()
        self._try_again = 0.0
        self._trouble = ""

    @property
    def is_open(self) -> bool:
        """Whether the server is given up for now, also while somebody tries."""
        return bool(self._try_again)

    def lets_through(self) -> bool:
        """Whether the caller may ask the server."""
        if not self._try_again:
            return True
        with self._lock:
            if self._now() < self._try_again:
                return False
            self._try_again = self._now() + self._rest  # the others go on waiting for this one
            return True

    def trip(self, error: Exception) -> None:
        """The server did not answer."""
        with self._lock:
            self._try_again = self._now() + self._rest
        self._note(f"The cache is away, going on without it: {kind(error)}")

    def refuse(self, error: Exception) -> None:
        """The server answers, but did not do this: it is full, or may only be read."""
        with self._lock:
            self._try_again = 0.0
        self._note(f"The cache refuses, going on without it: {kind(error)}")

    def reset(self, *, stores: bool) -> None:
        """The server did as asked; only something stored ends a refusal."""
        if not self._trouble or (not stores and not self._try_again):
            return
        with self._lock:
            self._try_again = 0.0
        if stores:
            self._note("")

    def _note(self, trouble: str) -> None:
        """Logs a change, once: a line for each request would fill the disk."""
        was_well, self._trouble = not self._trouble, trouble
        if trouble and was_well:
            logger.warning(trouble)
        elif not trouble and not was_well:
            logger.warning("The cache is back.")


# One for each address: Django makes a cache object for every thread.
_breakers: dict[str, Breaker] = {}


def breaker_of(address: str) -> Breaker:
    """The breaker that all threads of this process share for a server."""
    return _breakers.setdefault(address, Breaker())


class PatientClient(RedisCacheClient):
    """Asks Redis for a fifth of a second at most; without an answer the cache is empty."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        limits = {
            "socket_timeout": PATIENCE,
            "socket_connect_timeout": PATIENCE,
            # A connection that the server has closed meanwhile is opened anew, once; waiting a
            # second time for one that is late is not worth it.
            "retry": Retry(NoBackoff(), 1, supported_errors=(Disconnected,)),
        }
        super().__init__(servers, **(limits | options))
        self._breaker = breaker_of(",".join(servers))

    def _ask(self, method: Callable[..., R], otherwise: R, *given: Any, stores: bool = False) -> R:
        if not self._breaker.lets_through():
            return otherwise
        try:
            answer = method(*given)
        except ResponseError as error:
            self._breaker.refuse(error)
        except (RedisError, OSError) as error:
            self._breaker.trip(error)
        else:
            self._breaker.reset(stores=stores)
            return answer
        return otherwise

    def add(self, key: str, value: object, timeout: int | None) -> bool:
        return self._ask(super().add, False, key, value, timeout, stores=True)

    def get(self, key: str, default: object) -> object:
        return self._ask(super().get, default, key, default)

    def set(self, key: str, value: object, timeout: int | None) -> None:
        self._ask(super().set, None, key, value, timeout, stores=True)

    def touch(self, key: str, timeout: int | None) -> bool:
        return self._ask(super().touch, False, key, timeout)

    def delete(self, key: str) -> bool:
        return self._ask(super().delete, False, key)

    def get_many(self, keys: Any) -> dict:
        return self._ask(super().get_many, {}, keys)

    def has_key(self, key: str) -> bool:
        return self._ask(super().has_key, False, key)

    def incr(self, key: str, delta: int) -> int:
        """The new number. Raises ValueError for a key that is not there, and so for no answer."""
        number = self._ask(super().incr, None, key, delta)
        if number is None:
            raise ValueError(f"Key '{key}' not found.")
        return number

    def set_many(self, data: dict, timeout: int | None) -> None:
        self._ask(super().set_many, None, data, timeout, stores=True)

    def delete_many(self, keys: list[str]) -> None:
        self._ask(super().delete_many, None, keys)

    def clear(self) -> bool:
        return self._ask(super().clear, False)


class PatientRedisCache(RedisCache):
    """Django's Redis cache on a server that may fail."""

    @cached_property
    def _cache(self) -> PatientClient:
        return PatientClient(list(self._servers), **self._options)
