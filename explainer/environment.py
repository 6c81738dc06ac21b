"""The environment variables that are more than a word or a number: each read, and judged.

A value that makes no sense is refused with one sentence, before anything is served with it.
"""

import ipaddress
import os
import re
import secrets
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django.core.exceptions import ImproperlyConfigured
from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()
LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
HOST = rf"{LABEL}(?:\.{LABEL})*|\[[0-9a-f:.]+\]"
# Commands that promise to change nothing.
LOOKING = {"deploy-config", "doctor"}


# --- where run-time data lives: the database, the key, the collected static files ---
def var_dir() -> Path:
    """VAR_DIR: the folder of everything that must not be lost or read by others."""
    given = env.str("VAR_DIR", str(BASE_DIR / "var"))
    if not given.strip():
        raise ImproperlyConfigured("VAR_DIR must name a folder.")
    return Path(given).absolute()


VAR_DIR = var_dir()


def static_root(var: Path) -> Path:
    """STATIC_ROOT: where style sheets and scripts are collected, and everybody may read."""
    path = Path(env.str("STATIC_ROOT", str(var / "static")))
    # A proxy serves the folder above it, in which /static/ is found by its name.
    if not path.is_absolute() or path.name != "static" or path.is_file():
        raise ImproperlyConfigured("STATIC_ROOT must look like /srv/afterword/static.")
    if is_below(var, path):
        raise ImproperlyConfigured("STATIC_ROOT: VAR_DIR would be readable on the web.")
    return path


def is_below(path: Path, folder: Path) -> bool:
    """Whether a path leads into a folder, or is it, by whatever detour."""
    return path.resolve().is_relative_to(folder.resolve())


def private_dir(path: Path) -> Path:
    """Makes `path` readable by nobody else (0700) and returns it.

    One that is there and holds other things is left alone: somebody may need it as it is, and
    `doctor` says that others may read it.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.stat().st_mode & 0o077 and is_ours(path):
            path.chmod(0o700)
    except OSError as error:
        raise ImproperlyConfigured(f"VAR_DIR: {path}: {error.strerror}.") from None
    return path


def is_ours(path: Path) -> bool:
    """Whether a folder is the site's alone: nothing is in it yet, or its key is."""
    return (path / "secret-key").exists() or not any(path.iterdir())


def secret_key() -> str:
    """SECRET_KEY from the environment, else the key kept in var/, made at the first run."""
    given = env.str("SECRET_KEY", "")
    if given:
        return long_enough(given, "SECRET_KEY")
    path = VAR_DIR / "secret-key"
    if not path.exists() and LOOKING.intersection(sys.argv[1:2]):
        return secrets.token_urlsafe(64)  # for this look only
    private_dir(VAR_DIR)
    if not path.exists():
        make_key(path)
    key = path.read_text().strip()
    if len(key) < 50:
        raise ImproperlyConfigured(f"{path} is too short to be a key; delete it.")
    return key


