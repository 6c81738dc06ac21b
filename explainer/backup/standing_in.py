"""Another database in the place of the site's own, for a while."""

from collections.abc import Generator
from contextlib import contextmanager

from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper


def another(name: str) -> BaseDatabaseWrapper:
    """A connection like the site's, to the database (or the file) of that name."""
    connection = connections[DEFAULT_DB_ALIAS].copy()
    connection.settings_dict["NAME"] = name
    # A pool is kept by alias, so it would hand out connections to the site's own database; and a
    # file that is packed or swapped must not have a journal beside it.
    for option in ("pool", "init_command"):
        connection.settings_dict["OPTIONS"].pop(option, None)
    return connection


@contextmanager
def standing_in(connection: BaseDatabaseWrapper) -> Generator[None]:
    """A block in which this thread's queries go to `connection`."""
    own = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = connection
    ContentType.objects.clear_cache()
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = own
        ContentType.objects.clear_cache()
