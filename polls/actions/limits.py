"""Counting who did what how often, exactly, across processes: one upsert a count."""

import hashlib
import hmac
import ipaddress
import secrets
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from polls.errors import TooSoon
from polls.models import AddressSalt, LimitCount
from polls.rules import limits as rules
from polls.rules.limits import Limit

UPSERT = """
INSERT INTO polls_limitcount (key, count, expires_at) VALUES (%s, 1, %s)
ON CONFLICT (key) DO UPDATE SET count = polls_limitcount.count + 1
RETURNING count
"""
# "Kept 48 hours at most" (product decision): yesterday's salt is the oldest there is.
SALT_DAYS = 2


def count(limit: Limit, who: str) -> tuple[int, int]:
    """Adds one to `who`'s count in the present window; returns it and the seconds until the next.

    Runs in the act's transaction: an act that is refused in the end is not counted.
    """
    now = timezone.now()
    index, retry_after = rules.window(limit, now)
    expires = now + timedelta(seconds=retry_after)
    with connection.cursor() as cursor:
        # The adapter writes the datetime as the ORM would, so that expires_at__lt finds the row.
        stamp = connection.ops.adapt_datetimefield_value(expires)
        cursor.execute(UPSERT, [f"{limit.name}:{who}:{index}", stamp])
        (number,) = cursor.fetchone()
    return number, retry_after


def check(limit: Limit, who: str) -> None:
    """Counts, and raises TooSoon with the seconds to wait when `who` is over the limit."""
    number, retry_after = count(limit, who)
    if number > limit.count:
        sentence, wait = rules.wait_words(retry_after)
        raise TooSoon(sentence, retry_after=retry_after, number=wait)


def is_over(limit: Limit, who: str) -> bool:
    """Counts, and says whether `who` is over the limit."""
    return count(limit, who)[0] > limit.count


def address_hash(address: str) -> str:
    """The day's keyed hash of a client address (IPv6 cut to /64); the address is never stored."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        network = "unknown"
    else:
        ip = getattr(ip, "ipv4_mapped", None) or ip
        prefix = 64 if ip.version == 6 else 32
        network = str(ipaddress.ip_network((ip, prefix), strict=False))
    today = timezone.now().date()
    salt = AddressSalt.objects.filter(day=today).first()
    if salt is None:
        fresh = AddressSalt(day=today, secret=secrets.token_bytes(32))
        AddressSalt.objects.bulk_create([fresh], ignore_conflicts=True)
        salt = AddressSalt.objects.get(day=today)
    return hmac.new(bytes(salt.secret), network.encode(), hashlib.sha256).hexdigest()[:32]


def forget_expired() -> int:
    """Deletes the counts whose window is over and the salts older than yesterday."""
    now = timezone.now()
    AddressSalt.objects.filter(day__lte=now.date() - timedelta(days=SALT_DAYS)).delete()
    return LimitCount.objects.filter(expires_at__lt=now).delete()[0]
