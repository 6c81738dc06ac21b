"""What works beside the server: cache, worker; and the versions all of it runs on."""

import secrets
import sys
from collections.abc import Iterator
from datetime import date
from typing import Any

import django
from django.core.cache import cache, caches
from django.utils import timezone

from explainer.doctor.findings import Finding, attention, broken, ok
from polls.queries import heartbeat

# The last month with mended security faults: peps.python.org, djangoproject.com/download.
PYTHON_ENDS = {
    (3, 11): date(2027, 10, 31),
    (3, 12): date(2028, 10, 31),
    (3, 13): date(2029, 10, 31),
    (3, 14): date(2030, 10, 31),
}
DJANGO_ENDS = {(5, 2): date(2028, 4, 30), (6, 0): date(2027, 4, 30)}
NO_EVICTION = "noeviction"


def cache_answers() -> Iterator[Finding]:
    """Whether it gives back what it was given."""
    mark = secrets.token_hex(8)
    try:
        cache.set(f"doctor-{mark}", mark, timeout=5)
        is_kept = cache.get(f"doctor-{mark}") == mark
    except Exception as error:  # a driver has its own errors
        yield broken("cache", f"It does not answer ({type(error).__name__}).", "See CACHE_URL.")
        return
    if is_kept:
        yield ok("cache", "It keeps what it is given.")
    else:
        yield broken("cache", "It does not keep what it is given.", "See CACHE_URL.")


def cache_forgets() -> Iterator[Finding]:
    """Whether Redis makes room when it is full, instead of refusing."""
    facts = redis_facts()
    if facts is None:
        return
    policy, limit = facts.get("maxmemory_policy", ""), int(facts.get("maxmemory", 0))
    if limit and policy == NO_EVICTION:
        yield attention(
            "cache when full",
            "Redis refuses to keep more once it is full.",
            "Set maxmemory-policy to allkeys-lru.",
        )
    elif not limit:
        yield attention("cache when full", "Redis takes memory without a limit.", "Set maxmemory.")
    else:
        yield ok("cache when full", f"Redis makes room by {policy}.")


def redis_facts() -> dict[str, Any] | None:
    """What Redis says of its memory; None when the cache is no Redis or says nothing."""
    client = getattr(caches["default"], "_cache", None)
    if not hasattr(client, "get_client"):
        return None
    try:
        return client.get_client().info("memory")
    except Exception:  # cache_answers tells
        return None


def worker() -> Iterator[Finding]:
    """Whether manage.py worker has spoken lately."""
    do = "Start manage.py serve, or manage.py worker beside your own server."
    last = heartbeat.last(heartbeat.WORKER)
    if last is None:
        yield broken("worker", "None has ever been at work.", do)
    elif not heartbeat.is_alive(last):
        yield broken("worker", f"It was last at work at {last:%Y-%m-%d %H:%M:%S} UTC.", do)
    else:
        yield ok("worker", "It is at work.")


def versions() -> Iterator[Finding]:
    """Whether Python and Django are still mended."""
    yield _version("Python", sys.version_info[:2], PYTHON_ENDS)
    yield _version("Django", django.VERSION[:2], DJANGO_ENDS)


def _version(name: str, found: tuple[int, ...], ends: dict[tuple[int, ...], date]) -> Finding:
    says = f"{name} {'.'.join(map(str, found))}"
    end = ends.get(found)
    if end is None:
        return attention("versions", f"{says} is not one we know.", "Look when its support ends.")
    if end < timezone.now().date():
        return broken("versions", f"{says} got its last fixes on {end}.", "Install a newer one.")
    return ok("versions", f"{says} gets security fixes until {end}.")
