"""Measures how fast the site is: beside what this machine can do, and however long it gets."""

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
from explainer.bench.plan import Plan
from explainer.bench.rows import rows
from explainer.bench.runs import measure
from explainer.demo.progress import Bar

FEWEST, MOST = 50, 10_000_000
SECONDS, ROUNDS = 2, 3
NAMES = [row.name for row in rows()]


class Command(BaseCommand):
    help = (
        "Starts a site of its own and what it is compared with, loads both in turn and prints the "
        "ratios; or, as `bench threads`, asks a discussion with few comments and one with very "
        "many in turn. The site's own data is left alone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", nargs="?", choices=["all", "threads"], default="all")
        parser.add_argument("--only", nargs="+", choices=NAMES, metavar="ROW", default=NAMES)
        parser.add_argument("--seconds", type=number_from(1), default=SECONDS, help="of each load")
        parser.add_argument(
            "--rounds", type=number_from(1), help=f"{ROUNDS}; of threads {threads.ROUNDS}"
        )
        parser.add_argument(
            "--postgres", metavar="URL", default=own_postgres(), help="default: DATABASE_URL"
        )
        parser.add_argument("--comments", type=number_from(FEWEST), default=threads.LARGE)
        parser.add_argument("--small", type=number_from(FEWEST), default=threads.SMALL)
        parser.add_argument(
            "--keep",
            action="store_true",
            help="of threads: keep the databases, and use those of an earlier run",
        )
        parser.add_argument("--json", type=Path, help="write the figures to this file, too")
        parser.add_argument("--check", action="store_true", help="exit with 1 when one is over")

    def handle(self, *, what: str, comments: int, small: int, **options: Any) -> None:
        if small >= comments:
            sys.exit("--comments must be more than --small.")
        run = self.threads if what == "threads" else self.side_by_side
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
        load.find_wrk()
        wanted = [row for row in rows() if row.name in options["only"]]
        plan = Plan(
            names=options["only"],
            seconds=options["seconds"],
            rounds=options["rounds"] or ROUNDS,
            postgres=options["postgres"],
            comments=comments,
            small=small,
        )
        machine = this_machine()
        measure(wanted, plan, Bar(sys.stderr, "ms of load"))
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
