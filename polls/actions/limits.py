"""Counting who did what how often, exactly, across processes: one upsert an act."""

import hashlib
import hmac
import ipaddress
import secrets
from datetime import date, timedelta
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from polls.errors import TooSoon
from polls.models import AddressSalt, Ballot, CommentVote, LimitCount, Reader, statements
from polls.rules import limits as rules
from polls.rules.limits import Limit

# In one statement, and its rows in the order given: a count that many readers share comes last, so
# that whoever waits for it holds it shortly, and nobody waits in a ring.
UPSERT = """
INSERT INTO polls_limitcount (key, count, expires_at) VALUES {rows}
ON CONFLICT (key) DO UPDATE SET count = polls_limitcount.count + 1
RETURNING key, count
"""
# "Kept 48 hours at most" (product decision): yesterday's salt is the oldest there is.
SALT_DAYS = 2
# A burst is a matter of minutes; afterwards nobody asks where an answer came from.
SOURCE_KEPT = timedelta(hours=48)
# How much of an address is "the same place": a household or an office; a provider's network.
HOUSEHOLD = {4: 32, 6: 64}
NETWORK = {4: 24, 6: 48}


class Count(NamedTuple):
    """How often somebody did something in the present window, and the seconds until the next."""

    number: int
    retry_after: int
    is_over: bool


def count(limit: Limit, who: str) -> Count:
    """Adds one to `who`'s count in the present window; see `count_all`."""
    return count_all((limit, who))[0]


def count_all(*acts: tuple[Limit, str]) -> list[Count]:
    """Adds one to the count of each (limit, who), in the present windows.

    Runs in the act's transaction: an act that is refused in the end is not counted.
    """
    now = timezone.now()
    keys, waits, values = [], [], []
    for limit, who in acts:
        index, retry_after = rules.window(limit, now)
        keys.append(f"{limit.name}:{who}:{index}")
        waits.append(retry_after)
        # The adapter writes the datetime as the ORM would, so that expires_at__lt finds the row.
        expires = connection.ops.adapt_datetimefield_value(now + timedelta(seconds=retry_after))
        values += [keys[-1], expires]
    sql = UPSERT.format(rows=", ".join(["(%s, 1, %s)"] * len(acts)))
    numbers = dict(statements.run(sql, values))
    return [
        Count(numbers[key], retry_after, is_over=numbers[key] > limit.count)
        for key, retry_after, (limit, _who) in zip(keys, waits, acts, strict=True)
    ]


def check(limit: Limit, who: str) -> None:
    """Counts, and raises TooSoon with the seconds to wait when `who` is over the limit."""
    check_all((limit, who))


def check_all(*acts: tuple[Limit, str]) -> None:
    """As `check` for each (limit, who), in one statement."""
    for counted in count_all(*acts):
        refuse(counted)


def check_reader(reader: Reader, own: Limit, of_address: Limit, house: str | None) -> None:
    """Counts what a reader does, and with them their `house`, in one statement; as `check_all`."""
    acts = [(own, f"r{reader.pk}")]
    if house is not None:
        acts.append((of_address, house))
    check_all(*acts)


def house_of(address: str | None) -> str | None:
    """`address_hash` of an address; None of what came over no network."""
    return None if address is None else address_hash(address)


def refuse(counted: Count) -> None:
    """Raises TooSoon for a count that is over its limit."""
    if counted.is_over:
        sentence, wait = rules.wait_words(counted.retry_after)
        raise TooSoon(sentence, retry_after=counted.retry_after, number=wait)


def address_hash(address: str) -> str:
    """The day's keyed hash of a client address (IPv6 cut to /64); the address is never stored."""
    return _hash(_network(address, HOUSEHOLD))


def source_hash(address: str) -> str:
    """The day's keyed hash of the network an address is in (/24, of IPv6 /48): 32 hex digits.

    Bursts are recognised by it: a script changes its address more easily than its provider.
    """
    return _hash(f"source {_network(address, NETWORK)}")


def _network(address: str, prefixes: dict[int, int]) -> str:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    ip = getattr(ip, "ipv4_mapped", None) or ip
    kept = prefixes[ip.version]
    cut = ip.max_prefixlen - kept
    return f"{type(ip)(int(ip) >> cut << cut)}/{kept}"


def _hash(what: str) -> str:
    return hmac.new(_secret(), what.encode(), hashlib.sha256).hexdigest()[:32]


# Today's salt, kept in this process: (day, secret).
_kept: list[tuple[date, bytes]] = []


def _secret() -> bytes:
    today = timezone.now().date()
    if _kept and _kept[0][0] == today:
        return _kept[0][1]
    salt = AddressSalt.objects.filter(day=today).first()
    if salt is None:
        fresh = AddressSalt(day=today, secret=secrets.token_bytes(32))
        AddressSalt.objects.bulk_create([fresh], ignore_conflicts=True)
        salt = AddressSalt.objects.get(day=today)
    secret = bytes(salt.secret)
    if not connection.in_atomic_block:  # what may yet be rolled back is not for keeping
        _kept[:] = [(today, secret)]
    return secret


def forget_sources() -> int:
    """Forgets from what networks answers and votes came, 48 hours later. Returns how many."""
    before = timezone.now() - SOURCE_KEPT
    return sum(
        model.objects.filter(changed_at__lt=before).exclude(source="").update(source="")
        for model in (Ballot, CommentVote)
    )


def forget_expired() -> int:
    """Deletes the counts whose window is over and the salts older than yesterday."""
    now = timezone.now()
    AddressSalt.objects.filter(day__lte=now.date() - timedelta(days=SALT_DAYS)).delete()
    return LimitCount.objects.filter(expires_at__lt=now).delete()[0]
