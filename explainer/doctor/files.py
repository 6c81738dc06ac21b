"""The folder of the site: who may read it, how much room there is, what is in it."""

import os
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connection

from explainer.backup.taking import NAME
from explainer.doctor.findings import Finding, attention, broken, ok

SCARCE, SPARE = 1 << 28, 1 << 30  # bytes: a quarter of a gigabyte is too little, one is little
OTHERS = stat.S_IRWXG | stat.S_IRWXO
STALE = 2  # days after which the newest backup is old


def permissions() -> Iterator[Finding]:
    """Whether others on this machine can read the database or the key."""
    if os.name != "posix":
        yield attention("permissions", "This system keeps them in another way.", "Look yourself.")
        return
    opened = [path for path in _private() if path.exists() and path.stat().st_mode & OTHERS]
    for path in opened:
        yield broken(
            "permissions",
            f"Others on this machine may read {path}.",
            f"chmod {'700' if path.is_dir() else '600'} {path}",
        )
    if not opened:
        yield ok("permissions", f"Only you may read {settings.VAR_DIR} and what is in it.")


def _private() -> list[Path]:
    """The folders, the key, the database and the backups."""
    found = [settings.VAR_DIR, settings.VAR_DIR / "secret-key", settings.VAR_DIR / "backups"]
    if connection.vendor == "sqlite":
        found += [Path(f"{connection.settings_dict['NAME']}{end}") for end in ("", "-wal", "-shm")]
    return found + _backups()


def _backups() -> list[Path]:
    folder = settings.VAR_DIR / "backups"
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name))


def free_disk() -> Iterator[Finding]:
    """Whether the database can grow."""
    free = shutil.disk_usage(settings.VAR_DIR).free
    says = f"{free / SPARE:.1f} GB are free at {settings.VAR_DIR}."
    if free < SCARCE:
        yield broken("disk", says, "Make room: a full disk refuses every answer and comment.")
    elif free < SPARE:
        yield attention("disk", says, "Make room soon.")
    else:
        yield ok("disk", says)


def static_files() -> Iterator[Finding]:
    """Whether style sheets and scripts are where the pages look for them."""
    name = "explainer/site.css"
    try:
        staticfiles_storage.url(name)
        is_there = settings.DEBUG or (settings.STATIC_ROOT / name).exists()
    except ValueError:  # the manifest does not name it
        is_there = False
    if is_there:
        yield ok("static files", "Style sheets and scripts are collected.")
    else:
        yield broken(
            "static files",
            "Style sheets and scripts are not collected, so no page can be drawn.",
            "Run manage.py quickstart --no-serve, or manage.py collectstatic.",
        )


def last_backup() -> Iterator[Finding]:
    """How old the newest backup in var/backups is."""
    do = "Run manage.py backup --keep 14 every night, and copy the files to another machine."
    made = _backups()
    if not made:
        yield attention("backups", f"There is none in {settings.VAR_DIR / 'backups'}.", do)
        return
    at = datetime.strptime(made[-1].name, "afterword-%Y%m%dT%H%M%SZ.zip").replace(tzinfo=UTC)
    days = (datetime.now(UTC) - at).days
    says = f"The newest is {made[-1].name}, {days} days old."
    yield attention("backups", says, do) if days >= STALE else ok("backups", says)
