"""Settings come from the environment; one that makes no sense is refused in a sentence."""

import os
import re
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from environs.exceptions import EnvError

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = "".join(
    (ROOT / "explainer" / name).read_text(encoding="utf-8")
    for name in ("environment.py", "settings.py")
)
NAMES = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', SETTINGS))
GOOD_KEY = "a-key-of-the-operators-own-" + "0123456789" * 4

NONSENSE = {
    "ALLOWED_HOSTS": ["https://example.org/", "example.org, two words", "*"],
    "CACHE_URL": ["nonsense", "ftp://example.org"],
    "DATABASE_URL": ["nonsense", "mysql://example.org/site", "sqlite://:memory:", ""],
    "DEBUG": ["perhaps", "2"],
    "HSTS_SECONDS": ["-1", "a year", "1.5"],
    "LANGUAGE_CODE": ["English", "xx", "en_GB", ""],
    "LOG_FORMAT": ["JSON", "text", ""],
    "LOG_LEVEL": ["LOUD", "info", ""],
    "METRICS": ["perhaps", "2"],
    "METRICS_TOKEN": ["short", "a token with spaces in it"],
    "MODERATION_LOG_PUBLIC": ["perhaps", "2"],
    "SECRET_KEY": ["short", "django-insecure-" + "x" * 60],
    "SECRET_KEY_FALLBACKS": [f"{GOOD_KEY},short"],
    "SITE_NAME": ["", "x" * 61],
    "SITE_URL": [
        "example.org",
        "ftp://example.org",
        "https://example.org/blog",
        "https://example.org?page=1",
        "https://user@example.org",
        "https://two words.example",
        "https://example.org:99999",
        "https://",
        "",
    ],
    "SLOW_QUERY_MS": ["0", "-5", "soon"],
    "TIME_ZONE": ["Mars/Olympus", "CEST", ""],
    "TRUSTED_PROXIES": ["everybody", "10.0.0.1/99", "10.0.0.1/8"],
    "VAR_DIR": [str(ROOT / "manage.py")],
}

Read = Callable[..., dict]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Read:
    """The settings as they are with nothing set but what is given."""

    def read(**given: str) -> dict:
        for name in NAMES:
            monkeypatch.delenv(name, raising=False)
        for name, value in ({"VAR_DIR": str(tmp_path / "var")} | given).items():
            monkeypatch.setenv(name, value)
        monkeypatch.delitem(sys.modules, "explainer.environment", raising=False)
        return runpy.run_path(str(ROOT / "explainer" / "settings.py"))

    return read


@pytest.fixture
def check(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs `manage.py check` with nothing set but what is given."""
    unset = {"DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE", *NAMES}
    env = {name: value for name, value in os.environ.items() if name not in unset}

    def check(*arguments: str, **given: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", "check", *arguments],
            cwd=ROOT,
            env=env | {"VAR_DIR": str(tmp_path / "var")} | given,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return check


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in NONSENSE.items() for value in values]
)
def test_a_value_that_makes_no_sense_is_refused_by_the_name_of_its_variable(read, name, value):
    with pytest.raises((ImproperlyConfigured, EnvError), match=name) as refused:
        read(**{name: value})
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("name", NONSENSE)
def test_a_command_says_so_in_one_sentence_and_fails(check, name):
    done = check(**{name: NONSENSE[name][0]})
    assert done.returncode == 1
    assert re.fullmatch(rf"A setting is wrong\. .*{name}.*\n", done.stderr), done.stderr


def test_every_variable_has_a_value_that_is_refused():
    assert set(NONSENSE) == NAMES


def test_the_readme_lists_every_variable():
    table = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Settings")[2]
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE)) == NAMES


def test_nothing_needs_to_be_set(check):
    done = check("--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


def test_sense_is_not_refused(read):
    found = read(
        ALLOWED_HOSTS="www.example.org,.example.net,[::1]",
        SECRET_KEY=GOOD_KEY,
        SECRET_KEY_FALLBACKS=GOOD_KEY[::-1],
        SITE_URL="https://example.org:8443/",
        TIME_ZONE="Europe/Berlin",
        TRUSTED_PROXIES="10.0.0.0/8, ::1",
    )
    assert found["SITE_URL"] == "https://example.org:8443"
    hosts = ["example.org", "www.example.org", ".example.net", "[::1]"]
    assert found["ALLOWED_HOSTS"] == hosts
    assert found["SECRET_KEY_FALLBACKS"] == [GOOD_KEY[::-1]]
    assert found["SECURE_SSL_REDIRECT"] is found["SESSION_COOKIE_SECURE"] is True


def test_debug_is_off_unless_asked_for(read):
    assert read()["DEBUG"] is False
    assert read(DEBUG="true")["DEBUG"] is True


def test_a_secret_key_is_made_once_and_kept_private(read, tmp_path):
    first, second = read(), read()
    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert len(first["SECRET_KEY"]) >= 50
    var = tmp_path / "var"
    assert var.stat().st_mode & 0o777 == 0o700
    assert (var / "secret-key").stat().st_mode & 0o777 == 0o600


def test_two_sites_have_two_keys(read, tmp_path):
    assert read()["SECRET_KEY"] != read(VAR_DIR=str(tmp_path / "other"))["SECRET_KEY"]


def test_a_key_of_the_operators_own_is_not_written_down(read, tmp_path):
    assert read(SECRET_KEY=GOOD_KEY)["SECRET_KEY"] == GOOD_KEY
    assert not (tmp_path / "var" / "secret-key").exists()


def test_a_damaged_key_file_is_refused(read, tmp_path):
    read()
    (tmp_path / "var" / "secret-key").write_text("short")
    with pytest.raises(ImproperlyConfigured, match="too short to be a key"):
        read()


def test_sqlite_keeps_what_it_has_acknowledged(read):
    options = read()["DATABASES"]["default"]["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]
    assert "synchronous=FULL" in options["init_command"]


def test_postgresql_is_chosen_by_its_address(read):
    config = read(DATABASE_URL="postgres://ed:word@db.example:5433/site")["DATABASES"]["default"]
    assert config["ENGINE"] == "django.db.backends.postgresql"
    assert (config["HOST"], config["PORT"], config["NAME"]) == ("db.example", 5433, "site")
    assert config["OPTIONS"]["connect_timeout"] == 3
    chosen = read(DATABASE_URL="postgres://db.example/site?sslmode=require&connect_timeout=9")
    options = chosen["DATABASES"]["default"]["OPTIONS"]
    assert (options["sslmode"], options["connect_timeout"]) == ("require", 9)
    assert options["keepalives_idle"] == 10


def test_a_public_site_behind_a_proxy_passes_djangos_own_list(check):
    done = check(
        "--deploy",
        "--fail-level",
        "WARNING",
        SITE_URL="https://example.org",
        TRUSTED_PROXIES="127.0.0.1/32",
        SECRET_KEY=GOOD_KEY,
    )
    assert done.returncode == 0, done.stderr


def test_that_list_would_notice(check):
    done = check("--deploy", "--fail-level", "WARNING", SITE_URL="http://example.org")
    assert done.returncode == 1
    assert "security.W008" in done.stderr
