"""How the site is served: a production server, and a worker process that is kept alive."""

import errno
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

from django.conf import settings
from waitress import wasyncore
from waitress.server import create_server

Say = Callable[[str], None]

# Slow clients cost waitress a socket, not a thread: threads are for pages being made.
THREADS = 8
CONNECTIONS = 2000
SPARE_FILES = 100  # descriptors that are no connections: the database, logs, temporary files
IDLE = 30  # seconds a connection may say nothing
DRAIN = 5  # seconds that answers under way get when the server is stopped
BODY = 2 * 1024 * 1024  # bytes; explainer.middleware refuses long before, with a page
HEADERS = 32 * 1024  # bytes
WILDCARDS = {"", "0.0.0.0", "::"}  # noqa: S104 - compared with, not listened on


class CannotListenError(Exception):
    """The address cannot be served on; the text is a sentence for the operator."""


def listen(host: str, port: int) -> socket.socket:
    """Takes the address, so that nobody else can; port 0 takes any free one.

    From now on a browser that comes too early waits instead of being refused.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        raise CannotListenError(_why_not(host, port, error)) from None


def _why_not(host: str, port: int, error: OSError) -> str:
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine. Choose one with --host."
    if isinstance(error, PermissionError):
        return (
            f"Port {port} needs more rights than this user has. Choose one above 1023 with --port."
        )
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is taken by another program, perhaps by this site already. "
            "Choose another with --port."
        )
    return f"The site cannot be served on {host}, port {port}: {error.strerror}."


def address(host: str, port: int) -> str:
    """The address to type into a browser on this machine."""
    name = "127.0.0.1" if host in WILDCARDS else host
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


class Server:
    """waitress on a socket that listens already; `run` returns some time after `stop`."""

    def __init__(self, application: Callable, listener: socket.socket) -> None:
        self.asked_to_stop = False
        self.channels: dict = {}
        self.waitress = create_server(
            application,
            map=self.channels,
            sockets=[listener],
            threads=THREADS,
            connection_limit=_raise_file_limit(CONNECTIONS),
            asyncore_use_poll=True,  # select() knows no descriptor above 1023
            channel_timeout=IDLE,
            cleanup_interval=10,
            max_request_body_size=BODY,
            max_request_header_size=HEADERS,
            # ForwardedMiddleware judges X-Forwarded-*, so it must see it.
            clear_untrusted_proxy_headers=False,
            ident=None,
        )

    def run(self) -> None:
        """Serves until somebody calls `stop`, then finishes the answers under way."""
        while not self.asked_to_stop:
            self._turn(timeout=1)
        self.waitress.accepting = False
        deadline = time.monotonic() + DRAIN
        while self._is_answering() and time.monotonic() < deadline:
            self._turn(timeout=0.1)
        self.waitress.task_dispatcher.shutdown(timeout=1)
        wasyncore.close_all(self.channels, ignore_all=True)

    def stop(self) -> None:
        """Safe in a signal handler, from another thread, and a second time."""
        if not self.asked_to_stop:
            self.asked_to_stop = True
            self.waitress.pull_trigger()

    def _turn(self, timeout: float) -> None:
        wasyncore.loop(timeout=timeout, use_poll=True, map=self.channels, count=1)

    def _is_answering(self) -> bool:
        open_channels = list(self.waitress.active_channels.values())
        return any(channel.requests or channel.total_outbufs_len for channel in open_channels)


def _raise_file_limit(connections: int) -> int:
    """Asks for enough file descriptors; returns how many connections those allow."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return connections
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return connections
    wanted = connections + SPARE_FILES
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(min(connections, soft - SPARE_FILES), 10)


class Worker:
    """`manage.py worker` as a child process; one that dies is started again."""

    FIRST_PAUSE, LONGEST_PAUSE = 1, 60  # seconds before it is started again
    STEADY = 60  # seconds after which one counts as having worked
    PATIENCE = 3  # seconds to stop in

    def __init__(self, say: Say, command: list[str] | None = None) -> None:
        manage = str(settings.BASE_DIR / "manage.py")
        self.command = command or [sys.executable, manage, "worker", "--until-stdin-closes"]
        self.say = say
        self.process: subprocess.Popen | None = None
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._keeper = threading.Thread(target=self._keep, name="worker-keeper", daemon=True)

    def start(self) -> None:
        self._keeper.start()

    def stop(self) -> None:
        """Ends the process and waits for it, so that none is left behind."""
        with self._lock:
            self._stopping.set()
            process = self.process
        if process:
            process.terminate()
        self._keeper.join(self.PATIENCE)
        if process and self._keeper.is_alive():
            process.kill()
            self._keeper.join(self.PATIENCE)

    def _keep(self) -> None:
        pause = self.FIRST_PAUSE
        while process := self._spawn():
            begun = time.monotonic()
            with process:
                code = process.wait()
            if self._stopping.is_set():
                return
            if time.monotonic() - begun > self.STEADY:
                pause = self.FIRST_PAUSE
            self.say(f"The worker ended (exit code {code}). It is started again in {pause} s.")
            self._stopping.wait(pause)
            pause = min(pause * 2, self.LONGEST_PAUSE)

    def _spawn(self) -> subprocess.Popen | None:
        with self._lock:
            if self._stopping.is_set():
                return None
            # A session of its own: Ctrl+C goes to this process, which then ends the worker. The
            # pipe closes when this process is gone, however it went, and the worker with it.
            self.process = subprocess.Popen(  # noqa: S603 - our own command
                self.command,
                cwd=settings.BASE_DIR,
                stdin=subprocess.PIPE,
                start_new_session=True,
            )
            return self.process


class _Stop:
    """What a signal calls. Plain attributes: a lock taken in a signal handler could be held."""

    def __init__(self) -> None:
        self.asked = False
        self.server: Server | None = None
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self)

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True
        if self.server:
            self.server.stop()


def serve(listener: socket.socket, say: Say, ready: str) -> None:
    """Serves until SIGINT or SIGTERM, with a worker beside it, and leaves nothing running."""
    stop = _Stop()
    from explainer.wsgi import application

    worker = Worker(say)
    stop.server = Server(application, listener)
    worker.start()
    try:
        say(ready)
        if not stop.asked:
            stop.server.run()
    finally:
        worker.stop()
