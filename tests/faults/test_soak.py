"""Many write, many look at all sorts of addresses: what the site holds does not grow with that."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import monotonic, sleep

from explainer.bench import machine
from tests.faults import stored
from tests.faults.asking import Browser
from tests.faults.beside import asking
from tests.faults.conftest import IS_POSTGRES
from tests.faults.sites import Site, running
from tests.faults.sizes import SOAK, SOAK_PACE
from tests.faults.test_handles import SPARE, handles
from tests.faults.test_kills import assert_kept
from tests.faults.wire import Answer, Wire
from tests.faults.writers import PAGE, key_of, writing

LOOKERS = 16
SAMPLES = 30  # times the site is measured, evenly over the whole time
THIRD = SAMPLES // 3
# Times the memory once it is warm. Kept pages and pieces go on filling their room, 80 MB a process,
# for a quarter of an hour or so: in two minutes that is little, in half an hour it is over.
GROWTH = 1.2
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


@dataclass(frozen=True)
class Sample:
    """What a site holds at one moment, and how soon it answers."""

    memory: float  # MB of all its processes
    handles: int
    journal: int  # bytes; 0 where the database keeps its own
    seconds: float  # until somebody's vote was stored


def take(site: Site, somebody: Browser) -> Sample:
    journal = site.folder / "afterword.sqlite3-wal"
    begun = monotonic()
    assert somebody.vote().status in {303, 429}  # they change nothing, and do so rather often
    return Sample(
        memory=machine.memory(site.server.pid),
        handles=sum(handles(pid) for pid in site.web_processes()),
        journal=journal.stat().st_size if not IS_POSTGRES else 0,
        seconds=monotonic() - begun,
    )


def in_words(samples: list[Sample]) -> str:
    """What is usual among them, for the table."""
    memory, held = median(s.memory for s in samples), median(s.handles for s in samples)
    vote = median(s.seconds for s in samples) * 1000
    return f"{memory:.0f} MB, {held:.0f} handles, a vote {vote:.0f} ms"


def test_what_the_site_holds_does_not_grow_with_what_is_asked_of_it(
    site: Site, note: Callable[..., None]
) -> None:
    before, crowd = stored.readers(site.database), site.crowd(pace=SOAK_PACE)
    samples, somebody = [], Browser(site)
    with running(site):
        with writing(crowd), asking(site, LOOKERS, look, pace=SOAK_PACE) as answered:
            for _ in range(SAMPLES):
                sleep(SOAK / SAMPLES)
                samples.append(take(site, somebody))
                assert crowd.log.wrong == {}
        assert set(answered) <= ANSWERS
        # The first third warms it up: each thread opens what it keeps, each page is drawn once.
        warm, end = samples[THIRD:-THIRD], samples[-THIRD:]
        assert median(s.memory for s in end) < GROWTH * median(s.memory for s in warm)
        assert max(s.handles for s in end) < max(s.handles for s in warm) + SPARE
        assert max(s.journal for s in samples) < LARGEST_LOG
        kept = assert_kept(site, crowd.log, before | {key_of(somebody.cookie)})
        assert crowd.log.refused == crowd.log.lost == 0
    minutes = f"{SOAK / 60:g} minutes, {answered.total()} looks"
    note(f"{minutes}: {in_words(warm)}; then {in_words(end)}", **kept)
