"""Proves every shown count from its rows."""

import sys
from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from polls.actions.recount import differences, repair


class Command(BaseCommand):
    help = "Compares every shown count with its rows and sets right what differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="list what differs, change nothing, exit with 1"
        )

    def handle(self, *, check: bool, **options: object) -> None:
        try:
            repaired = [] if check else repair()
            left = differences()
        except DatabaseError as error:
            reason = str(error).strip().partition("\n")[0]
            sys.exit(f"The database did not do as asked. {reason}")
        for difference in repaired:
            self.stdout.write(f"Set right. {difference}")
        for difference in left:
            self.stdout.write(str(difference))
        if left:
            sys.exit(f"{len(left)} found that the rows do not bear out.")
        self.stdout.write("Every shown count is borne out by its rows.")
