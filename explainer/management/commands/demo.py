"""Fills a site with invented readers, to see it alive."""

import sys
from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from explainer.demo import cast
from explainer.demo.filling import COMMENTS, Filling
from explainer.demo.progress import Bar
from polls.models import Ballot, Topic


class Command(BaseCommand):
    help = (
        "Adds invented readers, answers, threads, works and topics. "
        "Run again, it adds nothing unless --comments asks for more."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--comments",
            type=int,
            default=COMMENTS,
            help=f"how many there shall be in all (default {COMMENTS})",
        )
        parser.add_argument("--seed", type=int, default=1, help="another seed, other answers")
        parser.add_argument(
            "--yes", action="store_true", help="also on a site that has readers of its own"
        )

    def handle(self, *, comments: int, seed: int, yes: bool, **options: object) -> None:
        try:
            filling = Filling(seed)
            if not filling.discussions:
                sys.exit("There is no starter article to fill. Run quickstart first.")
            if cast.has_real_readers() and not yes:
                sys.exit(
                    "This site has readers of its own, and invented answers would stand among "
                    "theirs. Add --yes if you want that."
                )
            added = filling.run(comments, Bar(sys.stderr))
        except DatabaseError as error:
            reason = str(error).strip().partition("\n")[0]
            sys.exit(f"The database did not do as asked. {reason}. Run quickstart first.")
        except KeyboardInterrupt:
            sys.exit("\nStopped. What is there is complete; run it again to go on.")
        self.stdout.write(
            f"{added:,} comments added. Now there are {cast.invented().count():,} invented "
            f"readers, {Ballot.objects.counted().count():,} answers, "
            f"{cast.comments().count():,} comments and {Topic.objects.count():,} topics."
        )
