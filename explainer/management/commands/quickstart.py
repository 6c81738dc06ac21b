"""Prepares the site and serves it: the first run and every run."""

import hashlib
import os
import sys
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from explainer.backup import BackupError
from explainer.backup.sqlite import refuse_if_lost
from explainer.environment import private_dir
from explainer.management import account
from explainer.management.alone import alone
from explainer.serving import start
from explainer.serving.listening import CannotListenError
from explainer.starter import load_starter_articles


class Command(BaseCommand):
    help = (
        "Prepares the site and serves it with a production server and a background worker. "
        "Safe to repeat: it changes nothing that an editor wrote."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        start.add_arguments(parser)
        parser.add_argument("--no-serve", action="store_true", help="prepare only")

    def handle(
        self,
        *,
        host: str,
        port: int,
        processes: int,
        no_worker: bool,
        no_serve: bool,
        **options: object,
    ) -> None:
        os.umask(0o077)  # what is made from here on is the operator's alone
        try:
            if no_serve:
                self.prepare()
                self.say("Ready.")
            else:
                start.serve(
                    host,
                    port,
                    processes=processes,
                    no_worker=no_worker,
                    say=self.say,
                    prepare=self.prepare,
                )
        except (CannotListenError, BackupError) as error:
            sys.exit(str(error))
        except DatabaseError as error:
            sys.exit(f"The database did not do as asked. {first_line(error)}")
        except OSError as error:
            sys.exit(f"The site could not be prepared. {error}")
        except KeyboardInterrupt:
            self.say("\nStopped before the site was ready.")
            sys.exit(130)

    def prepare(self) -> None:
        """Everything the site needs before it can answer; each step is skipped when it is done."""
        self.say(f"Data folder: {private_dir(settings.VAR_DIR)}")
        refuse_if_lost()
        with alone(self.say):
            self.migrate()
            self.collect_static()
            added = load_starter_articles()
            self.say(f"Starter articles: {f'{len(added)} added' if added else 'nothing to add'}.")
            self.make_admin()

    def migrate(self) -> None:
        executor = MigrationExecutor(connection)
        steps = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        self.say(
            f"Database: {database_name()}, {f'{steps} steps to go' if steps else 'up to date'}."
        )
        if steps:
            call_command("migrate", interactive=False, verbosity=0)
        keep_database_private()

    def collect_static(self) -> None:
        stamp, now = settings.VAR_DIR / "static.stamp", static_state()
        if stamp.exists() and stamp.read_text() == now and settings.STATIC_ROOT.is_dir():
            self.say("Style sheets and scripts: nothing changed.")
            return
        self.say("Style sheets and scripts: collecting.")
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(now)

    def make_admin(self) -> None:
        """An account for the admin panel, if there is none. The password is kept only as a hash."""
        if get_user_model().objects.filter(is_superuser=True).exists():
            self.say("Admin account: there is one.")
            return
        if sys.stdin.isatty() and sys.stdout.isatty():
            name, password = account.ask(self.say)
        else:
            name, password = account.free_name(), ""
        made = password or account.make_password()
        get_user_model().objects.create_superuser(name, password=made)
        if password:
            self.say(f"Admin account: {name}.")
        else:
            self.say(f"Admin account: {name}, password {made} (shown only this once).")

    def say(self, line: str) -> None:
        """One line, at once, also into a file or a pipe."""
        self.stdout.write(line)
        self.stdout.flush()


def database_name() -> str:
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return str(facts["NAME"])
    return f"PostgreSQL, {facts['NAME']} on {facts['HOST'] or 'this machine'}"


def keep_database_private() -> None:
    """Closes a database file to others that an earlier command left readable."""
    if connection.vendor == "sqlite":
        for ending in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                Path(f"{connection.settings_dict['NAME']}{ending}").chmod(0o600)


def static_state() -> str:
    """A digest of every file to collect, and of how and where they are stored."""
    stored = f"{settings.STORAGES['staticfiles']['BACKEND']} {settings.STATIC_ROOT}"
    digest = hashlib.sha256(stored.encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            facts = Path(storage.path(path)).stat()
            digest.update(f"{path} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
