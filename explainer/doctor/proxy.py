"""What the running site believes of where its readers come from."""

import ipaddress
from collections.abc import Iterator
from http.client import HTTPException, InvalidURL
from urllib.parse import urlsplit

from explainer.doctor.asking import FORGED, Seen, ask
from explainer.doctor.findings import Finding, attention, broken, ok

ABOUT = "proxy"
DO = "Give the site's address with --url, for example https://example.org."


def headers(url: str) -> Iterator[Finding]:
    """Asks the site at `url` with a forged X-Forwarded-For, and says whom it believed."""
    try:
        seen = ask(url)
    except OSError as error:
        why = getattr(error, "reason", error)
        yield attention(
            ABOUT, f"Nobody answers at {url} ({why}).", "Start the site, or give --url."
        )
        return
    except (InvalidURL, ValueError):  # also what the resolver says of a name that can be none
        yield attention(ABOUT, f"{url} is no address of a site.", DO)
        return
    except HTTPException:
        yield attention(ABOUT, f"What answers at {url} is no web server.", DO)
        return
    yield judge(seen, url)


def judge(seen: Seen, url: str) -> Finding:
    """What that answer means."""
    if not seen.is_answer:
        return attention(
            ABOUT,
            f"What answers at {url} is not this site, or has another key (status {seen.status}).",
            DO,
        )
    if seen.address == FORGED:
        return _believed_a_lie(seen, url)
    if urlsplit(url).scheme != seen.scheme:
        return broken(
            ABOUT,
            f"A question by {urlsplit(url).scheme} is taken for {seen.scheme}.",
            "Let the proxy set X-Forwarded-Proto, and name it in TRUSTED_PROXIES.",
        )
    if _is_loopback(seen.address) and not _is_loopback(_host(url)):
        return attention(
            ABOUT,
            "The site takes this question for one of its own machine: perhaps it takes all readers "
            "for one, and their speed limits with them.",
            "Let the proxy set X-Forwarded-For, and name it in TRUSTED_PROXIES.",
        )
    return ok(ABOUT, f"A forged address is not believed; the site saw {seen.address}.")


def _believed_a_lie(seen: Seen, url: str) -> Finding:
    if _is_loopback(_host(url)) and seen.hops == 1:
        return attention(
            ABOUT,
            "Asked directly from a trusted address, the site believes what it is told, as it must.",
            "Give the public address with --url to see what the proxy passes on.",
        )
    return broken(
        ABOUT,
        "The site believes any X-Forwarded-For: whoever forges one escapes every speed limit.",
        "Let the proxy write X-Forwarded-For anew; name only proxies in TRUSTED_PROXIES.",
    )


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"
