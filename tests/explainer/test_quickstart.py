"""`manage.py quickstart`, as a newcomer runs it: a real process, its own data, a free port."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from explainer.management import account
from explainer.management.commands import quickstart
from explainer.serving import listening
from tests.server import ROOT, fresh_database

PROCESSES = 3  # two that answer, and the worker
LIMIT = 90  # seconds after which waiting is given up as a failure
KEPT = {"afterword.sqlite3", "secret-key", "static.stamp"}
pytestmark = pytest.mark.xdist_group("quickstart")


def wait_until(condition: Callable[[], object], why: Callable[[], str] = str) -> object:
    """Returns the first thing that is true; fails with `why` when nothing ever is."""
    deadline = time.monotonic() + LIMIT
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError(why())


@dataclass
class Place:
    """A data folder of its own, and the environment that leads there."""

    var: Path
    env: dict[str, str]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One command to its end."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )

    def python(self, code: str) -> str:
        """What a line of Python on the site's data prints."""
        done = self.run("shell", "--verbosity=0", "-c", code)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    @contextmanager
    def serve(self, *arguments: str) -> Iterator["Running"]:
        """quickstart on a free port, from its first answer on; killed if it is still there."""
        log = self.var.parent / f"quickstart-{time.monotonic_ns()}.log"
        with log.open("w") as out:
            process = subprocess.Popen(
                [sys.executable, "manage.py", "quickstart", "--port", "0", *arguments],
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        running = Running(process, log)
        try:
            wait_until(running.is_serving, log.read_text)
            yield running
        finally:
            process.kill()
            process.wait()


@dataclass
class Running:
    """A quickstart that serves."""

    process: subprocess.Popen
    log: Path

    @property
    def output(self) -> str:
        return self.log.read_text()

    @property
    def url(self) -> str:
        found = re.search(r"^Serving at (http://\S+)/ ", self.output, re.MULTILINE)
        return found[1] if found else ""

    def is_serving(self) -> bool:
        assert self.process.poll() is None, self.output
        return bool(self.url) and self.get("/healthz")[0] == 200

    def get(self, path: str) -> tuple[int, str]:
        """The status and the text at a path of the site."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=30) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def children(self) -> list[int]:
        """The process ids of the web processes and the worker."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(pid) for task in tasks for pid in task.read_text().split()]

    def stop(self, number: int) -> int:
        """Sends a signal; the exit code, within ten seconds."""
        self.process.send_signal(number)
        return self.process.wait(timeout=10)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("quickstart")
    unset = {"SECRET_KEY", "SITE_URL", "VAR_DIR", "DATABASE_URL", "DEBUG"}
    env = {name: value for name, value in os.environ.items() if name not in unset}
    env["DJANGO_SETTINGS_MODULE"] = "explainer.settings"
    env["VAR_DIR"] = str(folder / "var")
    with fresh_database(folder / "var") as database:
        if database.startswith("postgres"):
            env["DATABASE_URL"] = database
        yield Place(folder / "var", env)


@pytest.fixture(scope="module")
def first(place: Place) -> Iterator[Running]:
    """The first run, on nothing."""
    with place.serve() as running:
        yield running


@pytest.fixture
def ready(first: Running, place: Place) -> Place:
    """The place once the first run has prepared it."""
    return place


class TestFirstRun:
    @pytest.mark.parametrize("path", ["/", "/articles/isekai/", "/topics/", "/robots.txt"])
    def test_the_site_answers(self, first, path):
        assert first.get(path)[0] == 200

    def test_style_sheets_and_scripts_are_served(self, first):
        page = first.get("/articles/isekai/")[1]
        files = re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"', page)
        assert any(name.endswith(".css") for name in files)
        assert {first.get(name)[0] for name in files} == {200}

    def test_it_says_in_short_lines_what_it_does(self, first):
        lines = first.output.splitlines()
        assert lines[0].startswith("Data folder: ")
        assert any(re.match(r"Database: .*, \d+ steps to go\.", line) for line in lines)
        assert "Style sheets and scripts: collecting." in lines
        assert "Starter articles: 4 added." in lines
        assert "Press Ctrl+C to stop." in first.output

    def test_pages_name_the_address_that_is_served(self, first):
        assert f"Sitemap: {first.url}/sitemap.xml" in first.get("/robots.txt")[1]

    def test_what_it_keeps_is_private(self, first, place):
        assert place.var.stat().st_mode & 0o777 == 0o700
        modes = {path.name: path.stat().st_mode & 0o777 for path in place.var.iterdir()}
        assert modes["static"] == 0o700
        assert {modes[name] for name in KEPT & set(modes)} == {0o600}

    def test_the_password_it_prints_opens_the_admin_panel_and_is_kept_nowhere(self, first, place):
        name, password = re.search(
            r"^Admin account: (\S+), password (\S+) \(shown only this once\)\.$",
            first.output,
            re.MULTILINE,
        ).groups()
        assert self.may_enter(first.url, name, password)
        assert not self.may_enter(first.url, name, password[::-1])
        kept = [path for path in place.var.iterdir() if path.name in KEPT]
        assert kept
        assert not [path for path in kept if password.encode() in path.read_bytes()]

    @staticmethod
    def may_enter(url: str, name: str, password: str) -> bool:
        """Whether the admin's log-in form lets that pair in."""
        jar = CookieJar()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        browser.open(f"{url}/admin/login/").read()
        token = next(cookie.value for cookie in jar if "csrf" in cookie.name)
        form = {"csrfmiddlewaretoken": token, "username": name, "password": password}
        data = urllib.parse.urlencode(form | {"next": "/admin/"}).encode()
        request = urllib.request.Request(f"{url}/admin/login/", data, {"Origin": url})
        return browser.open(request).url == f"{url}/admin/"

    @pytest.mark.skipif(not Path("/proc").is_dir(), reason="NOT TESTED: no /proc to look in")
    def test_a_process_that_dies_is_started_again(self, first):
        for killed in first.children():
            os.kill(killed, signal.SIGKILL)
            wait_until(
                lambda killed=killed: len(set(first.children()) - {killed}) == PROCESSES,
                lambda: first.output,
            )
            assert first.get("/healthz")[0] == 200
        assert "The worker ended (exit code -9)." in first.output
        assert first.output.count("A web process ended (exit code -9).") == 2

    def test_a_taken_port_is_one_sentence_before_anything_is_made(self, first, place, tmp_path):
        port = urllib.parse.urlsplit(first.url).port
        elsewhere = Place(tmp_path / "var", place.env | {"VAR_DIR": str(tmp_path / "var")})
        done = elsewhere.run("quickstart", "--port", str(port))
        assert done.returncode == 1
        assert done.stderr == (
            f"Port {port} is taken by another program, perhaps by this site already. "
            "Choose another with --port.\n"
        )
        assert [path.name for path in elsewhere.var.iterdir()] == ["secret-key"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_every_process_cleanly(ready, number):
    with ready.serve() as running:
        children = running.children()
        assert running.stop(number) == 0
        assert not [pid for pid in children if is_alive(pid)]
        assert running.output.endswith("\nStopped.\n")
        assert "Traceback" not in running.output


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="NOT TESTED: no /proc to look in")
def test_every_process_goes_when_quickstart_is_killed(ready):
    with ready.serve() as running:
        children = running.children()
        assert len(children) == PROCESSES
        running.process.kill()
        wait_until(lambda: not any(is_alive(pid) for pid in children))


STATE = """
import json
from django.contrib.auth.models import User
from explainer.models import Article, Example
tables = [model.objects.order_by("pk").values() for model in (Article, Example, User)]
print(json.dumps([list(table) for table in tables], default=str))
"""
EDITS = """
from django.contrib.auth.models import User
from explainer.models import Article, Example
Article.objects.filter(slug="isekai").update(title="Ed was here", body="Short.")
Article.objects.filter(slug="kishotenketsu").update(status="draft")
Example.objects.filter(article__slug="isekai").delete()
User.objects.filter(is_superuser=True).update(email="ed@example.org")
"""


def test_a_second_run_changes_nothing_that_an_editor_wrote(ready):
    before = json.loads(ready.python(EDITS + STATE).splitlines()[-1])
    done = ready.run("quickstart", "--no-serve")
    assert done.returncode == 0, done.stderr
    assert json.loads(ready.python(STATE)) == before
    _folder, database, *steps = done.stdout.splitlines()
    assert database.endswith(", up to date.")
    assert steps == [
        "Style sheets and scripts: nothing changed.",
        "Starter articles: nothing to add.",
        "Admin account: there is one.",
        "Ready.",
    ]


@pytest.mark.parametrize("number", ["0", "65", "two", "-1"])
def test_a_number_of_processes_that_is_none_is_refused(number):
    with pytest.raises(CommandError, match="choose one from 1 to 64"):
        call_command("quickstart", f"--processes={number}")


@pytest.mark.parametrize("port", ["http", "-1", "65536", "80.5", ""])
def test_a_port_that_is_none_is_refused(port):
    with pytest.raises(CommandError, match="choose a number from 1 to 65535"):
        call_command("quickstart", f"--port={port}")


def test_a_database_that_does_not_answer_is_one_sentence(place, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    url = f"postgres://ed:secret@127.0.0.1:{port}/site"
    env = place.env | {"DATABASE_URL": url, "VAR_DIR": str(tmp_path / "var")}
    done = Place(tmp_path / "var", env).run("quickstart", "--no-serve")
    assert done.returncode == 1
    assert done.stderr.startswith("The database did not do as asked. ")
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr


class TestListening:
    def test_an_address_of_another_machine_is_refused(self):
        with pytest.raises(listening.CannotListenError, match="is no address of this machine"):
            listening.listen("203.0.113.9", 0)

    @pytest.mark.parametrize(
        ("host", "url"),
        [
            ("127.0.0.1", "http://127.0.0.1:8000"),
            ("0.0.0.0", "http://127.0.0.1:8000"),
            ("::1", "http://[::1]:8000"),
            ("site.example", "http://site.example:8000"),
        ],
    )
    def test_the_address_to_type_is_printed(self, host, url):
        assert listening.address(host, 8000) == url


@pytest.mark.django_db
class TestAdminAccount:
    @pytest.fixture
    def typed(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """What somebody types at the terminal, line by line."""
        lines: list[str] = []
        monkeypatch.setattr("builtins.input", lambda _prompt: lines.pop(0))
        monkeypatch.setattr(account.getpass, "getpass", lambda _prompt: lines.pop(0))
        return lines

    def test_a_terminal_is_asked_for_name_and_password(self, typed):
        typed += ["ed", "a long password", "a long password"]
        assert account.ask(print) == ("ed", "a long password")

    def test_nothing_typed_means_admin_and_a_password_made(self, typed):
        typed += ["", ""]
        assert account.ask(print) == ("admin", "")

    def test_what_cannot_be_is_explained_and_asked_again(self, typed, capsys, django_user_model):
        django_user_model.objects.create_user("hana")
        typed += ["ed", "one password", "another password"]
        typed += ["ed", "12345678", "12345678"]
        typed += ["hana", "a long password", "a long password"]
        typed += ["ed", "a long password", "a long password"]
        assert account.ask(print) == ("ed", "a long password")
        said = capsys.readouterr().out
        assert "The two differ" in said
        assert "too common" in said
        assert "already exists" in said

    def test_an_account_that_is_no_admin_is_never_made_one(self, django_user_model, capsys):
        old = django_user_model.objects.create_user("admin")
        quickstart.Command().make_admin()
        old.refresh_from_db()
        assert not old.is_superuser
        assert "Admin account: admin2, password " in capsys.readouterr().out

    def test_no_second_admin_is_made(self, django_user_model, capsys):
        django_user_model.objects.create_superuser("ed", is_active=False)
        quickstart.Command().make_admin()
        assert django_user_model.objects.count() == 1
        assert "password" not in capsys.readouterr().out

    def test_two_made_passwords_differ(self):
        made = {account.make_password() for _ in range(50)}
        assert len(made) == 50
        assert all(re.fullmatch(r"(\w{4}-){3}\w{4}", password) for password in made)
