"""What the site is compared with: the most this machine can do, and an ordinary Django view."""

import sys
from importlib.util import find_spec
from pathlib import Path

from explainer.bench import NotMeasuredError, load
from explainer.bench.processes import HOST, Program, environment, free_port, run

WORKERS = 2
APPS = "explainer.bench.apps"


class Yardstick:
    """A program that answers one request, over and over."""

    def __init__(self, program: Program) -> None:
        self.program = program

    def looks(self, _number: int) -> list[str]:
        """The one request."""
        return [load.get(self.program.called, self.program.path, self.program.cookie)]


def granian_bytes(folder: Path, page: bytes) -> Yardstick:
    """granian serving the page from a one-line WSGI application."""
    body = folder / "page.html"
    body.write_bytes(page)
    return Yardstick(_granian(folder, "stored", {"BENCH_BODY": str(body)}))


def django_view(folder: Path) -> Yardstick:
    """Y: a Django view that reads one session and one row, with the default middleware."""
    variables = {"BENCH_DATABASE": str(folder / "y.sqlite3")}
    cookie = run([sys.executable, "-m", f"{APPS}.django_view"], environment(**variables))
    return Yardstick(_granian(folder, "django_view", variables, cookie.strip()))


def _granian(folder: Path, app: str, variables: dict[str, str], cookie: str = "") -> Program:
    if find_spec("granian") is None:
        raise NotMeasuredError(
            "granian is not installed (it is among the packages for development)."
        )
    port = free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", str(WORKERS)),
        *("--host", HOST, "--port", str(port), "--no-ws", "--log-level", "warning"),
        # Without it granian waits for ever for a connection that stays open.
        *("--workers-kill-timeout", "2"),
        f"{APPS}.{app}:application",
    ]
    env, log = environment(**variables), folder / f"{app}.log"
    return Program(command, port, "/", env=env, log=log, cookie=cookie)
