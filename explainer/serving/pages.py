"""A page ready to be sent: as it is and gzipped, with the headers that let a browser keep it."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from explainer.serving.bridge import Answer, Headers, lines_of

LARGEST = 2 * 1024 * 1024  # bytes; what is longer is not kept
OF_ONE_ANSWER = {b"content-length", b"etag", b"x-request-id", b"date"}
ENTITY = {b"content-length", b"content-type", b"content-encoding"}  # not said with a 304
LEVEL = 6  # of gzip: higher ones save hardly a byte
OVERHEAD = 4 * 1024  # bytes a page costs beside its bodies, roughly


class Variant(NamedTuple):
    """One encoding of a page."""

    etag: bytes
    headers: Headers
    body: bytes
    lines: bytes


@dataclass
class Page:
    """A page and the times that say how old it is; times are of the monotonic clock, in seconds."""

    version: str
    plain: Variant
    packed: Variant
    drawn_at: float
    checked_at: float  # when its version was last known to be the right one
    tried_at: float  # when the last check began
    is_stale: bool = False  # whether that check could not be made

    @property
    def size(self) -> int:
        """Bytes of memory."""
        return len(self.plain.body) + len(self.packed.body) + OVERHEAD

    def variant(self, accepted: bytes) -> Variant:
        """The one to send to who accepts these encodings."""
        # Remembered by number alone, so nothing long: who says much is sent the plain page.
        is_packed = len(accepted) <= 255 and takes_gzip(accepted)
        return self.packed if is_packed else self.plain


def may_be_kept(answer: Answer) -> bool:
    """Whether an answer is a page for everybody: the application says so, and sets nothing."""
    return (
        answer.status == 200
        and isinstance(answer.body, bytes)
        and len(answer.body) <= LARGEST
        and answer.header(b"cache-control").startswith(b"public")
        and not answer.header(b"set-cookie")
    )


def make_page(answer: Answer, version: str, now: float) -> Page:
    """The page of an answer that may be kept."""
    body = answer.body
    digest = hashlib.sha256(body).hexdigest()[:32].encode()
    packed = gzip.compress(body, LEVEL, mtime=0)
    return Page(
        version,
        plain=_variant(answer, body, b'"%s"' % digest),
        # Other bytes are another entity, so it has a tag of its own.
        packed=_variant(answer, packed, b'"%s-gzip"' % digest, (b"content-encoding", b"gzip")),
        drawn_at=now,
        checked_at=now,
        tried_at=now,
    )


def _variant(answer: Answer, body: bytes, etag: bytes, *more: tuple[bytes, bytes]) -> Variant:
    kept = [pair for pair in answer.headers if pair[0] not in OF_ONE_ANSWER]
    length = (b"content-length", str(len(body)).encode())
    headers = [*kept, (b"etag", etag), length, *more]
    return Variant(etag, headers, body, lines_of(headers))


def answer_for(page: Page, headers: dict[bytes, bytes], now: float) -> Answer:
    """What a reader with these headers gets: the page, or word that theirs is still the one."""
    variant = page.variant(headers.get(b"accept-encoding", b""))
    answer = Answer(200, variant.headers, variant.body, variant.lines)
    known = headers.get(b"if-none-match")
    if known is not None and matches(known, variant.etag):
        kept = [pair for pair in answer.headers if pair[0] not in ENTITY]
        answer = Answer(304, kept)
    if page.is_stale:
        age = str(int(now - page.checked_at)).encode()
        marked = [*answer.headers, (b"age", age), (b"afterword-stale", b"1")]
        answer = Answer(answer.status, marked, answer.body)
    return answer


def matches(known: bytes, etag: bytes) -> bool:
    """Whether an If-None-Match names the tag; compared weakly (RFC 9110, 13.1.2)."""
    tags = (tag.strip().removeprefix(b"W/") for tag in known.split(b","))
    return known.strip() == b"*" or etag in tags


@lru_cache(maxsize=256)
def takes_gzip(accepted: bytes) -> bool:
    """Whether an Accept-Encoding prefers gzip to the page as it is, or likes both as well."""
    weights = dict(_weight(part) for part in accepted.lower().split(b",") if part.strip())
    anything = weights.get(b"*", 0.0)
    packed = weights.get(b"gzip", weights.get(b"x-gzip", anything))
    return packed > 0 and packed >= weights.get(b"identity", anything)


def _weight(part: bytes) -> tuple[bytes, float]:
    coding, _semicolon, parameter = part.partition(b";")
    name, _equals, value = parameter.strip().partition(b"=")
    try:
        weight = float(value) if name.strip() == b"q" else 1.0
    except ValueError:
        weight = 0.0
    return coding.strip(), weight
