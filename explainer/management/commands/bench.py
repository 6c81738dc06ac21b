"""Measures how fast the site is: beside what this machine can do, however long it gets, and beside
other comment systems."""

import json
import signal
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from os import environ
from pathlib import Path
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection

from explainer.bench import NotMeasuredError, load, table, threads
from explainer.bench.asking import NotAnsweredError
from explainer.bench.machine import this_machine
from explainer.bench.peers.plan import PeersPlan
from explainer.bench.peers.rows import TITLES
from explainer.bench.peers.rows import rows as rows_beside
from explainer.bench.peers.runs import measure as measure_beside
from explainer.bench.peers.stage import PEERS
from explainer.bench.plan import Plan
from explainer.bench.rows import Row, rows
from explainer.bench.runs import measure
from explainer.demo.progress import Bar

FEWEST, MOST = 50, 10_000_000
SECONDS, ROUNDS = 2, 3
NAMES = [row.name for row in rows()]
# Comments of the long and of the short discussion, by what is measured.
SIZES = {
    "all": (threads.LARGE, threads.SMALL),
    "threads": (threads.LARGE, threads.SMALL),
    "peers": (100_000, 100),
}


class Command(BaseCommand):
    help = (
        "Starts a site of its own and what it is compared with, loads both in turn and prints the "
        "ratios; or, as `bench threads`, asks a discussion with few comments and one with very "
        "many in turn; or, as `bench peers`, installs other comment systems in a folder of their "
        "own and loads each beside the site. The site's own data is left alone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", nargs="?", choices=list(SIZES), default="all")
        parser.add_argument("--only", nargs="+", choices=[*NAMES, *TITLES], metavar="ROW")
        parser.add_argument(
            "--beside",
            nargs="+",
            choices=list(PEERS),
            metavar="PEER",
            default=list(PEERS),
            help=f"of peers: only these of {', '.join(PEERS)}",
        )
        parser.add_argument("--seconds", type=number_from(1), default=SECONDS, help="of each load")
        parser.add_argument(
            "--rounds", type=number_from(1), help=f"{ROUNDS}; of threads {threads.ROUNDS}"
        )
        parser.add_argument(
            "--postgres", metavar="URL", default=own_postgres(), help="default: DATABASE_URL"
        )
        sizes = "; ".join(f"{size[0]:,} and {size[1]:,} of {what}" for what, size in SIZES.items())
        parser.add_argument(
            "--comments", type=number_from(FEWEST), help=f"of the long and the short one: {sizes}"
        )
        parser.add_argument("--small", type=number_from(FEWEST))
        parser.add_argument(
            "--keep",
            action="store_true",
            help="keep the databases of threads, and what was installed for peers, for later runs",
        )
        parser.add_argument("--json", type=Path, help="write the figures to this file, too")
        parser.add_argument("--check", action="store_true", help="exit with 1 when one is over")

    def handle(self, *, what: str, comments: int | None, small: int | None, **options: Any) -> None:
        comments, small = comments or SIZES[what][0], small or SIZES[what][1]
        if small >= comments:
            sys.exit("--comments must be more than --small.")
        run = {"all": self.side_by_side, "threads": self.threads, "peers": self.peers}[what]
        try:
            with stopped_once():
                is_ok, facts = run(comments, small, **options)
        except (DatabaseError, NotAnsweredError, NotMeasuredError) as error:
            sys.exit(f"Not measured. {str(error).strip().partition(chr(10))[0]}")
        except KeyboardInterrupt:
            sys.exit("\nStopped.")
        if options["json"]:
            options["json"].write_text(json.dumps(facts, indent=2) + "\n")
        if options["check"] and not is_ok:
            sys.exit(1)

    def side_by_side(self, comments: int, small: int, **options: Any) -> tuple[bool, dict]:
        """Everything of `--only`. Returns whether every limit is kept, and the file of results."""
        wanted = [row for row in rows() if row.name in (options["only"] or NAMES)]
        plan = Plan(
            names=[row.name for row in wanted],
            seconds=options["seconds"],
            rounds=options["rounds"] or ROUNDS,
            postgres=options["postgres"],
            comments=comments,
            small=small,
        )
        return self.measured(wanted, plan, measure)

    def peers(self, comments: int, small: int, **options: Any) -> tuple[bool, dict]:
        """Other comment systems, each beside the site."""
        titles = {name: PEERS[name].title for name in options["beside"]}
        wanted = rows_beside(titles, options["only"] or TITLES, small, comments)
        plan = PeersPlan(
            names=[row.name for row in wanted if not row.reason],
            seconds=options["seconds"],
            rounds=options["rounds"] or ROUNDS,
            postgres="",
            comments=comments,
            small=small,
            keep=options["keep"],
        )
        return self.measured(wanted, plan, measure_beside)

    def measured(
        self, wanted: list[Row], plan: Plan, fill: Callable[[list[Row], Any, Bar], None]
    ) -> tuple[bool, dict]:
        """Fills the rows and prints them; returns what `side_by_side` does."""
        load.find_wrk()
        machine = this_machine()
        fill(wanted, plan, Bar(sys.stderr, "ms of load"))
        self.say([*table.heading(machine, versions()), *table.table(wanted)])
        measured = [row for row in wanted if row.is_measured]
        return bool(measured) and all(row.is_ok for row in measured), {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": machine._asdict(),
            "versions": versions(),
            "seconds": plan.seconds,
            "rounds": plan.rounds,
            "rows": [row.facts() for row in wanted],
        }

    def threads(self, comments: int, small: int, **options: Any) -> tuple[bool, dict]:
        """The long discussion alone, with everything that is asked of it."""
        rounds = options["rounds"] or threads.ROUNDS
        bar = Bar(sys.stderr)
        found = threads.measure_in(small, comments, rounds, bar, keep=options["keep"])
        self.say(threads.table(found, small, comments))
        return all(one.is_ok for one in found), threads.facts(found, small, comments)

    def say(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.stdout.write(line)


@contextmanager
def stopped_once() -> Generator[None]:
    """Lets Ctrl+C and SIGTERM end a block, and nothing disturb it while it stops what it began."""
    numbers = (signal.SIGINT, signal.SIGTERM)

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = [signal.signal(number, stop) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def own_postgres() -> str:
    """DATABASE_URL, when it names PostgreSQL."""
    return environ.get("DATABASE_URL", "") if connection.vendor == "postgresql" else ""


def versions() -> dict[str, str]:
    """Of what is measured and of what it is compared with, as far as it is installed."""
    found = {"Python": sys.version.split()[0]}
    for name in ("Django", "uvicorn", "granian"):
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def number_from(least: int) -> Callable[[str], int]:
    """For argparse: a whole number, not below `least`."""

    def number(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= MOST:
            raise ArgumentTypeError(f"{text} is no whole number from {least} to {MOST:,}")
        return int(text)

    return number
