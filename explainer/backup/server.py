"""The databases beside the site's on a PostgreSQL server: a restore makes, renames, drops them."""

import re
import secrets
from collections.abc import Generator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from explainer.backup.standing_in import another

# Whoever works in a database holds a lock by its name, which goes with their connection.
LOCK = "SELECT pg_advisory_lock(hashtextextended(%s, 0))"
TRY_LOCK = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
# As the site's own is: another collation would sort, and compare, in another way.
KIND = """
SELECT format('ENCODING %%L LC_COLLATE %%L LC_CTYPE %%L',
  pg_encoding_to_char(encoding), datcollate, datctype)
FROM pg_database WHERE datname = %s
"""


def site_name() -> str:
    """The name of the site's database."""
    return connection.settings_dict["NAME"]


@contextmanager
def administrator() -> Generator[BaseDatabaseWrapper]:
    """A connection to another database of the same server: none renames the one it is in."""
    admin = another("template1" if site_name() == "postgres" else "postgres")
    try:
        yield admin
    finally:
        admin.close()


def administer(words: str, name: str | None = None, values: list | None = None) -> object:
    """Runs one statement there; its first value, if it has any. `name` is quoted into its {}."""
    with administrator() as admin, admin.cursor() as cursor:
        cursor.execute(words.format(admin.ops.quote_name(name)) if name else words, values)
        return cursor.fetchone()[0] if cursor.description else None


def drop(name: str) -> None:
    """Drops a database, if it is there, whoever is connected to it."""
    administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@contextmanager
def database(prefix: str) -> Generator[BaseDatabaseWrapper]:
    """A new, empty database like the site's, dropped after the block unless it was renamed."""
    name = f"{prefix}{secrets.token_hex(4)}"
    kind = administer(KIND, None, [site_name()])
    fresh = another(name)
    with administrator() as holder, holder.cursor() as cursor:
        cursor.execute(LOCK, [name])
        administer(f"CREATE DATABASE {{}} TEMPLATE template0 {kind}", name)
        try:
            yield fresh
        finally:
            fresh.close()
            drop(name)


def sweep(prefix: str) -> None:
    """Drops the databases of that prefix in which nobody works any more, as far as one may."""
    with suppress(DatabaseError), administrator() as admin, admin.cursor() as cursor:
        pattern = f"^{re.escape(prefix)}[0-9a-f]+$"
        cursor.execute("SELECT datname FROM pg_database WHERE datname ~ %s", [pattern])
        for (name,) in cursor.fetchall():
            cursor.execute(TRY_LOCK, [name])
            if cursor.fetchone()[0]:
                drop(name)
