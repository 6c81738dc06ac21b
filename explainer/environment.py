"""The environment variables that are more than a word or a number: each read, and judged.

A value that makes no sense is refused with one sentence, before anything is served with it.
"""

import ipaddress
import os
import re
import secrets
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django.core.exceptions import ImproperlyConfigured
from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()
HOST = r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]"

# --- where run-time data lives: the database, the key, the collected static files ---
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var"))).absolute()


def private_dir(path: Path) -> Path:
    """Makes `path` readable by nobody else (0700) and returns it."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"VAR_DIR: {path}: {error.strerror}.") from None
    return path


def secret_key() -> str:
    """SECRET_KEY from the environment, else the key kept in var/, made at the first run."""
    given = env.str("SECRET_KEY", "")
    if given:
        return long_enough(given, "SECRET_KEY")
    path = private_dir(VAR_DIR) / "secret-key"
    try:
        # O_EXCL: of two processes that start at once, one writes and the other reads.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_text().strip()
        if len(key) < 50:
            raise ImproperlyConfigured(f"{path} is too short to be a key; delete it.") from None
        return key
    with os.fdopen(descriptor, "w") as file:
        file.write(key := secrets.token_urlsafe(64))
    return key


def long_enough(key: str, name: str) -> str:
    """A key that cannot be guessed, or a refusal that names the variable."""
    if len(key) < 50 or key.startswith("django-insecure"):
        raise ImproperlyConfigured(f"{name} needs at least 50 characters of its own.")
    return key


def database() -> dict:
    """DATABASE_URL as Django wants it. SQLite is made safe for many writers and power cuts."""
    config = env.dj_db_url("DATABASE_URL", f"sqlite:///{VAR_DIR / 'afterword.sqlite3'}")
    if config["ENGINE"] == "django.db.backends.postgresql":
        return config | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    if config["ENGINE"] != "django.db.backends.sqlite3":
        raise ImproperlyConfigured("DATABASE_URL must begin with sqlite:/// or postgres://")
    if config["NAME"] in {"", ":memory:"}:
        raise ImproperlyConfigured("DATABASE_URL must name a file: sqlite:////srv/site.sqlite3")
    config["OPTIONS"] = {
        # IMMEDIATE takes the write lock at BEGIN; Django's default upgrades a read lock later,
        # which answers "database is locked" to most of a burst.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # FULL is what keeps an acknowledged answer after a power cut.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
    return config


def site_url() -> str:
    """SITE_URL without a trailing slash: the one place that mails, feeds and links take it from."""
    url = env.str("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
    if not re.fullmatch(rf"https?://({HOST})(:\d{{1,5}})?", url, re.IGNORECASE) or not is_port(url):
        raise ImproperlyConfigured("SITE_URL must look like https://example.org, without a path.")
    return url


def is_port(url: str) -> bool:
    """Whether the port of an address, if it has one, is one."""
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def allowed_hosts() -> list[str]:
    """ALLOWED_HOSTS: names this site answers to beside SITE_URL's; .example.org for all below."""
    hosts = [host.strip() for host in env.list("ALLOWED_HOSTS", [])]
    for host in hosts:
        if not re.fullmatch(rf"\.?(?:{HOST})", host, re.IGNORECASE):
            raise ImproperlyConfigured(f"ALLOWED_HOSTS: {host} is no host name.")
    return hosts


def time_zone() -> str:
    """TIME_ZONE: a name of the tz database."""
    name = env.str("TIME_ZONE", "UTC")
    if name not in available_timezones():
        raise ImproperlyConfigured("TIME_ZONE must be a name like Europe/Berlin.")
    return name


def trusted_proxies() -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """TRUSTED_PROXIES: the networks whose X-Forwarded-* headers are believed. Default: nobody."""
    try:
        return [ipaddress.ip_network(item.strip()) for item in env.list("TRUSTED_PROXIES", [])]
    except ValueError as error:
        raise ImproperlyConfigured(f"TRUSTED_PROXIES: {error}.") from None


def secret_key_fallbacks() -> list[str]:
    """SECRET_KEY_FALLBACKS: earlier keys, under which cookies are still believed."""
    return [
        long_enough(key, "SECRET_KEY_FALLBACKS") for key in env.list("SECRET_KEY_FALLBACKS", [])
    ]
