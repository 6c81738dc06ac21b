"""Databases to measure in: of the kind DATABASE_URL names, filled by the demo, not the site's."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from explainer.demo import cast
from explainer.demo.filling import Filling, Progress, Shape
from explainer.starter import load_starter_articles
from polls.models import Discussion

# Every thread of the same length, so that a page draws as many comments of the small discussion as
# of the large one, and one thread so long that both draw the same stretch of it.
REPLIES = {2: 1}
LONG, PART = 300, 3  # comments of that thread at least, but at most one in so many
SEED = 1


class Scratch:
    """One database with one discussion of so many comments. SQLite keeps it in the folder."""

    def __init__(self, comments: int, folder: Path) -> None:
        self.comments = comments
        self.connection = connections[DEFAULT_DB_ALIAS].copy()
        self.is_file = self.connection.vendor == "sqlite"
        site = "afterword" if self.is_file else self.connection.settings_dict["NAME"]
        self.name = f"{site}_bench_{comments}"
        self.connection.settings_dict["NAME"] = (
            str(folder / f"{self.name}.sqlite3") if self.is_file else self.name
        )
        # In memory whatever the site has: what one side has counted is nothing to the other.
        self.cache = LocMemCache(self.name, {})

    @contextmanager
    def used(self) -> Generator["Scratch"]:
        """A block in which it stands in for the site's database and cache."""
        database, cache = connections[DEFAULT_DB_ALIAS], caches["default"]
        self._put(self.connection, self.cache)
        try:
            yield self
        finally:
            self._put(database, cache)

    @staticmethod
    def _put(database: BaseDatabaseWrapper, cache: object) -> None:
        connections[DEFAULT_DB_ALIAS], caches["default"] = database, cache
        ContentType.objects.clear_cache()

    def fill(self, progress: Progress) -> None:
        """Makes it, unless it is there, with the comments that are missing."""
        self._make()
        with self.used():
            call_command("migrate", interactive=False, verbosity=0)
            load_starter_articles()
            long = min(LONG, self.comments // PART)
            filling = Filling(SEED, Shape(replies=REPLIES, least_long=long))
            there = cast.comments().count()
            if there < self.comments:
                filling.answer()
                filling.chat(self.comments, 1, progress)
                self._learn()

    @property
    def discussion(self) -> Discussion:
        """The one that is filled. In a block that uses it."""
        return cast.comments().order_by("pk").select_related("discussion")[0].discussion

    def close(self) -> None:
        self.connection.close()

    def drop(self) -> None:
        """Takes it away. A file goes with its folder."""
        self._statement("DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _make(self) -> None:
        if not self._exists():
            self._statement("CREATE DATABASE {name}")

    def _exists(self) -> bool:
        if self.is_file:
            return True  # SQLite makes a file by opening it
        with self.connection._nodb_cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.name])
            return cursor.fetchone() is not None

    def _statement(self, words: str) -> None:
        if not self.is_file:
            with self.connection._nodb_cursor() as cursor:
                cursor.execute(words.format(name=self.connection.ops.quote_name(self.name)))

    @staticmethod
    def _learn() -> None:
        """Lets the database learn how its rows are spread, as it does by itself in time."""
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")
