"""`deploy-config`: what it prints, and what it refuses to."""

import configparser
import re
import shutil
import subprocess
import tomllib
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command, get_commands

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

    def test_the_image_has_a_python_that_the_project_takes(self):
        base = re.search(r"^FROM python:(\S+)-slim$", text_of("compose", "Dockerfile"), re.M)
        project = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text())["project"]
        assert base
        assert project["requires-python"] == f">={base[1]}"


def test_the_plan_names_only_commands_there_are():
    named = set(re.findall(r"manage\.py ([a-z-]+)", text_of("plan", "growing.md")))
    assert named <= get_commands().keys()
    assert "serve" in named
