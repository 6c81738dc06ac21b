"""What the answers of a running site mean."""

import ipaddress
import socket
import threading
from contextlib import suppress

import pytest

from explainer.doctor import proxy
from explainer.doctor.asking import FORGED, Seen
from explainer.doctor.findings import Level

PUBLIC, LOCAL = "https://example.org", "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("seen", "url", "expected", "words"),
    [
        (Seen(200, True, "198.51.100.7", "https"), PUBLIC, Level.OK, "saw 198.51.100.7"),
        (Seen(503, True, "127.0.0.1", "http"), LOCAL, Level.OK, "saw 127.0.0.1"),
        (Seen(200, True, FORGED, "https", 1), PUBLIC, Level.BROKEN, "believes any"),
        (Seen(200, True, FORGED, "https", 2), PUBLIC, Level.BROKEN, "believes any"),
        (Seen(200, True, FORGED, "http", 2), LOCAL, Level.BROKEN, "believes any"),
        (Seen(200, True, FORGED, "http", 1), LOCAL, Level.ATTENTION, "Asked directly"),
        (Seen(200, True, "198.51.100.7", "http"), PUBLIC, Level.BROKEN, "taken for http"),
        (Seen(200, True, "127.0.0.1", "https"), PUBLIC, Level.ATTENTION, "all readers for one"),
        (Seen(200, False), PUBLIC, Level.ATTENTION, "is not this site"),
        (Seen(404, False), PUBLIC, Level.ATTENTION, "status 404"),
    ],
)
def test_what_it_believed(seen, url, expected, words):
    found = proxy.judge(seen, url)
    assert found.level == expected
    assert words in found.says


def test_nobody_answers():
    (found,) = proxy.headers("http://127.0.0.1:1")
    assert found.level == Level.ATTENTION
    assert "Nobody answers at http://127.0.0.1:1" in found.says


@pytest.mark.parametrize(
    "url",
    [
        *("notaurl", "file:///etc/hostname", "ftp://example.org", "http://", "http://[::1"),
        *("http://127.0.0.1:99999", "http://two words", "http://a..b", "http://127.0.0.1:0", ""),
    ],
)
def test_what_is_no_address_of_a_site(url):
    (found,) = proxy.headers(url)
    assert found.level == Level.ATTENTION
    assert found.says == f"{url} is no address of a site."


@pytest.mark.parametrize(
    "said", [b"-ERR unknown command\r\n", b"\x00\xff" * 50, b"x" * 70_000, b""]
)
def test_what_speaks_no_http(said):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _address = server.accept()
            with connection, suppress(OSError):  # whoever asks may have heard enough
                connection.recv(4096)
                connection.sendall(said)

        answering = threading.Thread(target=answer)
        answering.start()
        (found,) = proxy.headers(f"http://127.0.0.1:{server.getsockname()[1]}")
        answering.join()
    assert found.level == Level.ATTENTION
    assert found.says.startswith(("What answers at", "Nobody answers at"))
    assert found.says.endswith(".")


@pytest.mark.django_db(transaction=True)
def test_a_real_site_is_asked(live_server):
    (found,) = proxy.headers(live_server.url)
    assert found.level == Level.OK
    assert found.says == "A forged address is not believed; the site saw 127.0.0.1."


@pytest.mark.django_db(transaction=True)
def test_a_real_site_that_trusts_this_machine(live_server, settings):
    settings.TRUSTED_PROXIES = [ipaddress.ip_network("127.0.0.0/8")]
    (found,) = proxy.headers(live_server.url)
    assert found.level == Level.ATTENTION
    assert "Asked directly" in found.says
