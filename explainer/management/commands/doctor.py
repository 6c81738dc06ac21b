"""Looks for what is wrong with this installation."""

import json
import sys
from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand

from explainer.doctor.examination import examine
from explainer.doctor.findings import Finding, Level

STYLES = {Level.OK: "SUCCESS", Level.ATTENTION: "WARNING", Level.BROKEN: "ERROR"}


class Command(BaseCommand):
    help = (
        "Looks at settings, files, database, cache, worker, clock and proxy, and says in plain "
        "sentences what is well and what to do about the rest. Exits with 1 when something is "
        "broken. It changes nothing."
    )
    requires_system_checks = []  # what is wrong is told below, together with the rest

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")
        parser.add_argument("--url", help="where the site answers (default SITE_URL)")
        parser.add_argument(
            "--recount", action="store_true", help="also prove every shown count; takes long"
        )

    def handle(self, *, url: str | None, recount: bool, **options: object) -> None:
        found = []
        for one in examine((url or settings.SITE_URL).rstrip("/"), recount=recount):
            found.append(one)
            if not options["json"]:
                self.say(one)
        if options["json"]:
            self.stdout.write(json.dumps([one.facts() for one in found], indent=2))
        broken = sum(one.level == Level.BROKEN for one in found)
        if broken:
            sys.exit(f"{broken} broken." if not options["json"] else 1)

    def say(self, one: Finding) -> None:
        """The sentence, and what to do on a line of its own."""
        mark = getattr(self.style, STYLES[one.level])(f"{one.level:<9}")
        self.stdout.write(f"{mark}  {one.about}: {one.says}")
        if one.do:
            self.stdout.write(f"{'':<9}  {one.do}")
