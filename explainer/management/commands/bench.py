"""Measures whether a very long discussion answers as fast as a short one."""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.test import override_settings

from explainer.bench.asking import NotAnsweredError
from explainer.bench.measures import LIMIT, Measure, measure
from explainer.bench.scratch import Scratch
from explainer.demo.progress import Bar
from explainer.environment import private_dir

LARGE, SMALL, ROUNDS = 1_000_000, 1_000, 15
FEWEST, MOST = 50, 10_000_000
# A page needs no collected style sheets to be measured.
PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


class Command(BaseCommand):
    help = (
        "Fills two databases of its own, asks the page of an article with few comments and with "
        "very many in turn, and prints how long each took. The site's database is left alone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["threads"])
        parser.add_argument("--comments", type=number_from(FEWEST), default=LARGE)
        parser.add_argument("--small", type=number_from(FEWEST), default=SMALL)
        parser.add_argument("--rounds", type=number_from(1), default=ROUNDS)
        parser.add_argument(
            "--keep",
            action="store_true",
            help="keep the databases, and use those of an earlier run",
        )
        parser.add_argument("--json", type=Path, help="write the figures to this file, too")
        parser.add_argument("--check", action="store_true", help="exit with 1 when one is over")

    def handle(self, *, comments: int, small: int, **options: object) -> None:
        if small >= comments:
            sys.exit("--comments must be more than --small.")
        try:
            with folder(keep=options["keep"]) as where:
                sides = Scratch(small, where), Scratch(comments, where)
                found = self.measured(*sides, options["rounds"], keep=options["keep"])
        except (DatabaseError, NotAnsweredError) as error:
            sys.exit(f"Not measured. {str(error).strip().partition(chr(10))[0]}")
        except KeyboardInterrupt:
            sys.exit("\nStopped.")
        self.report(found, small, comments)
        if options["json"]:
            options["json"].write_text(json.dumps(facts(found, small, comments), indent=2) + "\n")
        if options["check"] and not all(one.is_ok for one in found):
            sys.exit(1)

    def measured(self, small: Scratch, large: Scratch, rounds: int, *, keep: bool) -> list[Measure]:
        try:
            with override_settings(STORAGES=settings.STORAGES | PLAIN):
                for side in (small, large):
                    side.fill(Bar(sys.stderr))
                return measure(small, large, rounds)
        finally:
            for side in (small, large):
                side.close()
                if not keep:
                    side.drop()

    def report(self, found: Sequence[Measure], small: int, large: int) -> None:
        """The table."""
        rows = [("", f"ms, {small:,}", f"ms, {large:,}", "ratio", f"at most {LIMIT}", "drawn")]
        rows += [
            (
                one.name,
                f"{fact['small_ms']:.1f}",
                f"{fact['large_ms']:.1f}",
                f"{one.ratio:.2f}",
                "ok" if one.is_ok else "OVER",
                f"{one.drawn[0]} / {one.drawn[1]}",
            )
            for one in found
            if (fact := one.facts())
        ]
        widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
        self.stdout.write(f"{connection.vendor}, the median of {len(found[0].small)} rounds")
        for name, *values in rows:
            cells = [value.rjust(width) for value, width in zip(values, widths[1:], strict=True)]
            self.stdout.write("  ".join([name.ljust(widths[0]), *cells]))


@contextmanager
def folder(*, keep: bool) -> Generator[Path]:
    """Where SQLite's files stand: gone afterwards, unless they are to be kept."""
    if keep:
        yield private_dir(settings.VAR_DIR / "bench")
        return
    with TemporaryDirectory(prefix="afterword-bench-") as made:
        yield Path(made)


def facts(found: Sequence[Measure], small: int, large: int) -> dict[str, object]:
    """What the file of results says."""
    return {
        "database": connection.vendor,
        "small": small,
        "large": large,
        "limit": LIMIT,
        "ok": all(one.is_ok for one in found),
        "measures": [one.facts() for one in found],
    }


def number_from(least: int) -> Callable[[str], int]:
    """For argparse: a whole number, not below `least`."""

    def number(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= MOST:
            raise ArgumentTypeError(f"{text} is no whole number from {least} to {MOST:,}")
        return int(text)

    return number
