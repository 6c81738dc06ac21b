"""Two things in the same moment: two tabs of one reader, and a press as the discussion closes."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator

import pytest

from tests.faults import stored
from tests.faults.asking import Browser
from tests.faults.conftest import Prepared
from tests.faults.sites import Site, running
from tests.faults.sizes import AT_ONCE, ROUNDS, WRITERS
from tests.faults.wire import Answer, Wire
from tests.faults.writers import PAGE, REACTIONS, key_of
from tests.loops import run as in_a_loop

QUESTION = f"{PAGE}questions/reaction/"
CLOSE = """
from polls.models import Discussion
print(Discussion.objects.filter(key="isekai").update(state="read_only"))
"""


@pytest.fixture(scope="module")
def shared(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that runs for the tests which leave each other alone."""
    site = prepared.copy(tmp_path_factory.mktemp("at-once") / "shared")
    with running(site):
        yield site
    prepared.forget(site)


async def press(wire: Wire, number: int, said: str, cookie: str, first: str = "") -> Answer:
    address = f"198.19.{number // 250}.{number % 250 + 1}"
    fields = {"answer": said, "first": first}
    return await wire.post(QUESTION, fields, Cookie=cookie, X_Forwarded_For=address)


def test_two_tabs_that_answer_differently_leave_one_answer(
    shared: Site, note: Callable[..., None]
) -> None:
    async def rounds() -> list[tuple[str, str, str]]:
        found = []
        async with Wire(shared.port) as tab, Wire(shared.port) as other_tab:
            for number, cookie in enumerate(shared.seed["cookies"][:ROUNDS]):
                one, other = REACTIONS[number % 3], REACTIONS[(number + 1) % 3]
                said = press(tab, number, one, cookie), press(other_tab, number, other, cookie)
                assert [each.status for each in await asyncio.gather(*said)] == [303, 303]
                found.append((cookie, one, other))
        return found

    given = in_a_loop(rounds())
    answers = dict(stored.rows(shared.database, stored.ANSWERS))
    assert stored.doubled(shared.database) == []
    assert shared.manage("recount", "--check").returncode == 0
    for cookie, one, other in given:
        assert answers[key_of(cookie)] in {one, other}
    note("two tabs, other answers", times=ROUNDS, acknowledged=2 * ROUNDS, lost=0, doubled=0)


def test_a_first_act_that_is_sent_twice_at_once_is_one_readers(
    shared: Site, note: Callable[..., None]
) -> None:
    async def rounds() -> None:
        async with Wire(shared.port) as one, Wire(shared.port) as other:
            for number in range(ROUNDS):
                twice = [press(wire, number, "sad", "", f"{number:032x}") for wire in (one, other)]
                answers = await asyncio.gather(*twice)
                assert [each.status for each in answers] == [303, 303]
                assert len({key_of(each.cookie) for each in answers}) == 1

    before = stored.readers(shared.database)
    in_a_loop(rounds())
    assert len(stored.readers(shared.database) - before) == ROUNDS
    assert shared.manage("recount", "--check").returncode == 0
    note("a double click as first act", times=ROUNDS, acknowledged=2 * ROUNDS, lost=0, doubled=0)


# What a reader does, the fields of it, and the table that holds one row of theirs afterwards.
REPEATED = {
    "a comment": (f"{PAGE}comments/", {"body": "Once is enough.", "name": "Ann"}, "comment"),
    "an answer": (QUESTION, {"answer": "sad"}, "ballot"),
    "a vote": (f"{PAGE}comments/{{comment}}/vote/", {"vote": "good"}, "commentvote"),
    "a report": (f"{PAGE}comments/{{comment}}/report/", {"reason": "unkind"}, "report"),
    "a mute": (f"{PAGE}comments/{{comment}}/mute/", {"mute": "1"}, "mute"),
    "a favourite": (f"{PAGE}favourite/", {"title": "Ascendance of a Bookworm"}, "favourite"),
    "a topic": ("/topics/suggest/", {"title": "What is kishotenketsu?"}, "topic"),
}


@pytest.mark.parametrize("what", REPEATED)
def test_what_is_sent_often_at_once_is_done_once(
    shared: Site, note: Callable[..., None], what: str
) -> None:
    """A form pressed again and again, or sent again by a network that lost the answers."""
    number = list(REPEATED).index(what) + 1
    cookie = shared.seed["cookies"][-number]
    path, fields, table = REPEATED[what]
    path = path.format(**shared.seed)
    fields = fields | {"stamp": shared.seed["stamp"]}

    async def rush() -> list[int]:
        async with contextlib.AsyncExitStack() as stack:
            wires = [await stack.enter_async_context(Wire(shared.port)) for _ in range(AT_ONCE)]
            headers = {"Cookie": cookie, "X_Forwarded_For": f"198.19.200.{number}"}
            sent = [wire.post(path, fields, **headers) for wire in wires]
            return [each.status for each in await asyncio.gather(*sent)]

    own = stored.OWN.format(table=table)
    before = stored.rows(shared.database, own)
    statuses = in_a_loop(rush())
    assert statuses.count(303) > 1, statuses
    assert set(statuses) <= {303, 429}, statuses  # done, or more than a reader may in a minute
    assert stored.rows(shared.database, own) == [*before, (key_of(cookie), "")]
    assert shared.manage("recount", "--check").returncode == 0
    note(f"{what}, sent {AT_ONCE} times at once", times=1, acknowledged=1, lost=0, doubled=0)


def test_nothing_is_counted_after_a_discussion_has_closed(
    site: Site, note: Callable[..., None]
) -> None:
    async def press_until_closed(told: list[int]) -> None:
        async with Wire(site.port) as wire:
            while (answer := await press(wire, len(told), "happy", "")).status == 303:
                told.append(answer.status)
        assert answer.status == 409, answer

    async def close(told: list[int]) -> None:
        while len(told) < WRITERS:
            await asyncio.sleep(0.01)
        done = await asyncio.to_thread(site.manage, "shell", "--no-imports", "-c", CLOSE)
        assert done.stdout.strip() == "1", done.stderr

    async def rush() -> int:
        told: list[int] = []
        writers = [press_until_closed(told) for _ in range(WRITERS)]
        await asyncio.gather(close(told), *writers)
        return len(told)

    with running(site):
        told = in_a_loop(rush())
        assert len(stored.rows(site.database, stored.ANSWERS)) == told
        assert Browser(site).answer("sad").status == 409
        assert len(stored.rows(site.database, stored.ANSWERS)) == told
        assert site.manage("recount", "--check").returncode == 0
    note("a press as it closes", times=WRITERS, acknowledged=told, lost=0, doubled=0)
