"""Whether the head of a request can be read in one way only.

What two servers in a row could understand differently lets one request pass for two (request
smuggling), so it is refused.
"""

from collections import Counter

import httptools

from explainer.serving.bridge import Headers

VERSIONS = {"1.0", "1.1"}
ONCE = {b"host", b"content-length", b"transfer-encoding", b"content-type", b"expect"}


def is_unambiguous(headers: Headers, by_name: dict[bytes, bytes], url: bytes, version: str) -> bool:
    """Whether everybody finds the same host, the same headers and the same end in a request."""
    return (
        version in VERSIONS
        and not _is_repeated(headers, by_name)
        and _is_host_right(by_name, url, version)
        and _is_framing_clear(by_name, version)
    )


def _is_repeated(headers: Headers, by_name: dict[bytes, bytes]) -> bool:
    """Whether a header that may stand once stands twice."""
    if len(headers) == len(by_name):
        return False
    counts = Counter(name for name, _value in headers)
    return any(counts[name] > 1 for name in ONCE)


def _is_host_right(headers: dict[bytes, bytes], url: bytes, version: str) -> bool:
    """Whether a request names one host; an address with a host must name the same."""
    host = headers.get(b"host")
    if host is None:
        return version == "1.0" and url.startswith(b"/")
    if url.startswith(b"/"):
        return True
    parsed = httptools.parse_url(url)
    named = parsed.host or b""
    named = named if parsed.port is None else b"%s:%d" % (named, parsed.port)
    return named.lower() == host.lower()


def _is_framing_clear(headers: dict[bytes, bytes], version: str) -> bool:
    """Whether everybody sees the same end of the body: by its length, or by chunks."""
    coding = headers.get(b"transfer-encoding")
    if coding is None:
        return headers.get(b"content-length", b"0").isdigit()
    return coding.lower() == b"chunked" and version == "1.1" and b"content-length" not in headers
