"""Machines of their own for the site: network namespaces on this one, joined by virtual cables."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.deploy.proxies import environment, program
from tests.server import ROOT

START_LIMIT = 60  # seconds


class Host:
    """One machine that serves the site at 10.231.<number>.2, seen from here as from a cable."""

    def __init__(self, number: int, folder: Path, **settings: str) -> None:
        self.space = f"aw{os.getpid()}n{number}"
        self.here, self.there = f"10.231.{number}.1", f"10.231.{number}.2"
        self.port = 8000
        self.log = folder / f"{self.space}.log"
        self.folder = folder / self.space
        self.env = environment(**settings, VAR_DIR=str(self.folder))
        self.server: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"http://{self.there}:{self.port}"

    @contextmanager
    def joined(self) -> Iterator[None]:
        """The machine with its cable; skips where this is not permitted."""
        cable = f"awc{os.getpid() % 10_000}x{self.here.split('.')[2]}"
        try:
            ip("netns", "add", self.space)
        except subprocess.CalledProcessError as error:
            pytest.skip(f"no network namespaces here: {error.stderr.strip()}")
        try:
            ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", self.space)
            ip("addr", "add", f"{self.here}/30", "dev", cable)
            ip("link", "set", cable, "up")
            ip("-n", self.space, "addr", "add", f"{self.there}/30", "dev", "eth0")
            ip("-n", self.space, "link", "set", "eth0", "up")
            ip("-n", self.space, "link", "set", "lo", "up")
            yield
        finally:
            self.stop()
            ip("netns", "del", self.space)

    def manage(self, *command: str) -> str:
        """What a manage.py command prints on that machine."""
        done = subprocess.run(
            [*self._inside(), *command],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self) -> None:
        """Serves; returns when it answers."""
        with self.log.open("a") as log:
            self.server = subprocess.Popen(
                [
                    *(*self._inside(), "serve", "--host", self.there, "--port", str(self.port)),
                    *("--processes", "1", "--no-worker"),
                ],
                cwd=ROOT,
                env=self.env,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        deadline = time.monotonic() + START_LIMIT
        while time.monotonic() < deadline:
            assert self.server.poll() is None, self.log.read_text()
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=5):
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    def stop(self) -> None:
        """SIGTERM, as systemd sends it, and waits for the end."""
        if self.server:
            self.server.send_signal(signal.SIGTERM)
            self.server.wait(timeout=30)
            self.server = None

    def _inside(self) -> list[str]:
        return [program("ip"), "netns", "exec", self.space, sys.executable, "manage.py"]


def ip(*command: str) -> None:
    subprocess.run([program("ip"), *command], check=True, capture_output=True, text=True)


@contextmanager
def relay(address: str, url: str, default_port: int) -> Iterator[str]:
    """Lets a machine reach a server that listens on this one's loopback only; yields its url."""
    server = urlsplit(url)
    target = (server.hostname or "127.0.0.1", server.port or default_port)
    with socket.create_server((address, 0)) as listener, ExitStack() as open_sockets:

        def accept() -> None:
            while True:
                try:
                    caller, _from = listener.accept()
                except OSError:
                    return
                try:
                    callee = socket.create_connection(target)
                except OSError:  # busy at this moment: whoever called will call again
                    caller.close()
                    continue
                for one, other in ((caller, callee), (callee, caller)):
                    open_sockets.enter_context(one)
                    threading.Thread(target=pour, args=(one, other), daemon=True).start()

        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        name = f"{server.username}@" if server.username else ""
        netloc = f"{name}{address}:{listener.getsockname()[1]}"
        try:
            # Patient: on a machine that runs other tests, too, a new connection can take seconds.
            query = "connect_timeout=30" if server.scheme.startswith("postgres") else server.query
            yield urlunsplit(server._replace(netloc=netloc, query=query))
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join()


def pour(one: socket.socket, other: socket.socket) -> None:
    """Everything that comes from one goes to the other, until either has gone."""
    try:
        while data := one.recv(65536):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)
    except OSError:
        pass
