"""File handles: there are no more of them, and clients who leave early take none away for good."""

import resource
import socket
import struct
from collections.abc import Callable
from contextlib import ExitStack, suppress

from tests.faults import stored
from tests.faults.asking import Browser
from tests.faults.processes import limited, open_files
from tests.faults.sites import Site, running
from tests.faults.sizes import LEAVERS
from tests.faults.test_kills import ANY_MOMENT, assert_kept
from tests.faults.test_slow_clients import KINDS
from tests.faults.writers import PAGE, wait_until, writing

TOO_MANY = 50  # connections, each of which would need a handle
PATIENCE = 30  # seconds until a connection is taken
A_PAGE = b"HTTP/1.1 200"
A_LOOK = f"GET {PAGE} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
BEGINNINGS = (*KINDS, A_LOOK)
AT_ONCE = struct.pack("ii", 1, 0)  # how SO_LINGER says: reset it
SPARE = 100  # handles that may be opened meanwhile for something else: a thread's first connection


def handles(pid: int) -> int:
    """How many a process holds."""
    return sum(open_files(pid).values())


def connect(site: Site) -> socket.socket:
    return socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE)


def is_answered(stranger: socket.socket) -> bool:
    """Whether a page has come by now: not that the connection was closed, nor nothing at all."""
    stranger.setblocking(False)
    with suppress(BlockingIOError, ConnectionError):
        return stranger.recv(len(A_PAGE)) == A_PAGE
    return False


def test_who_is_connected_is_served_while_there_are_no_more_handles(
    site: Site, note: Callable[..., None]
) -> None:
    before, crowd = stored.readers(site.database), site.crowd()
    with running(site), ExitStack() as strangers:
        everybody, web = site.processes(), site.web_processes()
        with writing(crowd):
            crowd.wait_for(ANY_MOMENT)
            with limited(web, resource.RLIMIT_NOFILE, handles):
                came = [strangers.enter_context(connect(site)) for _ in range(TOO_MANY)]
                for stranger in came:
                    stranger.sendall(A_LOOK)
                crowd.wait_for(ANY_MOMENT)
                assert not all(is_answered(each) for each in came)
            crowd.wait_for(ANY_MOMENT)
        assert [Browser(site).look().status for _ in came] == [200] * TOO_MANY
        assert site.processes() == everybody
        kept = assert_kept(site, crowd.log, before)
    note("no more file handles", times=1, **kept)


def test_clients_who_leave_early_leave_no_handle_behind(
    site: Site, note: Callable[..., None]
) -> None:
    crowd = site.crowd()
    with running(site):
        with writing(crowd):  # so that the threads have opened what they keep
            crowd.wait_for(ANY_MOMENT)
        held = {pid: handles(pid) for pid in site.web_processes()}
        for number in range(LEAVERS):
            with connect(site) as leaver:
                leaver.sendall(BEGINNINGS[number % len(BEGINNINGS)])
                if number // len(BEGINNINGS) % 2:  # goes without a goodbye
                    leaver.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        wait_until(lambda: all(handles(pid) < most + SPARE for pid, most in held.items()))
        assert Browser(site).look().status == 200
    note("clients who leave early", times=LEAVERS)
