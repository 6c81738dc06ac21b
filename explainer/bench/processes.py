"""Programs the bench starts: each waited for until it answers, and stopped with all it started."""

import http.client
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from django.conf import settings

from explainer.bench import NotMeasuredError, machine

HOST = "127.0.0.1"
PORTS = range(10_000, 30_000)  # below those that systems give to outgoing connections
PATIENCE = 60  # seconds until a program that has not answered counts as broken
PEACE = 15  # seconds to stop in before it is killed
PAUSE = 0.005  # seconds between two attempts
SAID = 3  # last lines of a program's output, given as the reason
# What a program needs from us. Nothing of the operator's settings: they are another site's.
KEPT = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "VIRTUAL_ENV")


def environment(**more: str) -> dict[str, str]:
    """The variables of a program that is started, with `more`."""
    return {name: os.environ[name] for name in KEPT if name in os.environ} | more


def free_port() -> int:
    """A port that nobody has at the moment, and that no connection is given by the system.

    One from the system's own range could go to anybody's outgoing connection before the program
    that it is for has bound it. By chance, so that two who ask at once hardly get the same.
    """
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("", port))  # every address, as some programs will
            return port


def run(command: Sequence[str], env: Mapping[str, str], *, most: float | None = None) -> str:
    """Runs a command to its end, or for `most` seconds; returns what it printed.

    Raises NotMeasuredError with its last words when it fails.
    """
    try:
        done = subprocess.run(  # noqa: S603 - our own commands
            command, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, timeout=most
        )
    except subprocess.TimeoutExpired:
        raise NotMeasuredError(f"{Path(command[0]).name} took more than {most:g} s.") from None
    if done.returncode:
        raise NotMeasuredError(_last_words(done.stdout + done.stderr))
    return done.stdout


class Program:
    """A server on a port of this machine. `path` is what it must answer with 200, to `cookie`.

    `called` is the name it is asked by, when it stands before another server.
    """

    def __init__(
        self,
        command: Sequence[str],
        port: int,
        path: str,
        *,
        env: Mapping[str, str],
        log: Path,
        cookie: str = "",
        called: str = "",
    ) -> None:
        self.command, self.port, self.path, self.cookie = command, port, path, cookie
        self.address = f"{HOST}:{port}"
        self.called = called or self.address
        self.env, self.log = env, log
        self.process: subprocess.Popen | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """Of the process that was started. Raises NotMeasuredError when none is running."""
        if self.process is None:
            raise NotMeasuredError("It is not running.")
        return self.process.pid

    def start(self) -> float:
        """Starts it; returns the seconds from then to its first 200."""
        begun = time.monotonic()
        with self.log.open("w") as log:
            # A session of its own: Ctrl+C goes to the bench, which then stops what it started.
            self.process = subprocess.Popen(  # noqa: S603 - our own commands
                self.command,
                cwd=settings.BASE_DIR,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            while not self._answers():
                if self.process.poll() is not None or time.monotonic() - begun > PATIENCE:
                    raise NotMeasuredError(_last_words(self.log.read_text()))
                time.sleep(PAUSE)
        except BaseException:
            self.stop()
            raise
        return time.monotonic() - begun

    def stop(self) -> None:
        """Ends it and every process below it."""
        if self.process is None:
            return
        started = machine.tree(self.process.pid)
        with suppress(ProcessLookupError):
            self.process.terminate()
        try:
            self.process.wait(PEACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for pid, born in started.items():
            _end(pid, born)
        self.process = None

    def page(self, cookie: str = "") -> bytes:
        """What stands at `path`. Raises NotMeasuredError when it is not answered with 200."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE)
        try:
            asked = {"Host": self.called} | ({"Cookie": cookie} if cookie else {})
            connection.request("GET", self.path, headers=asked)
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        if response.status != 200:
            raise NotMeasuredError(f"{self.path} was answered with {response.status}.")
        return body

    def _answers(self) -> bool:
        try:
            return bool(self.page(self.cookie))
        except (OSError, http.client.HTTPException, NotMeasuredError):
            return False


def end_all_but(before: Mapping[int, int]) -> None:
    """Ends what is below this process and was not `before`: what was begun when we were stopped."""
    for pid, born in machine.tree(os.getpid()).items():
        if before.get(pid) != born:
            _end(pid, born)
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _end(pid: int, born: int) -> None:
    if machine.born(pid) == born:  # not a stranger that was given the number since
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _last_words(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return " ".join(lines[-SAID:]) or "It said nothing."
