"""How much of what is sent is taken in: by one request, and by all of a process together."""

import re
from functools import lru_cache

from django.conf import settings

from explainer.middleware import READER_BODY, STAFF_BODY

STAFF = b"/admin/"
# Bytes of long bodies that a process holds at a time: thirty-two of the longest articles. Without
# an end to it, each of 2,000 connections could fill the memory with one. Whoever comes when it is
# full is asked to come again. What is no longer than a reader's needs no room here: no crowd keeps
# a comment or an answer out.
HELD = 32 * 1024 * 1024


class CrowdedError(Exception):
    """There is no room for one more long body."""


class Room:
    """What one body may take up, from the head of its request to the answer."""

    def __init__(self, bodies: "Bodies", most: int, declared: int, reserved: int) -> None:
        self.most, self.declared = most, declared
        self._bodies, self._reserved = bodies, reserved
        bodies.held += reserved

    @property
    def is_too_small(self) -> bool:
        """Whether the body says itself that it is longer than its address takes."""
        return self.declared > self.most

    def __enter__(self) -> "Room":
        return self

    def __exit__(self, *_exception: object) -> None:
        self._bodies.held -= self._reserved


class Bodies:
    """The long bodies that a process holds. Belongs to the event loop."""

    def __init__(self) -> None:
        self.held = 0  # bytes

    def room(self, path: bytes, headers: dict[bytes, bytes], *, is_next: bool) -> Room:
        """Room for the body of a request with such a head; raises CrowdedError.

        A long one must be next in turn: what waits behind another on its connection may never be
        answered, and would keep its room.
        """
        declared, most = int(headers.get(b"content-length", b"0")), longest(path, headers)
        length = most if b"transfer-encoding" in headers else declared
        if not READER_BODY < length <= most:
            return Room(self, most, declared, 0)
        if not is_next or self.held + length > HELD:
            raise CrowdedError
        return Room(self, most, declared, length)


def longest(path: bytes, headers: dict[bytes, bytes]) -> int:
    """Bytes of the longest body that is taken; as BodyMiddleware judges, which sees the session."""
    is_staffs = path.startswith(STAFF) and has_session(headers.get(b"cookie", b""))
    return STAFF_BODY if is_staffs else READER_BODY


def has_session(cookies: bytes) -> bool:
    """Whether a browser says that somebody has signed in there."""
    return _session(settings.SESSION_COOKIE_NAME).search(cookies) is not None


@lru_cache(maxsize=2)
def _session(name: str) -> re.Pattern[bytes]:
    return re.compile(rb"(?:^|;)[ \t]*%s[ \t]*=" % re.escape(name.encode()))
