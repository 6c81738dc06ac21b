"""Versions of the site to come, made for the tests of a rolling update.

The version of today is the code of this checkout. Each of these is that code with something more,
and runs as it would: by settings, models and migrations of its own, the latter in a folder that
holds the real ones, too.

- `next` keeps more of answers and comments, and translations (expand);
- `later` no longer asks for one of those columns, which stays where it is;
- `last` takes it away, since no code that runs asks for it (contract);
- `unkept` and `renamed` do what `tests/test_migrations.py` refuses.
"""

import pkgutil

import polls.migrations

REAL = polls.migrations.__path__


def newest() -> tuple[str, str]:
    """The last of the real migrations, which the first that is made up depends on."""
    return "polls", max(found.name for found in pkgutil.iter_modules(REAL))
