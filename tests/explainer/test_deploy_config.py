"""`deploy-config`: what it prints, and what it refuses to."""

import configparser
import re
import shutil
import subprocess
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command, get_commands
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from explainer.deploy.facts import Facts, NotPrintableError
from explainer.deploy.printing import KINDS, files

UNITS = ("afterword.service", "afterword-worker.service", "afterword-backup.service")


def text_of(kind: str, name: str, **options: object) -> str:
    return next(file.text for file in files(kind, Facts(**options)) if file.name == name)


def test_the_command_has_the_name_it_is_called_by():
    assert get_commands()["deploy-config"] == "explainer"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_printed_without_a_hole(kind):
    out = StringIO()
    call_command("deploy-config", kind, stdout=out)
    assert len(out.getvalue()) > 1000
    assert "UNKNOWN" not in out.getvalue()
    assert "{{" not in out.getvalue()
    assert "{%" not in out.getvalue()


def test_files_are_written_and_none_is_overwritten(tmp_path):
    call_command("deploy-config", "compose", into=tmp_path, stdout=StringIO())
    names = {path.name for path in tmp_path.iterdir()}
    assert names == set(KINDS["compose"])
    with pytest.raises(CommandError, match="there already"):
        call_command("deploy-config", "compose", into=tmp_path, stdout=StringIO())


@pytest.mark.parametrize(
    "given",
    [
        {"hosts": ("a:8000; include /etc/passwd",)},
        {"hosts": ("a",)},
        {"listen": ("80 default_server",)},
        {"server_name": "a;b"},
        {"server_name": "a\nb"},
        {"cache_dir": "relative"},
        {"log_dir": "/var/log/with space"},
        {"tls_cert": "/etc/cert.pem"},
        {"tls_cert": "/etc/$cert", "tls_key": "/etc/key"},
        {"behind": ("0.0.0.0/0",)},
        {"behind": ("::/0",)},
        {"behind": ("nonsense",)},
        {"user": "root; rm"},
        {"static_root": "/srv/assets/{x}"},
        {"port": 99_999_999},
        {"port": 0},
        {"port": -1},
        {"hosts": ("a:99999",)},
        {"hosts": ("a..b:80",)},
        {"listen": ("0",)},
        {"listen_plain": ("a:70000",)},
        {"processes": 0},
    ],
    ids=str,
)
def test_what_would_break_out_of_a_configuration_is_refused(given):
    with pytest.raises(NotPrintableError):
        Facts(**given)


def test_an_https_site_that_nobody_ends_tls_for_is_refused():
    with pytest.raises(NotPrintableError, match="--tls-cert"):
        files("nginx", Facts(site_url="https://example.org"))
    assert files("nginx", Facts(site_url="https://example.org", behind=("10.0.0.0/8",)))
    assert files("caddy", Facts(site_url="https://example.org"))


def test_a_refusal_is_a_sentence_on_the_terminal():
    with pytest.raises(CommandError, match="name:port"):
        call_command("deploy-config", "nginx", hosts=("a",), stdout=StringIO())


class TestStaticFiles:
    """A proxy serves them itself where it may read them, and says how where it may not."""

    @pytest.mark.parametrize(
        ("kind", "name", "line"),
        [
            ("nginx", "nginx.conf", "root /srv/afterword;"),
            ("caddy", "Caddyfile", "root * /srv/afterword"),
        ],
    )
    def test_where_they_lie(self, kind, name, line):
        outside = text_of(kind, name, static_root="/srv/afterword/static")
        inside = text_of(kind, name, static_root=f"{settings.VAR_DIR}/static")
        assert line in outside
        assert "STATIC_ROOT=" not in outside
        assert f"{settings.VAR_DIR};" not in inside
        assert "With STATIC_ROOT=" in " ".join(inside.replace("#", "").split())


def test_every_package_has_one_version():
    """What the project asks for stands in pyproject.toml, and what that asks for, too."""
    project = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text())
    asked = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["metrics"],
        *project["dependency-groups"]["dev"],
        *project["tool"]["uv"]["constraint-dependencies"],
    ]
    pinned = {}
    for line in asked:
        said = Requirement(line)
        assert str(said.specifier).startswith("=="), line
        pinned[canonicalize_name(said.name)] = str(said.specifier).removeprefix("==")
    assert installed_with(pinned) == {}


