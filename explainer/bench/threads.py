"""`bench threads`: both discussions are filled, measured in turn and taken away."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import connection
from django.test import override_settings

from explainer.bench.measures import LIMIT, Measure, measure
from explainer.bench.scratch import Scratch
from explainer.demo.filling import Progress
from explainer.environment import private_dir

LARGE, SMALL, ROUNDS = 1_000_000, 1_000, 15
# A page needs no collected style sheets to be measured.
PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


def measure_in(
    small: int, large: int, rounds: int, progress: Progress, *, keep: bool = False
) -> list[Measure]:
    """Everything that is asked of a discussion of `small` and of one of `large` comments.

    `keep` keeps the databases, and uses those of an earlier run.
    """
    with _folder(keep=keep) as where:
        sides = Scratch(small, where), Scratch(large, where)
        try:
            with override_settings(STORAGES=settings.STORAGES | PLAIN):
                for side in sides:
                    side.fill(progress)
                return measure(*sides, rounds)
        finally:
            for side in sides:
                side.close()
                if not keep:
                    side.drop()


def vendor() -> str:
    """The kind of database that is measured: that of DATABASE_URL."""
    return connection.vendor


def table(found: Sequence[Measure], small: int, large: int) -> Iterator[str]:
    """The lines of the table."""
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
    yield f"{vendor()}, the median of {len(found[0].small)} rounds"
    for name, *values in rows:
        cells = [value.rjust(width) for value, width in zip(values, widths[1:], strict=True)]
        yield "  ".join([name.ljust(widths[0]), *cells])


def facts(found: Sequence[Measure], small: int, large: int) -> dict[str, object]:
    """What the file of results says."""
    return {
        "database": vendor(),
        "small": small,
        "large": large,
        "limit": LIMIT,
        "ok": all(one.is_ok for one in found),
        "measures": [one.facts() for one in found],
    }


@contextmanager
def _folder(*, keep: bool) -> Generator[Path]:
    """Where SQLite's files stand: gone afterwards, unless they are to be kept."""
    if keep:
        yield private_dir(settings.VAR_DIR / "bench")
        return
    with TemporaryDirectory(prefix="afterword-bench-") as made:
        yield Path(made)
