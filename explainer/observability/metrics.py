"""Figures for Prometheus, when METRICS is on: counted in every process, added up when asked.

Several processes serve the site and the scraper meets any one of them, so each counts in files of
a folder they share, and `exposition` adds them up. The folder is named in the environment before
the processes part: whoever serves loads the middleware first and forks then. Servers that load the
site once a process need PROMETHEUS_MULTIPROC_DIR set to an empty folder before they start.
"""

import atexit
import importlib
import os
import shutil
import tempfile
from types import ModuleType

from django.conf import settings

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def counters() -> ModuleType | None:
    """The module that counts, or None when METRICS is off: then the package need not be there."""
    if not settings.METRICS:
        return None
    return importlib.import_module("explainer.observability.counters")


def prepare() -> None:
    """Makes the shared folder and the counters. Must run before the server forks."""
    if settings.METRICS:
        _share_a_folder()
        counters()


def _share_a_folder() -> None:
    mine = f"afterword-metrics-{os.getpid()}-"
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix=mine)
    folder = os.environ[FOLDER]
    # Also after a restart in place, which keeps the process's number and its environment.
    if os.path.basename(folder).startswith(mine):
        atexit.register(_forget, folder, os.getpid())


def _forget(folder: str, owner: int) -> None:
    """The processes that were forked end with the same list of things to do."""
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)


def method(word: str | None) -> str:
    """The method as a label: a word that HTTP does not know could be anything, so it is "other"."""
    return word if word in METHODS else "other"


def count_request(word: str | None, route: str, status: int, seconds: float) -> None:
    """One request was answered. `route` is the name of the address, never the path."""
    if counting := counters():
        counting.REQUESTS.labels(method(word), route, str(status)).inc()
        counting.SECONDS.labels(route).observe(seconds)
        counting.take_over_counts()


def count_database_error(error: Exception) -> None:
    """One statement failed."""
    if counting := counters():
        counting.DATABASE_ERRORS.labels(type(error).__name__).inc()
