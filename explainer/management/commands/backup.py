"""Writes the site into one file, while it runs."""

import errno
import sys
from argparse import ArgumentParser
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import DatabaseError

from explainer.backup import BackupError
from explainer.backup.taking import take
from explainer.demo.progress import Bar


class Command(BaseCommand):
    help = (
        "Writes a consistent backup of the database into one file while the site runs. Sessions, "
        "speed limits and hashes of networks with their salts stay behind."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", nargs="?", type=Path, help="a new file, or a folder (default var/backups)"
        )
        parser.add_argument(
            "--keep", type=int, metavar="N", help="delete all but the newest N of that folder"
        )
        parser.add_argument(
            "--with-key",
            action="store_true",
            help="put the secret key in, too: with it the cookies of readers stay valid on another "
            "machine, and whoever has the file can sign in as anybody",
        )

        parser.add_argument(
            "--verify",
            action="store_true",
            help="then prove it, as `restore FILE --verify` does; exits with 1 when it is wrong",
        )

    def handle(
        self,
        *,
        file: Path | None,
        keep: int | None,
        with_key: bool,
        verify: bool,
        **options: object,
    ) -> None:
        if keep is not None and keep < 1:
            sys.exit("--keep must be at least 1.")
        try:
            taken = take(file, with_key=with_key, keep=keep, progress=progress("bytes"))
        except (BackupError, DatabaseError, OSError) as error:
            sys.exit(f"No backup was made. {reason(error)}")
        except KeyboardInterrupt:
            sys.exit("\nStopped. No backup was made.")
        rows = sum(taken.manifest.rows.values())
        size = taken.path.stat().st_size
        self.stdout.write(f"Backup: {taken.path}, {size:,} bytes, {rows:,} rows.")
        for old in taken.deleted:
            self.stdout.write(f"Deleted: {old}")
        if verify:
            call_command("restore", taken.path, verify=True, stdout=self.stdout)


def progress(words: str) -> Bar:
    """A bar for who watches; a job of the night needs none."""
    return Bar(sys.stderr, words) if sys.stderr.isatty() else lambda _done, _of: None


def reason(error: Exception) -> str:
    """Why, in one sentence."""
    text = str(error).strip().partition("\n")[0]
    is_full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
    if is_full or "disk is full" in text or "No space left" in text:
        return "The disk is full; nothing was left behind."
    return text
