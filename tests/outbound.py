"""Nobody but this machine is asked for anything while a test runs."""

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from unittest.mock import patch
from urllib.parse import urlsplit

from django.conf import settings

# The machines that tests/deploy/hosts.py makes on this one.
MACHINES = ipaddress.ip_network("10.231.0.0/16")


class OutboundError(OSError):
    """Something in this process asked somebody else; an OSError, so that its socket is closed."""


@contextmanager
def only_here() -> Iterator[list[str]]:
    """A block in which a connection to anybody else is refused, and named in the list yielded.

    Other processes are out of its reach, and so is libpq, which connects past Python.
    """
    refused: list[str] = []

    def guarded(name: str) -> object:
        original = getattr(socket.socket, name)

        def connect(self: socket.socket, address: object) -> object:
            if not is_near(self.family, address):
                refused.append(str(address))
                raise OutboundError(f"{address} is not of this machine.")
            return original(self, address)

        return connect

    with (
        patch.object(socket.socket, "connect", guarded("connect")),
        patch.object(socket.socket, "connect_ex", guarded("connect_ex")),
    ):
        yield refused


def is_near(family: int, address: object) -> bool:
    """Whether an address is of this machine, or of the database or the cache of this run."""
    if family not in {socket.AF_INET, socket.AF_INET6}:
        return True  # a socket in the file system
    host = str(address[0])
    return host in configured() or is_of_this_machine(host)


def is_of_this_machine(host: str) -> bool:
    """Whether it is loopback, or a machine made on this one."""
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return host in {"localhost", ""}
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return ip.is_loopback or ip.is_unspecified or ip in MACHINES


@cache
def configured() -> frozenset[str]:
    """The hosts of DATABASE_URL and CACHE_URL, by their names and by their addresses."""
    caches = [settings.CACHES["default"].get("LOCATION", "")]
    places = caches[0] if isinstance(caches[0], list | tuple) else caches
    names = {urlsplit(str(place)).hostname for place in places}
    names.add(settings.DATABASES["default"].get("HOST"))
    found = {name for name in names if name and not name.startswith("/")}
    addresses = {info[4][0] for name in found for info in socket.getaddrinfo(name, None)}
    return frozenset(found | {str(address) for address in addresses})