def installed_with(pinned: dict[str, str]) -> dict[str, str]:
    """What is installed for these and for what they ask for, but not in the version pinned."""
    waiting, seen, wrong = [(name, "") for name in pinned], set(), {}
    while waiting:
        name, extra = waiting.pop()
        try:
            found = distribution(name)
        except PackageNotFoundError:  # of another platform, or a group that is not installed
            continue
        if pinned.get(name) != found.version:
            wrong[name] = found.version
        for line in found.requires or []:
            said = Requirement(line)
            if said.marker is None or said.marker.evaluate({"extra": extra}):
                wanted = [(canonicalize_name(said.name), more) for more in ("", *said.extras)]
                waiting += [one for one in wanted if one not in seen]
                seen.update(wanted)
    return wrong


class TestSystemd:
    @pytest.mark.parametrize("name", UNITS)
    def test_a_unit_may_do_little(self, name):
        text = text_of("systemd", name)
        for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet="):
            assert f"\n{line}\n" in text, line
        assert f"ReadWritePaths={settings.VAR_DIR}" in text

    def test_it_serves_as_the_options_say(self):
        text = text_of("systemd", "afterword.service", port=8123, processes=3)
        assert "manage.py serve --host 127.0.0.1 --port 8123 --processes 3\n" in text

    def test_systemd_takes_them(self, tmp_path):
        analyze = shutil.which("systemd-analyze")
        if not analyze:
            pytest.skip("systemd-analyze is not installed")
        call_command("deploy-config", "systemd", user="root", into=tmp_path, stdout=StringIO())
        units = sorted(str(path) for path in tmp_path.iterdir())
        done = subprocess.run([analyze, "verify", *units], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""

    def test_a_backup_of_the_night_is_proved(self):
        assert "manage.py backup --keep 14 --verify\n" in text_of("systemd", UNITS[2])

    def test_the_units_and_the_site_name_one_folder_of_static_files(self):
        for name in UNITS:
            text = text_of("systemd", name, static_root="/srv/afterword/static")
            assert "STATIC_ROOT=/srv/afterword/static " in text

    def test_every_line_is_a_setting(self):
        for name in KINDS["systemd"]:
            parser = configparser.ConfigParser(strict=False, interpolation=None)
            parser.read_string(text_of("systemd", name))
            assert {"Unit"} < set(parser.sections())


class TestCompose:
    """No engine runs here: what is checked is the shape, and what the files say of each other."""

    def test_its_parts_are_there(self):
        text = text_of("compose", "compose.yaml")
        services = text.partition("\nservices:\n")[2].partition("\nvolumes:\n")[0]
        names = re.findall(r"^  ([a-z0-9-]+):$", services, re.MULTILINE)
        assert names == ["prepare", "app-1", "app-2", "worker", "nginx", "postgres", "valkey"]
        assert "\t" not in text
        for anchor in re.findall(r"<<: \*([a-z]+)", text):
            assert f"&{anchor}" in text

    def test_no_secret_is_written_into_it(self):
        text = text_of("compose", "compose.yaml")
        assert settings.SECRET_KEY not in text
        assert "${SECRET_KEY:?" in text
        assert "${POSTGRES_PASSWORD:?" in text

    def test_the_proxy_asks_both_hosts(self):
        text = text_of("compose", "nginx.conf")
        assert text.count("server app-1:8000 ") == text.count("server app-2:8000 ") == 2

    def test_the_image_holds_no_data(self):
        ignored = text_of("compose", "Dockerfile.dockerignore").splitlines()
        assert {"var", ".git", ".env"} <= set(ignored)

    def test_everything_the_image_is_made_of_is_in_the_repository(self):
        if not (Path(settings.BASE_DIR) / ".git").exists():
            pytest.skip("this is no clone")
        command = ["git", "ls-files", "--cached"]
        done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True)
        kept = set(done.stdout.split())
        copied = re.findall(r"^COPY (.+) \S+$", text_of("compose", "Dockerfile"), re.M)
        sources = {source for line in copied for source in line.split()} - {"."}
        assert sources
        assert sources <= kept

    def test_the_proxy_sees_what_is_public_and_nothing_else(self):
        text = text_of("compose", "compose.yaml")
        proxy = text.partition("\n  nginx:\n")[2].partition("\n  postgres:\n")[0]
        assert "- public:/public:ro" in proxy
        assert "data:" not in proxy
        assert "STATIC_ROOT=/public/static" in text_of("compose", "Dockerfile")
        assert "root /public;" in text_of("compose", "nginx.conf")

    def test_the_image_has_a_python_that_the_project_takes(self):
        base = re.search(r"^FROM python:(\S+)-slim$", text_of("compose", "Dockerfile"), re.M)
        project = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text())["project"]
        assert base
        assert project["requires-python"] == f">={base[1]}"


def test_the_plan_names_only_commands_there_are():
    named = set(re.findall(r"manage\.py ([a-z-]+)", text_of("plan", "growing.md")))
    assert named <= get_commands().keys()
    assert "serve" in named
