# ruff: noqa: N999 - the command's name has a hyphen, and Django takes it from the file
"""Prints what stands around the site: a proxy's configuration, units, containers, the plan."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from explainer.deploy.facts import Facts, NotPrintableError
from explainer.deploy.printing import KINDS, File, files


class Command(BaseCommand):
    help = (
        "Prints a configuration made for this site's settings: nginx, caddy, systemd, compose; "
        "or the plan for growing from one machine to many."
    )
    requires_system_checks = []  # it prints text, also where there is no database yet

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("kind", choices=KINDS)
        add("--port", type=int, default=8000, help="where the site serves (127.0.0.1)")
        add("--hosts", type=parts, default=(), help="several of them: a:8000,b:8000")
        add("--processes", type=int, default=2, help="web processes on one machine")
        add("--server-name", default="", help="the names asked for; default: SITE_URL's")
        add("--listen", type=parts, default=(), help="where the proxy listens: [host:]port")
        add("--listen-plain", type=parts, default=(), help="where http is sent on to https")
        add("--tls-cert", default="", help="certificate chain, when the proxy ends TLS")
        add("--tls-key", default="", help="its key")
        add("--behind", type=parts, default=(), help="networks of what ends TLS before the proxy")
        add("--cache-dir", default="/var/cache/afterword", help="where nginx keeps pages")
        add("--log-dir", default="/var/log/nginx")
        add("--user", default="afterword", help="the system's user who runs the site")
        add("--into", type=Path, help="a folder to write the files to, instead of printing them")

    def handle(self, *, kind: str, into: Path | None, **options: object) -> None:
        given = {name: options[name] for name in Facts.__dataclass_fields__ if name in options}
        try:
            made = files(kind, Facts(**given))
        except NotPrintableError as error:
            raise CommandError(str(error)) from None
        if into:
            self.write(made, into)
        else:
            self.show(made)

    def show(self, made: list[File]) -> None:
        """Prints them; several with their names between, as comments."""
        for file in made:
            if len(made) > 1:
                self.stdout.write(f"# ==> {file.name} <==\n")
            self.stdout.write(file.text)

    def write(self, made: list[File], folder: Path) -> None:
        """Writes them; one that is there already is left alone."""
        folder.mkdir(parents=True, exist_ok=True)
        for file in made:
            try:
                with (folder / file.name).open("x") as target:
                    target.write(file.text)
            except FileExistsError as error:
                raise CommandError(f"{error.filename} is there already.") from None
            self.stdout.write(str(folder / file.name))


def parts(text: str) -> tuple[str, ...]:
    """For argparse: what stands between commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
