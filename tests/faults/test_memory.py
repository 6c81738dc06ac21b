"""Many write, many look at all sorts of addresses: what the site holds does not grow with that."""

from collections.abc import Callable

from explainer.bench import machine
from tests.faults import stored
from tests.faults.beside import asking
from tests.faults.conftest import IS_POSTGRES
from tests.faults.sites import Site, running
from tests.faults.sizes import ACTS_IN_ALL
from tests.faults.test_kills import assert_kept
from tests.faults.wire import Answer, Wire
from tests.faults.writers import PAGE, writing

LOOKERS = 16
GROWTH = 1.2  # times the memory once it is warm
LARGEST_LOG = 64 * 1024 * 1024  # bytes of SQLite's journal before it is folded into the file
ANSWERS = {200, 302, 303, 400, 404}
# What people and machines ask for; {} is another number each time.
ADDRESSES = (
    PAGE,
    "/",
    "/feed/",
    "/sitemap.xml",
    "/topics/?page={}",
    "/topics/similar/?title=number+{}",
    f"{PAGE}?page={{}}",
    f"{PAGE}?utm_source={{}}",
    f"{PAGE}results/?{{}}",
    f"{PAGE}works/?title={{}}",
    f"{PAGE}comments/new/?since={{}}",
    f"{PAGE}comments/{{}}/",
    "/articles/number-{}/",
)


async def look(wire: Wire, number: int) -> Answer:
    return await wire.get(ADDRESSES[number % len(ADDRESSES)].format(number))


def test_memory_and_journal_stay_bounded_while_all_sorts_of_things_are_asked(
    site: Site, note: Callable[..., None]
) -> None:
    before, crowd = stored.readers(site.database), site.crowd()
    with running(site):
        with writing(crowd), asking(site, LOOKERS, look) as answered:
            crowd.wait_for(ACTS_IN_ALL // 3)
            warm = machine.memory(site.server.pid)
            crowd.wait_for(ACTS_IN_ALL - ACTS_IN_ALL // 3)
            in_the_end = machine.memory(site.server.pid)
        assert set(answered) <= ANSWERS
        assert in_the_end < warm * GROWTH
        if not IS_POSTGRES:
            assert (site.folder / "afterword.sqlite3-wal").stat().st_size < LARGEST_LOG
        kept = assert_kept(site, crowd.log, before)
        assert crowd.log.refused == crowd.log.lost == 0
    looks = answered.total()
    note(f"{looks} looks at everything: {warm:.0f}, then {in_the_end:.0f} MB", times=1, **kept)
