"""The store of pieces: within its bound, no older than it may be, safe for threads."""

import threading

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from polls.pieces.store import OVERHEAD, Store

ROOM = 5 * (OVERHEAD + 100)


@pytest.fixture
def store():
    return Store(ROOM)


def test_what_was_put_is_found_until_it_is_replaced(store):
    assert store.get("a") is None
    store.put("a", b"one", 3)
    assert store.get("a") == b"one"
    store.put("a", b"two", 3)
    assert store.get("a") == b"two"
    assert store.stats().entries == 1


def test_what_was_used_longest_ago_goes_first(store):
    for name in "abcde":
        store.put(name, name, 100)
    store.get("a")
    store.put("f", "f", 100)
    assert [name for name in "abcdef" if store.get(name) is None] == ["b"]


def test_what_is_larger_than_the_store_is_not_kept(store):
    store.put("a", "a", 100)
    store.put("big", "big", ROOM)
    assert store.get("big") is None
    assert store.get("a") == "a"


def test_a_key_that_grew_too_large_does_not_leave_what_it_held(store):
    store.put("a", "small", 100)
    store.put("a", "large", ROOM)
    assert store.get("a") is None


def test_an_entry_ends_with_its_time(store):
    with time_machine.travel(1_000, tick=False) as clock:
        store.put("a", "a", 1, until=1_060)
        clock.shift(59)
        assert store.get("a") == "a"
        clock.shift(1)
        assert store.get("a") is None


def test_hits_and_misses_are_counted(store):
    store.put("a", "a", 10)
    for name in "aab":
        store.get(name)
    found = store.stats()
    assert (found.hits, found.misses, found.entries, found.bytes) == (2, 1, 1, OVERHEAD + 10)
    store.clear()
    assert (store.stats().entries, store.stats().bytes) == (0, 0)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, ROOM // 3)), max_size=60))
def test_the_weight_is_that_of_the_entries_and_never_over_the_bound(puts):
    store = Store(ROOM)
    sizes = {}
    for key, size in puts:
        store.put(key, size, size)
        sizes[key] = size
        held = [key for key in sizes if store.get(key) is not None]
        assert store.stats().bytes == sum(sizes[key] + OVERHEAD for key in held) <= ROOM
        assert all(store.get(key) == sizes[key] for key in held)


def test_threads_share_it(store):
    def work(number):
        for n in range(2_000):
            store.put((number, n % 7), n, n % 100)
            found = store.get((number, n % 7))
            assert found in {n, None}

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.stats().bytes <= ROOM
    assert store.stats().hits + store.stats().misses == 8_000
