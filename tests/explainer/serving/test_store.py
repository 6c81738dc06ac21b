"""When a ready-made page is sent as it is, checked, drawn anew, and given up."""

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest
from django.db import OperationalError

from explainer.serving import shelf
from explainer.serving import store as store_module
from explainer.serving.bridge import Answer
from explainer.serving.pages import LARGEST, Page
from explainer.serving.shelf import stats
from explainer.serving.store import LONGEST_STALE, REDRAW, TURNS, Store
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
        self.versions: dict[str, str] = {}  # of paths that have one of their own
        self.drawn = self.checked = 0
        self.is_away = False
        self.turnstile: threading.Semaphore | None = None  # lets one draw at each release
        self.may_draw = threading.Event()
        self.may_draw.set()
        self.may_tell = threading.Event()
        self.may_tell.set()

    def tell_version(self, key: Key) -> str | None:
        self.checked += 1
        if self.is_away:
            raise OperationalError
        version = self.versions.get(key.path, self.version)
        assert self.may_tell.wait(60)
        return version

    def draw(self, key: Key) -> Answer:
        assert self.may_draw.wait(60)
        if self.turnstile:
            assert self.turnstile.acquire(timeout=60)
        self.drawn += 1
        return self.answer

    def becomes(self, body: bytes, version: str) -> None:
        self.answer, self.version = Answer(200, self.answer.headers, body), version

    def store(self) -> Store:
        return Store(
            version=self.tell_version,
            draw=self.draw,
            checks=Threads(1, most_waiting=10, name="checks"),
            redraws=Threads(1, most_waiting=10, name="redraws"),
            threads=Threads(1, most_waiting=10, name="threads"),
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


async def until(holds: Callable[[], object]) -> None:
    """Returns when it is true."""
    while not holds():
        await asyncio.sleep(0.001)


async def settled(store: Store) -> None:
    """Returns when no renewal is under way."""
    await until(lambda: not store._renewals)


def is_outdated(store: Store, key: Key) -> bool:
    """Whether a page is known to be, and is to be drawn anew."""
    return key in store._renewals and store._renewals[key].is_outdated


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
        assert (site.checked, site.drawn) == (3, 2)  # once more before it is drawn

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


def pages_of(how_many: int, path: str = "/") -> list[Key]:
    """So many pages at one path."""
    return [Key(path, f"page={number}") for number in range(how_many)]


def test_a_check_that_began_long_before_is_not_enough_for_who_asks_now(site):
    async def scene(store: Store) -> None:
        await store.find(HOME)
        site.may_tell.clear()
        site.time += 1
        early = asyncio.ensure_future(store.find(HOME))
        await until(lambda: site.checked == 2)
        site.becomes(b"second", "2")
        site.time += 1
        late = asyncio.ensure_future(store.find(HOME))
        await asyncio.sleep(0)
        site.may_tell.set()
        assert [body(await early), body(await late)] == [b"first", b"second"]

    play(scene, site)


class TestManyPages:
    def test_one_look_at_the_version_serves_all_pages_of_a_path(self, site):
        async def scene(store: Store) -> None:
            keys = pages_of(30)
            for key in [*keys, *pages_of(5, "/topics/")]:
                await store.find(key)
            checked = site.checked
            site.time += 1
            found = await asyncio.gather(*map(store.find, keys))
            assert {body(page) for page in found} == {b"first"}
            assert site.checked == checked + 1
            for key in pages_of(5, "/topics/"):
                await store.find(key)
            assert site.checked == checked + 2

        play(scene, site)

    def test_a_look_that_is_half_a_second_old_serves_nobody_any_more(self, site):
        async def scene(store: Store) -> None:
            one, other = pages_of(2)
            await store.find(one)
            await store.find(other)
            site.time += 1
            await store.find(one)
            site.becomes(b"second", "2")
            site.time += 0.5
            assert body(await store.find(other)) == b"second"

        play(scene, site)

    def test_an_outdated_page_is_drawn_once_for_all_who_wait(self, site):
        async def scene(store: Store) -> None:
            await store.find(HOME)
            site.becomes(b"second", "2")
            site.time += 1
            found = await asyncio.gather(*(store.find(HOME) for _ in range(200)))
            assert {body(page) for page in found} == {b"second"}
            assert site.drawn == 2

        play(scene, site)

    def test_checks_do_not_wait_for_a_page_that_is_drawn(self, site):
        async def scene(store: Store) -> None:
            topics = Key("/topics/", "")
            for key in (HOME, topics):
                await store.find(key)
            site.may_draw.clear()
            site.versions[HOME.path] = "2"
            site.time += 1
            drawing = asyncio.ensure_future(store.find(HOME))
            await until(lambda: is_outdated(store, HOME))
            page = await store.find(topics)
            assert (body(page), page.is_stale) == (b"first", False)
            site.may_draw.set()
            await drawing

        play(scene, site)

    def test_what_nobody_waits_for_stands_in_nobodys_way(self, site):
        async def scene(store: Store) -> None:
            awaited, other = pages_of(2)
            await store.find(awaited)
            site.time += 0.4
            await store.find(other)
            site.may_draw.clear()
            site.becomes(b"second", "2")
            site.time += 0.6
            asking = asyncio.ensure_future(store.find(awaited))
            await until(lambda: is_outdated(store, awaited))
            assert body(store.ready(other)) == b"first"
            await until(lambda: other not in store._renewals)
            assert store.redraws.under_way == 1
            site.time += 0.4
            assert store.ready(other) is None
            site.may_draw.set()
            assert [body(await store.find(other)), body(await asking)] == [b"second"] * 2

        play(scene, site)

    def test_however_many_are_drawn_anew_no_act_stands_behind_them(self, site):
        async def scene(store: Store) -> None:
            keys = pages_of(8)
            for key in keys:
                await store.find(key)
            site.may_draw.clear()
            site.becomes(b"second", "2")
            site.time += 1
            drawing = [asyncio.ensure_future(store.find(key)) for key in keys]
            await until(lambda: all(is_outdated(store, key) for key in keys))
            assert await store.threads.run(lambda: "an act") == "an act"
            site.may_draw.set()
            await asyncio.gather(*drawing)

        play(scene, site)


class TestMoreThanCanBeDrawnInTime:
    """Patience ends whenever one more page has been drawn: the line moves, and is long."""

    async def ask(self, site: Site, store: Store, how_many: int) -> list[Page]:
        """What so many get who ask for one outdated page each, in the order of asking."""
        keys = pages_of(how_many)
        for key in keys:
            await store.find(key)
        self.store, site.turnstile = store, threading.Semaphore(0)
        site.becomes(b"second", "2")
        site.time += 1
        asking = [asyncio.ensure_future(store.find(key)) for key in keys]
        await until(lambda: all(is_outdated(store, key) for key in keys))
        for drawn in range(store.counts.misses + 1, store.counts.misses + how_many + 1):
            site.turnstile.release()
            await until(lambda drawn=drawn: store.counts.misses == drawn)
            await until(lambda drawn=drawn: set(self.waiting) <= {drawn})
        return await asyncio.gather(*asking)

    @pytest.fixture(autouse=True)
    def patience(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.waiting: list[int] = []  # how many were drawn when somebody began to wait

        async def wait(tasks: list[asyncio.Task], timeout: float) -> tuple[set, set]:
            (task,), drawn = tasks, self.store.counts.misses
            self.waiting.append(drawn)
            await until(lambda: task.done() or self.store.counts.misses > drawn)
            self.waiting.remove(drawn)
            return ({task}, set()) if task.done() else (set(), {task})

        monkeypatch.setattr(asyncio, "wait", wait)

    def test_who_asks_waits_for_the_new_page_while_the_line_moves(self, site):
        async def scene(store: Store) -> None:
            pages = await self.ask(site, store, TURNS)
            assert [(body(page), page.is_stale) for page in pages] == [(b"second", False)] * TURNS

        play(scene, site)

    def test_who_would_wait_too_long_gets_the_old_one_marked(self, site):
        async def scene(store: Store) -> None:
            *_others, last = await self.ask(site, store, TURNS + 3)
            assert (body(last), last.is_stale) == (b"first", True)
            await settled(store)
            assert body(store.ready(pages_of(TURNS + 3)[-1])) == b"second"

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

    def test_who_comes_later_waits_for_a_check_since_it_may_be_back(self, site):
        async def scene(store: Store) -> None:
            await store.find(HOME)
            site.is_away = True
            site.time += 1
            await store.find(HOME)
            site.is_away = False
            site.becomes(b"back", "2")
            site.time += 1
            assert store.ready(HOME) is None
            page = await store.find(HOME)
            assert (body(page), page.is_stale) == (b"back", False)

        play(scene, site)

    def test_nobody_waits_beside_a_check_that_was_waited_for_in_vain(self, site, monkeypatch):
        monkeypatch.setattr(store_module, "PATIENCE", 0.05)

        async def scene(store: Store) -> None:
            await store.find(HOME)
            site.may_draw.clear()
            site.becomes(b"second", "2")
            site.time += 1
            await store.find(HOME)
            site.time += 60
            assert body(store.ready(HOME)) == b"first"
            site.may_draw.set()
            await settled(store)

        play(scene, site)

    def test_a_page_that_was_never_drawn_is_left_to_django(self, site):
        async def scene(store: Store) -> None:
            site.is_away = True
            assert await store.find(HOME) is None

        play(scene, site)

    def test_a_database_that_does_not_say_a_word_is_waited_for_two_seconds(self, site, monkeypatch):
        monkeypatch.setattr(store_module, "PATIENCE", 0.05)

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
        monkeypatch.setattr(shelf, "MOST_REFUSED", 10)

        async def scene(store: Store) -> None:
            site.version = None
            for number in range(100):
                await store.find(Key("/", f"page={number}"))
            assert len(store._shelf._refused) <= 10

        play(scene, site)


def test_memory_is_bounded_and_what_is_asked_for_stays(site, monkeypatch):
    monkeypatch.setattr(shelf, "MOST_BYTES", 100_000)

    async def scene(store: Store) -> None:
        site.answer = Answer(200, [PUBLIC], b"x" * 10_000)
        await store.find(HOME)
        for number in range(50):
            await store.find(Key("/", f"page={number}"))
            assert store.ready(HOME) is not None
            assert store.counts.bytes <= 100_000
        assert 1 < store.counts.pages < 10
        assert store.counts.bytes == sum(page.size for page in store._shelf._pages.values())

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
