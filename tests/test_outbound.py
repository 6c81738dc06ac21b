"""The guard of tests/outbound.py: a test that asks somebody else fails."""

import socket

import pytest

from tests.outbound import OutboundError, is_near, only_here

ELSEWHERE = ("192.0.2.1", 9)  # an address that nobody has


@pytest.mark.parametrize("call", ["connect", "connect_ex"])
def test_somebody_else_is_not_asked(call):
    with only_here() as refused, socket.socket() as one, pytest.raises(OutboundError):
        getattr(one, call)(ELSEWHERE)
    assert refused == [str(ELSEWHERE)]


def test_also_through_what_stands_on_it():
    with only_here() as refused, pytest.raises(OutboundError):
        socket.create_connection(ELSEWHERE, timeout=1)
    assert refused == [str(ELSEWHERE)]


def test_this_machine_is():
    with only_here() as refused, socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()
    assert refused == []


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        *(("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True)),
        *(("::ffff:127.0.0.1", True), ("10.231.1.2", True), ("0.0.0.0", True)),
        *(("10.0.0.1", False), ("example.org", False), ("2001:db8::1", False)),
        *(("localhost.example.org", False), ("169.254.169.254", False)),
    ],
)
def test_who_is_near(host, expected):
    assert is_near(socket.AF_INET6 if "::" in host else socket.AF_INET, (host, 80)) is expected


def test_a_socket_of_the_file_system_is():
    assert is_near(socket.AF_UNIX, "/run/x.sock")
