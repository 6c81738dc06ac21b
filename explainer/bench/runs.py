"""One run: how each row is measured."""

import sys
from collections.abc import Callable, Sequence

from explainer.bench import NotMeasuredError, threads
from explainer.bench.asking import DRAWN
from explainer.bench.plan import POSTGRES, WRITES, Plan, pace
from explainer.bench.processes import Program
from explainer.bench.rows import Row
from explainer.bench.sides import CONNECTIONS, Side, alternate
from explainer.bench.site import ANSWERS, READERS, Site
from explainer.bench.stage import Stage
from explainer.bench.yardsticks import Yardstick
from explainer.demo.filling import Progress
from explainer.demo.progress import Bar

MANY = 64  # connections, against CONNECTIONS
PRESSED = b'aria-pressed="true"'  # a button that says what this reader has chosen


def measure(rows: Sequence[Row], plan: Plan, progress: Progress) -> None:
    """Fills the rows. One that cannot be measured says why, and the others go on."""
    with Stage(plan) as stage:
        run = Run(stage, plan, progress)
        for row in rows:
            try:
                MEASURES[row.name](run, row)
            except NotMeasuredError as error:
                row.reason = str(error)


class Run:
    """Measures rows, and tells how much of the load is done."""

    def __init__(self, stage: Stage, plan: Plan, progress: Progress) -> None:
        self.stage, self.plan, self.progress, self.done = stage, plan, progress, 0

    def page(self, row: Row) -> None:
        """The article for somebody without a cookie, beside the same bytes from memory."""
        site = self.stage.site()
        body = site.program.page()
        self._compare(row, _side(site.program, site.looks), _yardstick(self.stage.granian()))
        row.notes.append(f"{len(DRAWN.findall(body))} comments drawn, {len(body):,} bytes")

    def behind_nginx(self, row: Row) -> None:
        """The same through nginx, beside the same bytes from a file."""
        site, front = self.stage.site(), self.stage.nginx_before()
        ours = _side(front, site.looks, behind=site.program)
        self._compare(row, ours, _yardstick(self.stage.nginx()))

    def own_page(self, row: Row) -> None:
        """The same for readers who have answered and voted."""
        site = self.stage.site()
        theirs, everybodys = site.program.page(site.crowd.own[0]), site.program.page()
        if theirs.count(PRESSED) <= everybodys.count(PRESSED):
            raise NotMeasuredError("The page of a reader shows nothing of what they said.")
        ours = _side(site.program, site.own_looks)
        self._compare(row, ours, _yardstick(self.stage.django_view()))
        row.notes.append(f"{len(site.crowd.own)} readers in turn")

    def acts(self, row: Row) -> None:
        """Answers or comments, all below one article."""
        theirs = _yardstick(self.stage.django_view())
        self._compare_acts(row, self._acting(row, CONNECTIONS), theirs)

    def many_connections(self, row: Row) -> None:
        """The same acts over many connections, beside those over few."""
        self._compare_acts(row, self._acting(row, MANY), self._acting(row, CONNECTIONS))

    def long_discussion(self, row: Row) -> None:
        """Every page of a long discussion, beside those of a short one: the worst of them."""
        small, large = self.plan.small, self.plan.comments
        found = threads.measure_in(small, large, threads.ROUNDS, Bar(sys.stderr))
        worst = max(found, key=lambda one: one.ratio)
        row.ours, row.theirs = worst.large, worst.small
        row.notes.append(
            f"{large:,} comments against {small:,} on {threads.vendor()}; "
            f"{worst.name}, the worst of {len(found)} ways to ask"
        )

    def start(self, row: Row) -> None:
        """From starting quickstart on a prepared site to the article."""
        row.ours = [seconds for seconds, _megabytes in self.stage.starts()]

    def memory(self, row: Row) -> None:
        """What quickstart and all it starts hold."""
        row.ours = [megabytes for _seconds, megabytes in self.stage.starts()]

    def _acting(self, row: Row, connections: int) -> Side:
        kind, path, _sides = WRITES[row.name]
        site = self.stage.site(kind)
        return Side(
            site.program.address,
            site.answers if path == ANSWERS else site.comments,
            most=pace(path),
            connections=connections,
            servers=[site.program.pid],
            also=POSTGRES if kind == POSTGRES else "",
        )

    def _compare(self, row: Row, ours: Side, theirs: Side) -> None:
        """Loads both in turn, and says of either how many requests failed."""
        self._play(row, ours, theirs)
        if not all(row.theirs):
            raise NotMeasuredError(f"{row.against} answered nothing in {self.plan.seconds} s.")
        for side, name in ((ours, "site"), (theirs, row.against)):
            if side.faults:
                row.faults.append(f"{side.faults:,} requests failed ({name}).")

    def _play(self, row: Row, ours: Side, theirs: Side) -> None:
        """Loads both in turn, and notes what was found."""
        rounds, seconds = self.plan.turns(row.name)
        site, yardstick = alternate(
            ours,
            theirs,
            folder=self.stage.folder,
            rounds=rounds,
            seconds=seconds,
            done=self._tell,
        )
        row.ours, row.theirs = [turn.rate for turn in site], [turn.rate for turn in yardstick]
        row.costs = [(mine.cost, other.cost) for mine, other in zip(site, yardstick, strict=True)]
        row.others = [turn.others for turn in (*site, *yardstick)]

    def _compare_acts(self, row: Row, ours: Side, theirs: Side) -> None:
        """The same, and whether of what was acknowledged all is stored, and no more."""
        kind, path, _sides = WRITES[row.name]
        site = self.stage.site(kind)
        before, readers = site.stored(path), site.stored(READERS)
        self._compare(row, ours, theirs)
        writers = [side for side in (ours, theirs) if side.most]
        prove(row, site, writers, site.stored(path) - before)
        if site.stored(READERS) != readers:
            row.faults.append("The site took readers it knows for new ones.")

    def _tell(self, seconds: int) -> None:
        self.done += seconds
        self.progress(self.done * 1000, self.plan.load * 1000)


def prove(row: Row, site: Site, writers: Sequence[Side], stored: int) -> None:
    """Notes how many acts were acknowledged and stored; whatever does not agree is a fault."""
    acknowledged = sum(side.acknowledged for side in writers)
    unheard = sum(side.unheard for side in writers)
    said = f"{acknowledged:,} acknowledged, {stored:,} stored"
    # A load ends with requests under way: they may be stored, and nobody heard.
    fits = acknowledged <= stored <= acknowledged + unheard
    (row.notes if fits else row.faults).append(said)
    try:
        site.manage("recount", "--check")
    except NotMeasuredError as error:
        row.faults.append(f"recount --check: {error}")


def _side(
    program: Program, looks: Callable[[int], list[str]], behind: Program | None = None
) -> Side:
    servers = [one.pid for one in (program, behind) if one]
    return Side(program.address, looks, servers=servers)


def _yardstick(yardstick: Yardstick) -> Side:
    return _side(yardstick.program, yardstick.looks)


MEASURES: dict[str, Callable[[Run, Row], None]] = {
    "page": Run.page,
    "nginx": Run.behind_nginx,
    "own": Run.own_page,
    "answers": Run.acts,
    "answers-postgres": Run.acts,
    "answers-64": Run.many_connections,
    "comments": Run.acts,
    "comments-postgres": Run.acts,
    "threads": Run.long_discussion,
    "start": Run.start,
    "memory": Run.memory,
}
