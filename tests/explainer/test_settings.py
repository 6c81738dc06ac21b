"""Settings come from the environment; one that makes no sense is refused in a sentence."""

import os
import re
import runpy
import subprocess
import sys
from collections.abc import Callable
from functools import partial
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

# Where a database would be served to everybody, or collected to be.
PUBLIC = [f"sqlite:///{ROOT / 'polls' / 'static' / 'polls' / 'site.sqlite3'}"]

NONSENSE = {
    "ALLOWED_HOSTS": ["https://example.org/", "example.org, two words", "*", ".org", "a..b"],
    "CACHE_URL": ["nonsense", "ftp://example.org"],
    "DATABASE_URL": ["nonsense", "mysql://example.org/site", "sqlite://:memory:", "", *PUBLIC],
    "DEBUG": ["perhaps", "2"],
    "HSTS_SECONDS": ["-1", "a year", "1.5"],
    "LANGUAGE_CODE": ["English", "xx", "en_GB", ""],
    "LOG_FORMAT": ["JSON", "text", ""],
    "LOG_LEVEL": ["LOUD", "info", ""],
    "METRICS": ["perhaps", "2"],
    "METRICS_TOKEN": ["short", "a token with spaces in it"],
    "MODERATION_LOG_PUBLIC": ["perhaps", "2"],
    "SECRET_KEY": ["short", "django-insecure-" + "x" * 60, "x" * 60, "abcd" * 20],
    "SECRET_KEY_FALLBACKS": [f"{GOOD_KEY},short", f"{GOOD_KEY},{'x' * 60}"],
    "SITE_NAME": ["", " ", "two\nlines", "x" * 61],
    "SITE_URL": [
        "example.org",
        "ftp://example.org",
        "https://example.org/blog",
        "https://example.org?page=1",
        "https://user@example.org",
        "https://two words.example",
        "https://example.org:99999",
        "https://a..b",
        "https://a.-b",
        "https://",
        "",
    ],
    "STATIC_ROOT": ["", "static", "/srv/assets", "/"],
    "SLOW_QUERY_MS": ["0", "-5", "soon"],
    "TIME_ZONE": ["Mars/Olympus", "CEST", ""],
    "TRUSTED_PROXIES": ["everybody", "10.0.0.1/99", "10.0.0.1/8"],
    "VAR_DIR": [str(ROOT / "manage.py"), "", " "],
}

Read = Callable[..., dict]
Run = Callable[..., subprocess.CompletedProcess[str]]


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
def run(tmp_path: Path) -> Run:
    """Runs a command of manage.py with nothing set but what is given."""
    unset = {"DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE", *NAMES}
    env = {name: value for name, value in os.environ.items() if name not in unset}

    def run(*command: str, **given: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=env | {"VAR_DIR": str(tmp_path / "var")} | given,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


@pytest.fixture
def check(run: Run) -> Run:
    """Runs `manage.py check` with nothing set but what is given."""
    return partial(run, "check")


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


def test_debug_is_refused_where_others_could_see_it(read):
    with pytest.raises(ImproperlyConfigured, match="DEBUG"):
        read(DEBUG="true", SITE_URL="http://example.org")
    assert read(DEBUG="true", SITE_URL="http://localhost:8000")["DEBUG"] is True


def test_no_database_lies_where_everybody_may_read(read, tmp_path):
    static = tmp_path / "var" / "static"
    (tmp_path / "detour").symlink_to(static)
    for place in (static / "site.sqlite3", static / "x/y.db", tmp_path / "detour" / "site.sqlite3"):
        with pytest.raises(ImproperlyConfigured, match=r"DATABASE_URL.*readable on the web"):
            read(DATABASE_URL=f"sqlite:///{place}")
    public = tmp_path / "public" / "static"
    with pytest.raises(ImproperlyConfigured, match="readable on the web"):
        read(STATIC_ROOT=str(public), DATABASE_URL=f"sqlite:///{public / 'site.sqlite3'}")
    with pytest.raises(ImproperlyConfigured, match="STATIC_ROOT"):
        read(STATIC_ROOT=str(public), VAR_DIR=str(public / "var"))
    assert read(STATIC_ROOT=str(public))["STATIC_ROOT"] == public
    assert read()["STATIC_ROOT"] == static


@pytest.mark.parametrize("network", ["0.0.0.0/0", "::/0", "64.0.0.0/3"])
def test_everybody_is_no_proxy(check, network):
    done = check("--fail-level", "WARNING", TRUSTED_PROXIES=f"127.0.0.1/32,{network}")
    assert done.returncode == 1
    assert "TRUSTED_PROXIES" in done.stderr
    assert network in done.stderr


class TestFolder:
    """The folder of the data is closed to others, unless other things are in it."""

    def test_one_that_was_made_by_hand(self, read, tmp_path):
        var = tmp_path / "var"
        var.mkdir(mode=0o755)
        read()
        assert var.stat().st_mode & 0o777 == 0o700
        var.chmod(0o755)
        read()  # its key is there
        assert var.stat().st_mode & 0o777 == 0o700

    def test_one_that_others_may_need(self, read, tmp_path):
        (tmp_path / "var").mkdir(mode=0o755)
        (tmp_path / "var" / "somebody.txt").touch()
        read()
        assert (tmp_path / "var").stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("command", [["deploy-config", "nginx"], ["doctor"]])
@pytest.mark.parametrize("is_there", [False, True])
def test_who_only_looks_leaves_nothing_behind(run, tmp_path, command, is_there):
    if is_there:
        (tmp_path / "var").mkdir()
    done = run(*command)
    assert done.returncode in {0, 1}
    assert "Traceback" not in done.stderr
    assert list(tmp_path.rglob("*")) == [tmp_path / "var"] * is_there
    assert not is_there or (tmp_path / "var").stat().st_mode & 0o777 == 0o755


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
    assert config["ENGINE"] == "explainer.postgresql"
    assert (config["HOST"], config["PORT"], config["NAME"]) == ("db.example", 5433, "site")
    assert config["OPTIONS"]["connect_timeout"] == 3
    chosen = read(DATABASE_URL="postgres://db.example/site?sslmode=require&connect_timeout=9")
    options = chosen["DATABASES"]["default"]["OPTIONS"]
    assert (options["sslmode"], options["connect_timeout"]) == ("require", 9)
    assert options["keepalives_idle"] == 10


def test_a_pooler_of_transactions_is_asked_for_no_prepared_statement(read):
    options = read(DATABASE_URL="postgres://db.example/site")["DATABASES"]["default"]["OPTIONS"]
    assert options["server_side_binding"] is True  # Django compares with `is`
    chosen = read(DATABASE_URL="postgres://db.example/site?server_side_binding=false")
    assert chosen["DATABASES"]["default"]["OPTIONS"]["server_side_binding"] is not True


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
