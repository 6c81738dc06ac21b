"""Proves a backup, and puts it in place."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError

from explainer.backup import BackupError
from explainer.backup.restoring import Fact, Proof, restore, verify
from explainer.management.commands.backup import progress, reason


class Command(BaseCommand):
    help = (
        "Restores a backup after it has proved itself: undamaged, every row there, every shown "
        "count borne out by its rows. The site must be stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--verify",
            action="store_true",
            help="only prove it, in a scratch database that is dropped again; the site may run",
        )
        parser.add_argument(
            "--replace",
            action="store_true",
            help="also when the site has content; that database is kept beside the new one",
        )
        parser.add_argument(
            "--with-key",
            action="store_true",
            help="also put the backup's secret key into var/, so that old cookies stay valid",
        )

    def handle(
        self, *, file: Path, replace: bool, with_key: bool, verify: bool, **options: object
    ) -> None:
        try:
            is_ok = self.prove(file) if verify else self.put(file, replace, with_key)
        except (BackupError, DatabaseError, OSError) as error:
            sys.exit(f"Nothing was restored. {reason(error)}")
        except KeyboardInterrupt:
            sys.exit("\nStopped. Nothing was restored.")
        if not is_ok:
            sys.exit("The backup is not what it says it is. The site is as it was.")

    def prove(self, file: Path) -> bool:
        proof = verify(file, progress("bytes"))
        self.report(proof)
        if proof.is_ok:
            self.stdout.write("The backup can be restored.")
        return proof.is_ok

    def put(self, file: Path, replace: bool, with_key: bool) -> bool:
        key = settings.VAR_DIR / "secret-key" if with_key else None
        restored = restore(file, replace=replace, key=key, progress=progress("bytes"))
        self.report(restored.proof)
        if restored.proof.is_ok:
            self.stdout.write(f"Restored the site of {restored.proof.manifest.made_at}.")
        if restored.kept:
            self.stdout.write(f"What was there before is kept: {restored.kept}")
        if restored.has_key:
            self.stdout.write(f"The key is in {key}. A SECRET_KEY in the environment goes first.")
        return restored.proof.is_ok

    def report(self, proof: Proof) -> None:
        """The table."""
        said = proof.manifest
        self.stdout.write(f"Made {said.made_at} by version {said.version} on {said.engine}.")
        for line in table(proof.facts):
            self.stdout.write(line)


def table(facts: Sequence[Fact]) -> list[str]:
    """Each fact on a line, in columns."""
    rows = [("", "expected", "found", "")]
    rows += [(one.what, one.expected, one.found, "" if one.is_ok else "WRONG") for one in facts]
    first, *widths = [max(len(row[at]) for row in rows) for at in range(3)]
    lines = []
    for what, *values, mark in rows:
        cells = [value.rjust(width) for value, width in zip(values, widths, strict=True)]
        lines.append("  ".join([what.ljust(first), *cells, mark]).rstrip())
    return lines
