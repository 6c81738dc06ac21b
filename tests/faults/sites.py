"""A site in processes of its own, which may be killed and started again on the same data."""

import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from explainer.bench.processes import free_port
from tests.faults.processes import descendants, is_alive, listening
from tests.faults.writers import PAGE, Crowd, wait_until
from tests.server import ROOT

KEY = "only-for-tests-" + "x" * 50
SERVE = ("serve", "--port")


@dataclass
class Site:
    """`env` names its data, `seed` what was put there to write on (see seed.py)."""

    folder: Path
    env: dict[str, str]
    seed: dict
    port: int = field(default_factory=free_port)
    server: subprocess.Popen | None = None
    before: tuple[str, ...] = ()  # what the server is started with, as `faketime`

    @property
    def database(self) -> str:
        return self.env["DATABASE_URL"]

    @property
    def log(self) -> str:
        """What the server printed."""
        return (self.folder / "server.log").read_text()

    def start(self) -> float:
        """Starts it; returns the seconds until the first page."""
        with (self.folder / "server.log").open("a") as log:
            self.server = subprocess.Popen(
                [*self.before, sys.executable, "manage.py", *SERVE, str(self.port)],
                cwd=ROOT,
                env=self.env | {"SITE_URL": f"http://127.0.0.1:{self.port}"},
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        return wait_until(self._is_up)

    def _is_up(self) -> bool:
        assert self.server.poll() is None, self.log
        return self.status(PAGE) == 200

    def status(self, path: str) -> int:
        """The HTTP status of a page for a reader without a cookie; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as page:
                page.read()
                return page.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def crowd(self, first_number: int = 0, *, pace: float = 0) -> Crowd:
        """Writers on this site. Numbers say from where on, when it is not the first crowd."""
        return Crowd(
            self.port,
            self.seed["comment"],
            self.seed["stamp"],
            self.seed["cookies"][first_number:],
            first_number=first_number,
            pace=pace,
        )

    def processes(self) -> list[int]:
        """The server and everything that it has started, the server first."""
        return [] if self.server is None else [self.server.pid, *descendants(self.server.pid)]

    def web_processes(self) -> list[int]:
        """Those that answer, each with ready-made pages of its own."""
        return [pid for pid in listening(self.port, self.processes()) if pid != self.server.pid]

    def kill(self, *, only_the_first: bool = False) -> None:
        """kill -9 of all processes, or of the first alone. Returns when all of them are gone."""
        family = self.processes()
        for pid in family[:1] if only_the_first else family:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.server.wait()
        wait_until(lambda: not any(is_alive(pid) for pid in family))

    def stop(self) -> float:
        """SIGTERM, as systemd stops it. Returns the seconds until all processes are gone."""
        family = self.processes()
        with suppress(ProcessLookupError):
            os.kill(self.server.pid, signal.SIGTERM)
        return wait_until(
            lambda: self.server.poll() is not None and not any(is_alive(pid) for pid in family)
        )

    def manage(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Runs one manage.py command on the same data."""
        return manage(self.env, *command)

    def close(self) -> None:
        """Leaves nothing running."""
        if self.server and self.server.poll() is None:
            self.kill()


def manage(env: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=180,
    )


def environment(folder: Path, database: str, **more: str) -> dict[str, str]:
    """What a site is told that keeps its data there."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "explainer.settings",
        "VAR_DIR": str(folder),
        "DATABASE_URL": database,
        "CACHE_URL": "locmem://",
        "SECRET_KEY": KEY,
        "TRUSTED_PROXIES": "127.0.0.1",
        "LOG_LEVEL": "WARNING",
        **more,
    }


@contextmanager
def running(site: Site) -> Iterator[Site]:
    """A block in which a site runs; what it printed is kept when the block fails."""
    try:
        site.start()
        yield site
    except BaseException:
        print(site.log[-4000:])  # pytest shows it
        raise
    finally:
        site.close()


def copy_of(prepared: Path, folder: Path) -> Path:
    """A folder of data like the one that was prepared."""
    return shutil.copytree(prepared, folder, dirs_exist_ok=True)
