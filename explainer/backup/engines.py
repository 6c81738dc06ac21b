"""Which module knows the site's database: `sqlite` or `postgresql`, with the same functions."""

from types import ModuleType

from django.db import connection

from explainer.backup import postgresql, sqlite


def engine() -> ModuleType:
    """The one for the database that the settings name."""
    return {"sqlite": sqlite, "postgresql": postgresql}[connection.vendor]
