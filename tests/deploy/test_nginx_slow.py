"""Somebody slow costs nginx a connection, and the others nothing."""

import socket
from contextlib import ExitStack
from urllib.parse import urlsplit

from tests.deploy.clients import REACTION

MANY = 300


def test_the_others_are_served_while_many_send_half(proxied):
    site = urlsplit(proxied.url)
    head = f"POST {REACTION} HTTP/1.1\r\nHost: {site.netloc}\r\n".encode()
    halves = [head, head + b"Content-Length: 5000\r\n\r\nanswer="]
    with ExitStack() as stack:
        slow = []
        for number in range(MANY):
            connection = socket.create_connection((site.hostname, site.port), timeout=10)
            slow.append(stack.enter_context(connection))
            connection.sendall(halves[number % 2])
        for number in range(10):
            reader = proxied.person(f"127.0.0.{70 + number}")
            assert reader.get().status == 200
            assert reader.post().status == 303
        # None of them was sent on: a body is read here to its end.
        assert all(still_open(connection) for connection in slow[-10:])


def still_open(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1) != b""
    except BlockingIOError:
        return True
