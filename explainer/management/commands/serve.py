"""Serves a site that is prepared already."""

import os
import sys
from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from explainer.backup import BackupError
from explainer.backup.sqlite import refuse_if_lost
from explainer.serving import start
from explainer.serving.listening import CannotListenError


class Command(BaseCommand):
    help = (
        "Serves the site with a production server and a background worker. SIGTERM stops it when "
        "the answers under way are finished; SIGHUP replaces it by the code as it stands now, "
        "without refusing anybody. It changes nothing; `quickstart` prepares a site first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        start.add_arguments(parser)

    def handle(
        self, *, host: str, port: int, processes: int, no_worker: bool, **options: object
    ) -> None:
        os.umask(0o077)  # what is made from here on is the operator's alone
        try:
            start.serve(
                host,
                port,
                processes=processes,
                no_worker=no_worker,
                say=self.say,
                prepare=refuse_if_lost,
            )
        except (CannotListenError, BackupError) as error:
            sys.exit(str(error))
        except KeyboardInterrupt:
            sys.exit(130)

    def say(self, line: str) -> None:
        """One line, at once, also into a file or a pipe."""
        self.stdout.write(line)
        self.stdout.flush()
