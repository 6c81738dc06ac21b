"""The WSGI application, for quickstart and for any other server."""

import os
from collections.abc import Callable, Iterable
from functools import cache

from django.core.wsgi import get_wsgi_application
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "explainer.settings")

# What one statement may take while a reader waits, on PostgreSQL. A command, a migration and the
# worker take as long as they take.
LIMITS = "-c statement_timeout=10s -c lock_timeout=5s"

_django = get_wsgi_application()


def application(environ: dict, start_response: Callable) -> Iterable[bytes]:
    """Django, with an end to every statement."""
    limit_statements()
    return _django(environ, start_response)


@cache
def limit_statements() -> None:
    """From the first request on: a process forked before it for other work has no such limits."""
    config = connections.databases["default"]
    if config["ENGINE"] == "explainer.postgresql":
        given = config["OPTIONS"].get("options", "")
        config["OPTIONS"]["options"] = f"{LIMITS} {given}".strip()
