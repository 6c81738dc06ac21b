"""Real proxies with the very configuration that `deploy-config` prints."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.server import ROOT, wait_for

# nginx's own frame, as Debian ships it in short. The site file stands inside.
FRAME = """
worker_processes 2;
pcre_jit on;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log notice;
events {{ worker_connections 4096; }}
http {{
  include {types};
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  access_log off;
  include {folder}/site.conf;
}}
"""
TYPES = Path("/etc/nginx/mime.types")


def program(name: str) -> str:
    """The path of a program; the test is skipped where it is not installed."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if not found:
        assert not os.environ.get(f"REQUIRE_{name.upper()}"), f"{name} is not installed"
        pytest.skip(f"{name} is not installed")
    return found


def printed(*command: str, **settings: str) -> str:
    """What `deploy-config` prints under these settings."""
    made = subprocess.run(
        [sys.executable, "manage.py", "deploy-config", *command],
        cwd=ROOT,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert made.returncode == 0, made.stderr
    return made.stdout


def environment(**settings: str) -> dict[str, str]:
    """The environment of a command on the site, with a key and without this run's test settings."""
    base = os.environ | {"DJANGO_SETTINGS_MODULE": "explainer.settings"}
    return base | {"SECRET_KEY": "only-for-tests-" + "x" * 50} | settings


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter: root's nginx gives its processes away to somebody else."""
    with tempfile.TemporaryDirectory(prefix="afterword-proxy-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@contextmanager
def nobody() -> Iterator[int]:
    """A port at which nobody answers, and that nobody else is given."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@contextmanager
def caddy(folder: Path, site: str, port: int) -> Iterator[subprocess.Popen]:
    """Caddy with a Caddyfile."""
    (folder / "Caddyfile").write_text(site)
    command = [program("caddy"), "run", "--adapter", "caddyfile"]
    command += ["--config", str(folder / "Caddyfile")]
    with running(command, folder / "caddy.log", port) as process:
        yield process


def frame(folder: Path, site: str) -> Path:
    """A whole nginx configuration around a site file; returns its path."""
    (folder / "site.conf").write_text(site)
    path = folder / "nginx.conf"
    path.write_text(FRAME.format(folder=folder, types=TYPES))
    return path


def check(folder: Path, site: str) -> str:
    """What `nginx -t` says of a site file."""
    path = frame(folder, site)
    command = [program("nginx"), "-t", "-q", "-c", str(path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=20).stderr


@contextmanager
def running(command: list[str], log: Path, port: int, within: tuple[str, ...] = ()) -> Iterator:
    """A server as a child process from the moment its port answers; stopped at the end."""
    with log.open("w") as said:
        process = subprocess.Popen([*within, *command], stdout=said, stderr=said)
        try:
            if not within:
                wait_for_port(port, process, log)
            yield process
        finally:
            process.terminate()
            process.wait(timeout=20)


def wait_for_port(port: int, process: subprocess.Popen, log: Path) -> None:
    """Returns when somebody listens; fails with the process's own words when it ends instead."""
    wait_for(lambda: socket.create_connection(("127.0.0.1", port), timeout=1), process, log)


@contextmanager
def nginx(folder: Path, site: str, port: int) -> Iterator[subprocess.Popen]:
    """nginx with a site file."""
    command = [program("nginx"), "-c", str(frame(folder, site))]
    with running(command, folder / "nginx.log", port) as process:
        yield process
