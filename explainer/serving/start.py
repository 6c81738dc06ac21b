"""From a command to a site that is served, with everything loaded before the first fork."""

import os
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from socket import socket

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.urls import reverse

from explainer.serving.handover import inherited
from explainer.serving.listening import WILDCARDS, CannotListenError, address, listen
from explainer.serving.master import Master, Say

NO_FORK = (
    "This server runs on Linux and macOS. Elsewhere, serve explainer.wsgi with any WSGI server, "
    "and run `manage.py worker` beside it."
)


def add_arguments(parser: ArgumentParser) -> None:
    """What `quickstart` and `serve` are asked alike."""
    parser.add_argument("--port", type=port_number, default=8000, help="0 takes any free one")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--processes", type=process_number, default=2, help="that answer")
    parser.add_argument("--no-worker", action="store_true", help="when one runs elsewhere")


def port_number(text: str) -> int:
    """For argparse: 0 to 65535."""
    if not text.isdecimal() or int(text) > 65535:
        raise ArgumentTypeError(f"{text} is no port; choose a number from 1 to 65535")
    return int(text)


def process_number(text: str) -> int:
    """For argparse: 1 to 64."""
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise ArgumentTypeError(f"{text} is no number of processes; choose one from 1 to 64")
    return int(text)


def serve(
    host: str,
    port: int,
    *,
    processes: int,
    no_worker: bool,
    say: Say,
    prepare: Callable[[], None] = lambda: None,
) -> None:
    """Takes the address, prepares the site, and serves it until SIGINT or SIGTERM.

    Raises CannotListenError with a sentence for the operator.
    """
    if not hasattr(os, "fork"):
        raise CannotListenError(NO_FORK)
    left = inherited()
    with left.socket or listen(host, port) as listener:
        url = address(host, listener.getsockname()[1])
        name_the_site(host, url)
        prepare()
        if url != settings.SITE_URL:
            say(f"Links name the site {settings.SITE_URL} (SITE_URL).")
        elif host in WILDCARDS:
            say("Other machines are refused until SITE_URL says how they call this one.")
        ready = f"Serving at {url}/ (admin panel: {url}/admin/). Press Ctrl+C to stop."
        master = Master(listener, say, ready, left)
        add_processes(master, listener, processes, no_worker=no_worker)
        connections.close_all()  # every process opens its own
        master.run()
    say("Stopped.")


def name_the_site(host: str, url: str) -> None:
    """Takes the address that is served for the site's own, unless SITE_URL says otherwise.

    The settings are read before the command line is.
    """
    if "SITE_URL" in os.environ:
        return
    os.environ["SITE_URL"] = url  # for a version that takes over
    settings.SITE_URL = url
    settings.CSRF_TRUSTED_ORIGINS = [url]
    if host not in WILDCARDS:
        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, host]


def add_processes(master: Master, listener: socket, processes: int, *, no_worker: bool) -> None:
    """Loads the site, and tells the master what to run."""
    from explainer.serving.web import Web
    from explainer.wsgi import application

    reverse("home")  # loads every view

    def web(lifeline: int, ready: Callable[[], None]) -> None:
        Web(application).run(listener, lifeline, ready)

    def worker(lifeline: int, ready: Callable[[], None]) -> None:
        listener.close()
        os.dup2(lifeline, 0)
        ready()
        call_command("worker", until_stdin_closes=True)

    for _number in range(processes):
        master.add("A web process", web, is_web=True)
    if not no_worker:
        master.add("The worker", worker, is_web=False)
