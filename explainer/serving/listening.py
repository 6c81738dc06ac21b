"""The address that is served: taken first, so that whether it is free is known at once."""

import errno
import socket

WILDCARDS = {"", "0.0.0.0", "::"}  # noqa: S104 - compared with, not listened on
BACKLOG = 1024  # connections the kernel holds while every process is busy


class CannotListenError(Exception):
    """The address cannot be served on; the text is a sentence for the operator."""


def listen(host: str, port: int) -> socket.socket:
    """Takes the address, so that nobody else can; port 0 takes any free one.

    From now on a browser that comes too early waits instead of being refused.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
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


def raise_file_limit(connections: int) -> None:
    """Asks the system for enough file descriptors to hold so many connections."""
    import resource  # not on Windows, where nothing here is run

    spare = 100  # descriptors that are no connections: the database, logs, temporary files
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + spare
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