def make_key(path: Path) -> None:
    """Writes a new key to `path`, unless another process that starts now was faster.

    It appears there whole, so that nobody ever reads a part of it.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(64))
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def long_enough(key: str, name: str) -> str:
    """A key that cannot be guessed, or a refusal that names the variable."""
    if len(key) < 50 or len(set(key)) < 5 or key.startswith("django-insecure"):
        raise ImproperlyConfigured(f"{name} needs at least 50 characters of its own, by chance.")
    return key


# A thread keeps its connection: there are as many as threads, which a pool would count once more
# and hand out at every request. A dead one is found before it is used and opened anew. The backend
# is Django's, with an end to waiting for an answer.
POSTGRESQL = {
    "ENGINE": "explainer.postgresql",
    "CONN_MAX_AGE": None,
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": {
        "connect_timeout": 3,
        # A server that has vanished without a word is noticed within half a minute, whether
        # nothing was on its way to it or something was.
        **{"keepalives": 1, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3},
        "tcp_user_timeout": 25_000,  # milliseconds
        # A statement asked for the third time on a connection is prepared there, which halves the
        # work of the server for an answer. A pooler that hands out connections by the transaction
        # cannot keep them: with one, DATABASE_URL ends in ?server_side_binding=false.
        **{"server_side_binding": True, "prepare_threshold": 2},
    },
}


def database() -> dict:
    """DATABASE_URL as Django wants it. SQLite is made safe for many writers and power cuts."""
    config = env.dj_db_url("DATABASE_URL", f"sqlite:///{VAR_DIR / 'afterword.sqlite3'}")
    if config["ENGINE"] == "django.db.backends.postgresql":
        options = POSTGRESQL["OPTIONS"] | config.get("OPTIONS", {})
        return config | POSTGRESQL | {"OPTIONS": options}
    if config["ENGINE"] != "django.db.backends.sqlite3":
        raise ImproperlyConfigured("DATABASE_URL must begin with sqlite:/// or postgres://")
    if config["NAME"] in {"", ":memory:"}:
        raise ImproperlyConfigured("DATABASE_URL must name a file: sqlite:////srv/site.sqlite3")
    if any(is_below(Path(config["NAME"]), folder) for folder in public_folders()):
        raise ImproperlyConfigured("DATABASE_URL names a file that would be readable on the web.")
    # Opening a connection and closing the last one cost more than an answer, so a thread keeps its
    # own; the backend is Django's, with the writers in a queue.
    config |= {"ENGINE": "explainer.sqlite", "CONN_MAX_AGE": None}
    config["OPTIONS"] = {
        # IMMEDIATE takes the write lock at BEGIN; Django's default upgrades a read lock later,
        # which answers "database is locked" to most of a burst.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # FULL is what keeps an acknowledged answer after a power cut.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
    return config


def public_folders() -> list[Path]:
    """What is served under /static/, and what is collected to be."""
    return [static_root(VAR_DIR), *BASE_DIR.glob("*/static")]


def cache() -> dict:
    """CACHE_URL as Django wants it. On Redis with a patience that ends: see explainer.caching."""
    config = env.dj_cache_url("CACHE_URL", "locmem://")
    if config["BACKEND"] == "django.core.cache.backends.redis.RedisCache":
        config["BACKEND"] = "explainer.caching.PatientRedisCache"
    return config


def site_url() -> str:
    """SITE_URL without a trailing slash: the one place that mails, feeds and links take it from."""
    url = env.str("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
    if not re.fullmatch(rf"https?://({HOST})(:\d{{1,5}})?", url, re.IGNORECASE) or not is_port(url):
        raise ImproperlyConfigured("SITE_URL must look like https://example.org, without a path.")
    return url


def site_name() -> str:
    """SITE_NAME: one line that says something."""
    name = env.str("SITE_NAME", "What is…?").strip()
    if not 1 <= len(name) <= 60 or not name.isprintable():
        raise ImproperlyConfigured("SITE_NAME must be a line of 1 to 60 characters.")
    return name


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
        if host.startswith(".") and host.count(".") < 2:
            raise ImproperlyConfigured(f"ALLOWED_HOSTS: {host} is other people's names, too.")
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


def metrics() -> bool:
    """METRICS: whether to count for Prometheus, which needs a package that is not always there."""
    is_wanted = env.bool("METRICS", False)
    if is_wanted and find_spec("prometheus_client") is None:
        raise ImproperlyConfigured("METRICS needs a package: uv sync --extra metrics.")
    return is_wanted


def metrics_token() -> str:
    """METRICS_TOKEN: what a scraper shows to read /metrics; "" for this machine only."""
    token = env.str("METRICS_TOKEN", "")
    if token and (len(token) < 20 or not re.fullmatch(r"[!-~]+", token)):
        raise ImproperlyConfigured("METRICS_TOKEN needs at least 20 characters without spaces.")
    return token


def secret_key_fallbacks() -> list[str]:
    """SECRET_KEY_FALLBACKS: earlier keys, under which cookies are still believed."""
    return [
        long_enough(key, "SECRET_KEY_FALLBACKS") for key in env.list("SECRET_KEY_FALLBACKS", [])
    ]
