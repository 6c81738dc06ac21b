"""Settings that do not fit together."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings

from explainer.checks import wide_proxies
from explainer.doctor.findings import Finding, attention, broken, ok


def site_url() -> Iterator[Finding]:
    """Whether the public address is one, and is safe."""
    name = urlsplit(settings.SITE_URL).hostname
    if settings.IS_LOCAL:
        yield ok("SITE_URL", f"{settings.SITE_URL}: the site is for this machine only.")
    elif settings.HTTPS:
        yield ok("SITE_URL", f"{settings.SITE_URL} is https.")
    else:
        yield broken(
            "SITE_URL",
            f"{name} is served over http, so cookies and passwords can be read on the way.",
            "Let a proxy end TLS, and set SITE_URL to https://…",
        )


def debug() -> Iterator[Finding]:
    """Whether failures show the code and the settings to everybody."""
    if settings.DEBUG and not settings.IS_LOCAL:
        yield broken("DEBUG", "Failures show code and settings to every reader.", "Unset DEBUG.")
    elif settings.DEBUG:
        yield attention("DEBUG", "It is on.", "Unset it, unless you work on the code.")
    else:
        yield ok("DEBUG", "It is off.")


def allowed_hosts() -> Iterator[Finding]:
    """Whether any name is answered to."""
    if "*" in settings.ALLOWED_HOSTS or "." in settings.ALLOWED_HOSTS:
        yield broken(
            "ALLOWED_HOSTS", "The site answers to every name.", "List the names that are its own."
        )
    else:
        yield ok("ALLOWED_HOSTS", f"The site answers to {', '.join(settings.ALLOWED_HOSTS)}.")


def trusted_proxies() -> Iterator[Finding]:
    """Whether strangers may say which address they come from."""
    proxies = settings.TRUSTED_PROXIES
    wide = wide_proxies()
    if wide:
        yield broken(
            "TRUSTED_PROXIES",
            f"{', '.join(wide)} lets anybody choose their address, so no speed limit holds.",
            "Name the addresses of your proxies only.",
        )
    elif settings.HTTPS and not proxies:
        yield broken(
            "TRUSTED_PROXIES",
            "The site is https and believes no proxy, so it takes every request for http.",
            "Name the address of the proxy that ends TLS, for example 127.0.0.1/32.",
        )
    else:
        named = ", ".join(map(str, proxies)) or "nobody"
        yield ok("TRUSTED_PROXIES", f"Forwarded addresses are believed from {named}.")


def cache_of_several() -> Iterator[Finding]:
    """Whether several hosts share what they have counted."""
    is_own = settings.CACHES["default"]["BACKEND"].endswith("LocMemCache")
    is_postgresql = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    if is_own and is_postgresql:
        yield attention(
            "CACHE_URL",
            "Every process has a cache of its own.",
            "With several hosts, set CACHE_URL to one Redis or Valkey for all.",
        )
    else:
        yield ok("CACHE_URL", "It fits the database.")


def secret_key() -> Iterator[Finding]:
    """Whether the key is this machine's own when other machines need it, too."""
    is_postgresql = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    if is_postgresql and "SECRET_KEY" not in os.environ:
        yield attention(
            "SECRET_KEY",
            "It is in var/ on this machine; another host would make its own.",
            "With several hosts, give all of them the same SECRET_KEY.",
        )
    else:
        yield ok("SECRET_KEY", "There is one.")


def metrics() -> Iterator[Finding]:
    """Whether anybody can read what is counted."""
    if settings.METRICS and not settings.METRICS_TOKEN and not settings.IS_LOCAL:
        yield attention(
            "METRICS", "It is counted and nobody may read it.", "Set METRICS_TOKEN as well."
        )
    else:
        yield ok("METRICS", "On." if settings.METRICS else "Off.")
