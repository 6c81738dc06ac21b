"""A PostgreSQL, a Redis and a small disk of a test's own, to be broken."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis
from psycopg import sql

from explainer.bench.processes import free_port
from tests.faults import processes
from tests.faults.writers import wait_until

POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
AS_POSTGRES = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")
# Ends whoever else is connected.
TURN_OUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND NOT pid = ANY(%s)
"""
CONNECTIONS = 100
SETTINGS = f"""
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = {CONNECTIONS}
fsync = on
synchronous_commit = on
"""


def tools() -> Path | None:
    """Where PostgreSQL's programs are, if they are."""
    found = shutil.which("initdb")
    return Path(found).parent if found else (POSTGRES[-1] if POSTGRES else None)


@dataclass
class Cluster:
    """A PostgreSQL server of one's own; as root it runs as the user `postgres`, as it must."""

    folder: Path
    port: int
    server: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    @property
    def log(self) -> str:
        return (self.folder.parent / "log").read_text()

    def make(self) -> None:
        self.folder.mkdir()
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        made = self._begin("initdb", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8")
        assert made.wait() == 0, self.log
        with (self.folder / "postgresql.conf").open("a") as settings:
            settings.write(f"{SETTINGS}port = {self.port}\n")

    def start(self) -> None:
        """Returns when it answers; a crash is recovered from on the way."""
        self.server = self._begin("postgres")
        wait_until(self._answers)

    def _answers(self) -> bool:
        assert self.server.poll() is None, self.log
        with suppress(psycopg.OperationalError), psycopg.connect(self.url):
            return True
        return False

    def stop_at_once(self) -> None:
        """As a crash: no checkpoint, no goodbye."""
        self._end(signal.SIGQUIT)

    def kill(self) -> None:
        """kill -9 of the server; its children see that it is gone and end."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        self.server.send_signal(how)
        self.server.wait()
        # A child that still holds the shared memory would keep the next server from starting.
        wait_until(lambda: not any(_works_in(self.folder, pid) for pid in _pids()))

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """A block in which it takes connections and statements, and says nothing."""
        # The server first: from then on it makes no new process.
        family = [self.server.pid, *(pid for pid in _pids() if _works_in(self.folder, pid))]
        with processes.frozen(family):
            yield

    @contextmanager
    def crowded(self) -> Iterator[None]:
        """A block in which others hold every connection that it allows."""
        with ExitStack() as held, psycopg.connect(self.url, autocommit=True) as first:
            ours = [first.info.backend_pid]
            while len(ours) < CONNECTIONS:
                try:
                    taken = held.enter_context(psycopg.connect(self.url))
                    ours.append(taken.info.backend_pid)
                except psycopg.OperationalError:  # there are too many
                    first.execute(TURN_OUT, [ours])
            yield

    def _begin(self, program: str, *arguments: str) -> subprocess.Popen:
        command = [str(tools() / program), "-D", str(self.folder), *arguments]
        if os.geteuid() == 0:
            command = [*AS_POSTGRES, *command]
        with (self.folder.parent / "log").open("a") as log:
            return subprocess.Popen(
                command, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )


def _pids() -> list[int]:
    return [int(each.name) for each in Path("/proc").glob("[0-9]*")]


def _works_in(folder: Path, pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cwd").resolve() == folder.resolve()
    return False


@contextmanager
def own_postgres() -> Iterator[Cluster]:
    """A cluster that runs in the block."""
    # Not in pytest's folders: nobody else may enter those, and it runs as somebody else.
    with tempfile.TemporaryDirectory(prefix="afterword-postgresql-") as folder:
        Path(folder).chmod(0o755)
        cluster = Cluster(Path(folder) / "data", free_port())
        cluster.make()
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop_at_once()


def make_database(server: str, name: str, template: str = "template0") -> str:
    """Makes a database on a PostgreSQL, like `template` when one is named. Returns its URL."""
    make = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    drop_database(server, name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(make.format(sql.Identifier(name), sql.Identifier(template)))
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def drop_database(server: str, name: str) -> None:
    """Takes a database away, whoever still uses it."""
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(drop.format(sql.Identifier(name)))


@dataclass
class Redis:
    """A Redis of one's own, which keeps nothing on disk."""

    port: int
    process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def client(self) -> redis.Redis:
        return redis.Redis(port=self.port, socket_timeout=5)

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(
            [*command, "--bind", "127.0.0.1"], stdout=subprocess.DEVNULL
        )
        wait_until(self._answers)

    def _answers(self) -> bool:
        with suppress(redis.RedisError):
            return self.client.ping()
        return False

    def freeze(self) -> None:
        """From now on it takes connections and questions, and answers none."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def fill(self) -> None:
        """From now on it stores nothing more."""
        self.client.config_set("maxmemory-policy", "noeviction")
        self.client.config_set("maxmemory", 1)

    def empty(self) -> None:
        self.client.config_set("maxmemory", 0)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def own_redis() -> Iterator[Redis]:
    """A Redis that runs in the block."""
    server = Redis(free_port())
    server.start()
    try:
        yield server
    finally:
        server.kill()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path | None]:
    """A file system of that size; None where mounting one is not allowed."""
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "afterword", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
