"""A store in memory that never grows past its bound, and lets go of what was used longest ago."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock
from time import time

# What an entry weighs beside the bytes it holds: its key and its place in the store.
OVERHEAD = 1_000  # bytes, a rough and generous figure


@dataclass(frozen=True)
class Stats:
    """How a store is used: look-ups since the start, and what it holds now."""

    hits: int
    misses: int
    entries: int
    bytes: int


class Store:
    """Values under keys, at most `most` bytes of them; safe for threads.

    Nothing is copied: whoever takes a value out must not change it.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._lock = Lock()
        self._entries: OrderedDict[Hashable, tuple[object, int, float]] = OrderedDict()
        self._bytes = self._hits = self._misses = 0

    def get(self, key: Hashable) -> object | None:
        """What is kept under the key; None for nothing, or when its time is over."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None or time() >= entry[2]:
                self._misses += 1
                return None
            self._hits += 1
            self._entries.move_to_end(key)
            return entry[0]

    def put(self, key: Hashable, value: object, size: int, until: float = float("inf")) -> None:
        """Keeps a value of `size` bytes until a moment (seconds since 1970), or until it must go.

        One that is larger than the whole store is not kept.
        """
        weight = size + OVERHEAD
        with self._lock:
            self._forget(key)
            if weight > self.most:
                return
            self._entries[key] = (value, weight, until)
            self._bytes += weight
            while self._bytes > self.most:
                self._forget(next(iter(self._entries)))

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._entries.clear()
            self._bytes = 0

    def stats(self) -> Stats:
        """For the metrics, and for tests."""
        with self._lock:
            return Stats(self._hits, self._misses, len(self._entries), self._bytes)

    def _forget(self, key: Hashable) -> None:
        entry = self._entries.pop(key, None)
        if entry:
            self._bytes -= entry[1]
