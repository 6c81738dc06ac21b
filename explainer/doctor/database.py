"""The database: there, of the right kind, up to date, and on the same clock."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from explainer.doctor.findings import Finding, attention, broken, ok
from polls.actions import recount
from polls.models import Comment, Reader

LEAST = {"sqlite": (3, 38), "postgresql": (14,)}
FULL = 2  # of PRAGMA synchronous: 2 is FULL, 3 is EXTRA
LONG_WAL = 64 * 1024 * 1024  # bytes
SKEW = timedelta(seconds=5)
NEAR_FULL = 0.8  # of max_connections


def _value(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def version() -> Iterator[Finding]:
    """Whether it is there, and Django and the site know this version."""
    file = Path(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and not file.exists():  # to ask it would make it
        yield broken("database", f"There is no file {file}.", "Run manage.py quickstart.")
        return
    found, least = connection.get_database_version(), LEAST[connection.vendor]
    says = f"{connection.display_name} {'.'.join(map(str, found))} answers."
    if found < least:
        yield broken("database", says, f"Use {'.'.join(map(str, least))} or newer.")
    else:
        yield ok("database", says)


def durability() -> Iterator[Finding]:
    """Whether an acknowledged answer survives a power cut."""
    if connection.vendor == "sqlite":
        is_kept = _value("PRAGMA synchronous") >= FULL and _value("PRAGMA journal_mode") == "wal"
        do = "Remove what overrides journal_mode=WAL and synchronous=FULL."
    else:
        is_kept = _value("SHOW synchronous_commit") != "off" and _value("SHOW fsync") == "on"
        do = "Set synchronous_commit and fsync to on."
    if is_kept:
        yield ok("durability", "What is acknowledged is on the disk.")
    else:
        yield broken("durability", "A power cut can take acknowledged answers with it.", do)


def wal() -> Iterator[Finding]:
    """Whether SQLite's log is written into the file as it should be."""
    if connection.vendor != "sqlite":
        return
    path = Path(f"{connection.settings_dict['NAME']}-wal")
    size = path.stat().st_size if path.exists() else 0
    says = f"SQLite's log has {size / 1e6:.1f} MB."
    if size > LONG_WAL:
        yield attention("log of SQLite", says, "Something reads for very long; restart the site.")
    else:
        yield ok("log of SQLite", says)


def connections() -> Iterator[Finding]:
    """Whether PostgreSQL has places left."""
    if connection.vendor != "postgresql":
        return
    used = _value("SELECT COUNT(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")
    most = int(_value("SHOW max_connections"))
    says = f"{used} of {most} connections to the server are in use."
    if used > most * NEAR_FULL:
        yield attention("connections", says, "Raise max_connections, or run fewer processes.")
    else:
        yield ok("connections", says)


def migrations() -> Iterator[Finding]:
    """Whether the tables are those of this code."""
    executor = MigrationExecutor(connection)
    steps = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    applied = executor.loader.applied_migrations.keys()
    unknown = [name for name in applied if name not in executor.loader.disk_migrations]
    if steps:
        yield broken(
            "migrations", f"The tables are {steps} steps behind the code.", "Run manage.py migrate."
        )
    elif unknown:
        yield attention(
            "migrations",
            f"The tables know {len(unknown)} steps that this code does not.",
            "Install the version that was here before, or a newer one.",
        )
    else:
        yield ok("migrations", "The tables are those of this code.")


def clock() -> Iterator[Finding]:
    """Whether this machine and the database agree what time it is, and nothing is of tomorrow."""
    now = timezone.now()
    if connection.vendor == "postgresql":
        apart = abs(_value("SELECT clock_timestamp()") - now)
        if apart > SKEW:
            yield broken(
                "clock",
                f"This machine and the database are {apart.total_seconds():.0f} seconds apart.",
                "Let both keep time by NTP.",
            )
            return
    latest = max(filter(None, (_latest(Comment), _latest(Reader))), default=now)
    if latest > now + SKEW:
        yield broken(
            "clock",
            f"Something was written at {latest:%Y-%m-%d %H:%M} UTC, which is yet to come.",
            "Set this machine's clock; let it keep time by NTP.",
        )
    else:
        yield ok("clock", f"It is {now:%Y-%m-%d %H:%M:%S} UTC.")


def _latest(model: type) -> datetime | None:
    """When its newest row was made, by the order of numbers: no scan."""
    return model.objects.order_by("-pk").values_list("created_at", flat=True).first()


def counts() -> Iterator[Finding]:
    """Whether every shown number is borne out by its rows. Slow on a large site."""
    wrong = recount.differences()
    if wrong:
        yield broken(
            "counts", f"{len(wrong)} are not borne out by their rows.", "Run manage.py recount."
        )
    else:
        yield ok("counts", "Every shown count is borne out by its rows.")
