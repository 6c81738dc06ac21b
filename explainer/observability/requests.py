"""Which request is being answered, for whoever writes a line about it."""

import re
import secrets
from contextvars import ContextVar

from django.http import HttpRequest

HEADER = "X-Request-Id"
GIVEN = re.compile(r"[A-Za-z0-9_-]{8,64}")
NO_ROUTE = "none"

current: ContextVar[HttpRequest | None] = ContextVar("current_request", default=None)


def new_id(given: str) -> str:
    """The id that a trusted proxy gave the request, else one of our own: 16 hexadecimal digits."""
    return given if GIVEN.fullmatch(given) else secrets.token_hex(8)


def id_of(request: HttpRequest | None) -> str:
    """The id under which the log names this request; "" outside one."""
    return getattr(request, "request_id", "")


def route_of(request: HttpRequest | None) -> str:
    """The name of the address: "discussion:answer". Never the path, which a reader has typed."""
    match = getattr(request, "resolver_match", None)
    if match is None:
        return NO_ROUTE
    # A name for each table is a name too many, and its login has none.
    if "admin" in match.namespaces or match.route.startswith("admin/"):
        return "admin"
    return match.view_name or NO_ROUTE
