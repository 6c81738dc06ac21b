"""What is counted for Prometheus. Imported when METRICS is on: it needs the extra `metrics`."""

import importlib
from collections.abc import Iterator, Mapping

from django.db import DatabaseError, InterfaceError
from django.utils import timezone
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from polls.models import Ballot, Comment
from polls.pieces import store
from polls.queries import bursts, heartbeat

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# Seconds. A stored page takes under a millisecond, a form on a busy SQLite up to some seconds.
BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Counter(
    "afterword_requests", "Requests that Django answered", ["method", "route", "status"]
)
SECONDS = Histogram(
    "afterword_request_seconds", "How long Django took to answer", ["route"], buckets=BUCKETS
)
DATABASE_ERRORS = Counter(
    "afterword_database_errors", "Statements of requests that failed", ["kind"]
)
STORED_PAGES = Counter("afterword_stored_pages", "What became of requests for kept pages", ["what"])

REFUSED = Counter("afterword_refused", "Requests refused before Django saw them", ["status"])
PIECES = Counter("afterword_pieces", "What became of look-ups of kept pieces of pages", ["what"])

# Of the stores' own counts, those that only grow.
COUNTED = ("hits", "stale", "misses")
_seen: dict[tuple[Counter, str], float] = {}


def take_over_counts() -> None:
    """Takes over what this process's stores and its server have counted since the last time."""
    pages = _stats_of_the_server("shelf")
    _take_over(STORED_PAGES, {name: pages[name] for name in COUNTED if name in pages})
    _take_over(REFUSED, _stats_of_the_server("refusals"))
    pieces = store.stats()
    _take_over(PIECES, {"hits": pieces.hits, "misses": pieces.misses})


def _take_over(counter: Counter, totals: Mapping[str, float]) -> None:
    for what, total in totals.items():
        if (more := total - _seen.get((counter, what), 0)) > 0:
            counter.labels(what).inc(more)
        _seen[counter, what] = total


def _stats_of_the_server(module: str) -> Mapping[str, float]:
    """What a part of the embedded server has counted; nothing where another serves."""
    try:
        return importlib.import_module(f"explainer.serving.{module}").stats()
    except ModuleNotFoundError:
        return {}


class Queues:
    """What the database says at the moment it is asked; nothing when it is away."""

    def collect(self) -> Iterator[Metric]:
        """For prometheus_client."""
        try:
            held = Comment.objects.filter(state=Comment.State.PENDING).count()
            reported = Comment.objects.filter(report_count__gt=0).count()
            unjudged = bursts.undecided_count()
            waiting = Ballot.objects.waiting().count()
            last = heartbeat.last(heartbeat.WORKER)
        except (DatabaseError, InterfaceError):
            return
        yield _gauge("afterword_comments_held", "Comments that wait for a moderator", held)
        yield _gauge("afterword_comments_reported", "Comments with open reports", reported)
        yield _gauge("afterword_bursts_unjudged", "Bursts that no person has looked at", unjudged)
        yield _gauge("afterword_answers_waiting", "Answers not yet set aside as a burst", waiting)
        if last:
            age = (timezone.now() - last).total_seconds()
            yield _gauge("afterword_worker_silence_seconds", "Since the worker last spoke", age)


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value)


def exposition() -> bytes:
    """The figures of all processes, in Prometheus' text format."""
    take_over_counts()
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    registry.register(Queues())
    return generate_latest(registry)
