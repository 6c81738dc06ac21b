"""What a configuration is filled with: settings and options, each judged before it is printed.

Everything ends up unquoted in somebody else's language, so a value is either of a narrow alphabet
or refused with a sentence.
"""

import ipaddress
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from explainer import environment
from explainer.middleware import HeadersMiddleware

HOST = rf"(?:{environment.HOST})"
PATH = r"/[\w./@+-]*"


class NotPrintableError(ValueError):
    """A value that no configuration can be made of; the text is a sentence for the operator."""


@dataclass(frozen=True)
class Facts:
    """The values of the templates, by the names they use. Raises NotPrintableError."""

    port: int = 8000
    processes: int = 2
    hosts: tuple[str, ...] = ()
    server_name: str = ""
    listen: tuple[str, ...] = ()
    listen_plain: tuple[str, ...] = ()
    tls_cert: str = ""
    tls_key: str = ""
    behind: tuple[str, ...] = ()
    cache_dir: str = "/var/cache/afterword"
    log_dir: str = "/var/log/nginx"
    user: str = "afterword"
    site_url: str = field(default_factory=lambda: settings.SITE_URL)
    base_dir: str = field(default_factory=lambda: str(settings.BASE_DIR))
    var_dir: str = field(default_factory=lambda: str(settings.VAR_DIR))
    static_root: str = field(default_factory=lambda: str(settings.STATIC_ROOT))
    python: str = sys.executable

    def __post_init__(self) -> None:
        for name in ("cache_dir", "log_dir", "base_dir", "var_dir", "static_root", "python"):
            must_match(PATH, getattr(self, name), f"{name}: the path")
        for path in filter(None, (self.tls_cert, self.tls_key)):
            must_match(PATH, path, "the path of a certificate or key")
        if not 0 < self.processes < 1000:
            raise NotPrintableError(f"--processes: {self.processes} are none or too many.")
        self._must_be_addresses()
        for network in self.behind:
            must_be_network(network)
        must_match(r"[a-z_][a-z0-9_-]*", self.user, "a user is a plain name;")
        if self.server_name:
            must_match(rf"{HOST}(?: {HOST})*", self.server_name, "the server's name")
        if bool(self.tls_cert) != bool(self.tls_key):
            raise NotPrintableError("--tls-cert and --tls-key go together.")

    def _must_be_addresses(self) -> None:
        for host in self.hosts:
            must_match(rf"{HOST}:\d{{1,5}}", host, "a host is name:port;")
        for address in (*self.listen, *self.listen_plain):
            must_match(
                rf"(?:{HOST}:)?\d{{1,5}}", address, "an address to listen on is [host:]port;"
            )
        for address in (str(self.port), *self.hosts, *self.listen, *self.listen_plain):
            must_be_port(address)

    def context(self) -> dict[str, object]:
        """What a template may name."""
        site = urlsplit(self.site_url)
        https = site.scheme == "https"
        static = Path(self.static_root)
        if static.name != "static":
            raise NotPrintableError("STATIC_ROOT must end in /static to be served as /static/.")
        hosts = self.hosts or (f"127.0.0.1:{self.port}",)
        return vars(self) | {
            "hosts": hosts,
            "is_local": all(host.startswith(("127.", "localhost", "[::1]")) for host in hosts),
            "is_https": https,
            "server_name": self.server_name or site.hostname,
            "site_host": site.netloc.lower(),
            "hsts": settings.SECURE_HSTS_SECONDS if https else 0,
            "listen": self.listen or on_every_address(443 if self.tls_cert else 80),
            "listen_plain": self.listen_plain or on_every_address(80),
            "server_names": (self.server_name or site.hostname or "").split(),
            "own_port": site.port if site.port and not (https or self.behind) else "",
            "static_parent": str(static.parent),
            # The proxy is somebody else, to whom VAR_DIR is closed.
            "serves_static": not static.is_relative_to(self.var_dir),
            "permissions": HeadersMiddleware.POLICY,
        }

    def must_end_tls(self) -> None:
        """Refuses an https site whose proxy would ask the site in http for ever."""
        if urlsplit(self.site_url).scheme == "https" and not (self.tls_cert or self.behind):
            raise NotPrintableError(
                "SITE_URL is https: name the certificate (--tls-cert, --tls-key), or the network "
                "of what ends TLS before this proxy (--behind)."
            )


def on_every_address(port: int) -> tuple[str, ...]:
    """What to listen on for everybody, in IPv4 and IPv6."""
    return (str(port), f"[::]:{port}")


def must_match(pattern: str, value: str, what: str) -> None:
    """Refuses a value of another alphabet."""
    if not re.fullmatch(pattern, value, re.IGNORECASE | re.ASCII):
        raise NotPrintableError(f"{what} {value!r} cannot be written into a configuration.")


def must_be_port(address: str) -> None:
    """Refuses an address whose port is none."""
    port = address.rpartition(":")[2]
    if not (port.isdecimal() and 0 < int(port) < 65536):
        raise NotPrintableError(f"{port} is no port: 1 to 65535.")


def must_be_network(text: str) -> None:
    """Refuses what is no network, and the one that would believe everybody."""
    try:
        network = ipaddress.ip_network(text)
    except ValueError as error:
        raise NotPrintableError(f"--behind: {error}.") from None
    if not network.prefixlen:
        raise NotPrintableError(f"--behind: {text} is everybody, and everybody would be believed.")
