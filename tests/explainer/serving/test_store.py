"""When a ready-made page is sent as it is, checked, drawn anew, and given up."""

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest
from django.db import OperationalError

from explainer.serving import store as module
from explainer.serving.bridge import Answer
from explainer.serving.pages import LARGEST, Page
from explainer.serving.store import LONGEST_STALE, REDRAW, Store, stats
from explainer.serving.threads import Threads
from explainer.stored import Key
from tests.loops import run as in_a_loop

HOME = Key("/", "")


class Site:
    """What is drawn, by a clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.version: str | None = "1"
        self.answer = Answer(200, [(b"cache-control", b"public, max-age=0")], b"first")
        self.drawn = self.checked = 0
        self.is_away = False
        self.may_draw = threading.Event()
        self.may_draw.set()

    def tell_version(self, key: Key) -> str | None:
        self.checked += 1
        if self.is_away:
            raise OperationalError
        return self.version

    def draw(self, key: Key) -> Answer:
        assert self.may_draw.wait(60)
        self.drawn += 1
        return self.answer

    def becomes(self, body: bytes, version: str) -> None:
        self.answer, self.version = Answer(200, self.answer.headers, body), version

    def store(self) -> Store:
        threads = Threads(2, most_waiting=10, name="test")
        return Store(
            version=self.tell_version,
            draw=self.draw,
            checks=threads,
            threads=threads,
            now=lambda: self.time,
        )


@pytest.fixture
def site() -> Site:
    return Site()


def play(scene: Callable[[Store], Awaitable[None]], site: Site) -> None:
    """Runs a scene in an event loop of its own."""

    async def run() -> None:
        await scene(site.store())

    in_a_loop(run())


async def settled(store: Store) -> None:
    """Returns when no renewal is under way."""
    while store._renewals:
        await asyncio.sleep(0.001)


def body(page: Page | None) -> bytes | None:
    return page.plain.body if page else None


def test_a_page_nobody_has_asked_for_is_drawn_once_for_all_who_wait(site):
    async def scene(store: Store) -> None:
        site.may_draw.clear()
        waiting = [asyncio.ensure_future(store.find(HOME)) for _ in range(200)]
        await asyncio.sleep(0)
        site.may_draw.set()
        assert {body(page) for page in await asyncio.gather(*waiting)} == {b"first"}
        assert site.drawn == 1

    play(scene, site)


def test_a_fresh_page_is_not_even_checked(site):
    async def scene(store: Store) -> None:
        await store.find(HOME)
        site.becomes(b"second", "2")
        for _ in range(100):
            assert body(store.ready(HOME)) == b"first"
        assert site.checked == 1

    play(scene, site)


def test_after_half_a_second_it_is_sent_once_more_while_one_check_runs(site):
    async def scene(store: Store) -> None:
        await store.find(HOME)
        site.becomes(b"second", "2")
        site.time += 0.6
        assert [body(store.ready(HOME)) for _ in range(100)] == [b"first"] * 100
        await settled(store)
        assert body(store.ready(HOME)) == b"second"
        assert (site.checked, site.drawn) == (2, 2)

    play(scene, site)


def test_after_a_second_whoever_asks_waits_for_the_check(site):
    async def scene(store: Store) -> None:
        await store.find(HOME)
        site.becomes(b"second", "2")
        site.time += 1
        assert store.ready(HOME) is None
        assert body(await store.find(HOME)) == b"second"

    play(scene, site)


def test_an_unchanged_page_is_checked_but_not_drawn(site):
    async def scene(store: Store) -> None:
        await store.find(HOME)
        for _ in range(5):
            site.time += 1
            assert body(await store.find(HOME)) == b"first"
        assert (site.checked, site.drawn) == (6, 1)

    play(scene, site)


def test_it_is_drawn_anew_each_minute_since_it_says_how_long_ago(site):
    async def scene(store: Store) -> None:
        await store.find(HOME)
        site.time += REDRAW
        site.answer = Answer(200, site.answer.headers, b"a minute later")
        assert body(await store.find(HOME)) == b"a minute later"

    play(scene, site)


def test_what_changes_while_it_is_drawn_is_seen_at_the_next_check(site):
    async def scene(store: Store) -> None:
        site.may_draw.clear()
        finding = asyncio.ensure_future(store.find(HOME))
        while not site.checked:
            await asyncio.sleep(0.001)
        site.version = "2"  # after the version was read, before the page was drawn
        site.may_draw.set()
        await finding
        site.becomes(b"second", "2")
        site.time += 1
        assert body(await store.find(HOME)) == b"second"

    play(scene, site)


class TestDatabaseAway:
    def test_a_page_is_sent_as_it_was_and_marked_for_ten_minutes(self, site):
        async def scene(store: Store) -> None:
            await store.find(HOME)
            site.is_away = True
            site.time += LONGEST_STALE - 1
            page = await store.find(HOME)
            assert (body(page), page.is_stale) == (b"first", True)
            assert store.ready(HOME) is page
            site.time += 1
            assert store.ready(HOME) is None
            assert await store.find(HOME) is None

        play(scene, site)

    def test_it_is_asked_twice_a_second_at_most(self, site):
        async def scene(store: Store) -> None:
            await store.find(HOME)
            site.is_away = True
            site.time += 1
            await store.find(HOME)
            for _ in range(100):
                store.ready(HOME)
            await settled(store)
            assert site.checked == 2
            site.time += 0.5
            store.ready(HOME)
            await settled(store)
            assert site.checked == 3

        play(scene, site)

    def test_the_first_check_that_succeeds_ends_it(self, site):
        async def scene(store: Store) -> None:
            await store.find(HOME)
            site.is_away = True
            site.time += 1
            await store.find(HOME)
            site.is_away = False
            site.becomes(b"back", "2")
            site.time += 0.5
            store.ready(HOME)
            await settled(store)
            page = store.ready(HOME)
            assert (body(page), page.is_stale) == (b"back", False)

        play(scene, site)

    def test_a_page_that_was_never_drawn_is_left_to_django(self, site):
        async def scene(store: Store) -> None:
            site.is_away = True
            assert await store.find(HOME) is None

        play(scene, site)

    def test_a_database_that_does_not_say_a_word_is_waited_for_two_seconds(self, site, monkeypatch):
        monkeypatch.setattr(module, "PATIENCE", 0.05)

        async def scene(store: Store) -> None:
            await store.find(HOME)
            site.may_draw.clear()
            site.becomes(b"second", "2")
            site.time += 1
            page = await store.find(HOME)
            assert (body(page), page.is_stale) == (b"first", True)
            site.may_draw.set()
            await settled(store)
            assert body(store.ready(HOME)) == b"second"

        play(scene, site)

    def test_an_answer_that_says_something_is_wrong_changes_nothing(self, site):
        async def scene(store: Store) -> None:
            await store.find(HOME)
            site.answer, site.version = Answer(503, [], b"away"), "2"
            site.time += 1
            page = await store.find(HOME)
            assert (body(page), page.is_stale) == (b"first", True)

        play(scene, site)


PUBLIC = (b"cache-control", b"public")


class TestWhatIsNotKept:
    @pytest.mark.parametrize(
        "answer",
        [
            Answer(200, [PUBLIC, (b"set-cookie", b"order=best")], b"x"),
            Answer(200, [(b"cache-control", b"private")], b"x"),
            Answer(200, [(b"cache-control", b"no-store")], b"x"),
            Answer(200, [], b"x"),
            Answer(404, [PUBLIC], b"x"),
            Answer(302, [PUBLIC], b""),
            Answer(200, [PUBLIC], b"x" * (LARGEST + 1)),
        ],
    )
    def test_an_answer_that_is_not_for_everybody(self, site, answer):
        async def scene(store: Store) -> None:
            site.answer = answer
            assert await store.find(HOME) is None
            assert store.ready(HOME) is None
            assert store.counts.pages == 0

        play(scene, site)

    def test_a_page_that_is_hidden_is_gone_at_the_next_check(self, site):
        async def scene(store: Store) -> None:
            await store.find(HOME)
            site.version = None
            site.time += 1
            assert await store.find(HOME) is None
            assert store.counts.pages == store.counts.bytes == 0

        play(scene, site)

    def test_it_is_not_asked_again_at_once(self, site):
        async def scene(store: Store) -> None:
            site.version = None
            for _ in range(100):
                assert await store.find(HOME) is None
            assert site.checked == 1
            site.version = "1"
            site.time += 0.5
            assert body(await store.find(HOME)) == b"first"

        play(scene, site)

    def test_what_is_remembered_of_that_is_bounded(self, site, monkeypatch):
        monkeypatch.setattr(module, "MOST_REFUSED", 10)

        async def scene(store: Store) -> None:
            site.version = None
            for number in range(100):
                await store.find(Key("/", f"page={number}"))
            assert len(store._refused) <= 10

        play(scene, site)


def test_memory_is_bounded_and_what_is_asked_for_stays(site, monkeypatch):
    monkeypatch.setattr(module, "MOST_BYTES", 100_000)

    async def scene(store: Store) -> None:
        site.answer = Answer(200, [PUBLIC], b"x" * 10_000)
        await store.find(HOME)
        for number in range(50):
            await store.find(Key("/", f"page={number}"))
            assert store.ready(HOME) is not None
            assert store.counts.bytes <= 100_000
        assert 1 < store.counts.pages < 10
        assert store.counts.bytes == sum(page.size for page in store._pages.values())

    play(scene, site)


def test_the_counts_can_be_read_from_outside(site):
    async def scene(store: Store) -> None:
        before = stats()
        await store.find(HOME)
        store.ready(HOME)
        after = stats()
        assert after["misses"] - before["misses"] == 1
        assert after["hits"] - before["hits"] == 2

    play(scene, site)
