"""What a connection may send: sizes, times, and requests that could be read in two ways."""

import socket
from contextlib import ExitStack

import pytest

from explainer.serving import front, protocol
from tests.explainer.serving.applications import echo
from tests.explainer.serving.conftest import Served, everything, statuses

GET = b"GET / HTTP/1.1\r\nHost: site.example\r\n"
POST = b"POST / HTTP/1.1\r\nHost: site.example\r\n"


@pytest.fixture
def served(serve) -> Served:
    return serve(echo)


def test_a_plain_request_is_answered_with_a_date_and_without_the_servers_name(served):
    answer = served.ask("/hello")
    assert (answer.status, answer.body) == (200, b"GET /hello ")
    assert "date" in answer.headers
    assert "server" not in answer.headers


class TestWhatIsTooLong:
    @pytest.mark.parametrize(
        ("head", "status"),
        [
            (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 40_000 + b"\r\n\r\n", 431),
            (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 100_000, 431),
            (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: 1\r\n" * 100 + b"\r\n", 431),
            (b"GET /" + b"x" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
            (b"GET /" + b"x" * 100_000, 431),
        ],
    )
    def test_a_head_is_refused_and_the_connection_ends(self, served, head, status):
        said = served.tell(head)
        assert statuses(said) == [status]
        assert b"\r\nconnection: close\r\n" in said
        assert said.endswith(b"so nothing was done.\n")

    def test_a_head_of_the_longest_allowed_is_taken(self, served):
        fields = b"".join(b"X-%d: 1\r\n" % number for number in range(protocol.FIELDS - 2))
        said = served.tell(GET + fields + b"Connection: close\r\n\r\n")
        assert statuses(said) == [200]

    def test_headers_after_the_last_chunk_are_counted_too(self, served):
        chunked = POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n"
        said = served.tell(chunked + b"X: 1\r\n" * 101 + b"\r\n")
        assert statuses(said) == [431]

    def test_chunks_that_are_nearly_all_marks_end(self, served, monkeypatch):
        monkeypatch.setattr(protocol, "MESSAGE", 100_000)
        mark = b"1;" + b"x" * 500 + b"\r\na\r\n"
        said = served.tell(POST + b"Transfer-Encoding: chunked\r\n\r\n" + mark * 500)
        assert statuses(said) == [413]


class TestTwoReadings:
    """Where a server in front could see another request than this one: refused, and closed."""

    @pytest.mark.parametrize(
        "request_bytes",
        [
            POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
            POST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
            POST + b"Content-Length: +5\r\n\r\nhello",
            POST + b"Content-Length: -5\r\n\r\nhello",
            POST + b"Content-Length: 5, 5\r\n\r\nhello",
            POST + b"Content-Length: 0x5\r\n\r\nhello",
            POST + b"Content-Length : 5\r\n\r\nhello",
            POST + b"Content-Length: 99999999999999999999\r\n\r\nhello",
            POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
            POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            POST + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
            POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
            POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
            POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\nhello\r\n0\r\n\r\n",
            POST + b"Transfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n",
            POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello0\r\n\r\n",
            b"POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"GET / HTTP/1.1\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
            b"GET http://other.example/ HTTP/1.1\r\nHost: site.example\r\n\r\n",
            b"GET http://site.example:81/ HTTP/1.1\r\nHost: site.example\r\n\r\n",
            GET + b" X: folded\r\n\r\n",
            GET + b"X: 1\r\n folded\r\n\r\n",
            GET + b"X: a\x00b\r\n\r\n",
            GET + b"X\x00: a\r\n\r\n",
            GET + b": a\r\n\r\n",
            b"GET / HTTP/1.1\nHost: x\n\n",
            b"GET / HTTP/2.0\r\nHost: x\r\n\r\n",
            b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
            b"GET /\r\n\r\n",
            b"GET /\x80 HTTP/1.1\r\nHost: x\r\n\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"NONSENSE / HTTP/1.1\r\nHost: x\r\n\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            POST + b"Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 5\r\n\r\nhello",
        ],
    )
    def test_it_is_refused_and_nothing_after_it_is_read(self, served, request_bytes):
        said = served.tell(request_bytes + GET + b"\r\n")
        assert statuses(said) == [400], said
        assert b"\r\nconnection: close\r\n" in said

    @pytest.mark.parametrize("method", [b"TRACE", b"CONNECT", b"PROPFIND", b"PURGE"])
    def test_methods_nobody_needs_are_refused(self, served, method):
        target = b"x:1" if method == b"CONNECT" else b"/"
        said = served.tell(method + b" " + target + b" HTTP/1.1\r\nHost: x:1\r\n\r\n")
        assert statuses(said) == [405]
        assert b"\r\nallow: GET, HEAD, POST, OPTIONS\r\n" in said


class TestWhatIsTaken:
    def test_chunks_are_put_together_and_what_follows_them_is_dropped(self, served):
        said = served.tell(
            POST + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"3\r\none\r\n3;note=1\r\ntwo\r\n0\r\nCookie: late=1\r\n\r\n"
        )
        assert said.endswith(b"\r\n\r\nPOST / onetwo")

    def test_requests_sent_ahead_are_answered_in_their_order(self, served):
        ahead = b"".join(
            b"GET /%d HTTP/1.1\r\nHost: x\r\n%s\r\n" % (n, b"Connection: close\r\n" * (n == 9))
            for n in range(10)
        )
        said = served.tell(ahead)
        assert statuses(said) == [200] * 10
        assert [b"GET /%d " % n in said for n in range(10)] == [True] * 10
        assert sorted(range(10), key=lambda n: said.index(b"GET /%d " % n)) == list(range(10))

    def test_who_sends_far_ahead_is_answered_in_part_and_let_go(self, served):
        said = served.tell((GET + b"\r\n") * 1000)
        assert 1 <= len(statuses(said)) <= protocol.AHEAD + 2
        assert set(statuses(said)) == {200}

    def test_a_bad_request_sent_ahead_takes_nobodys_answer(self, served):
        said = served.tell(GET + b"\r\n" + b"NONSENSE\r\n\r\n")
        assert statuses(said) in ([200], [200, 400])

    def test_http_1_0_is_answered_once(self, served):
        said = served.tell(b"GET /old HTTP/1.0\r\n\r\n" * 2)
        assert statuses(said) == [200]
        assert said.endswith(b"\r\n\r\nGET /old ")

    def test_an_address_in_full_is_its_path(self, served):
        said = served.tell(
            b"GET http://site.example/there?x=1 HTTP/1.1\r\n"
            b"Host: site.example\r\nConnection: close\r\n\r\n"
        )
        assert said.endswith(b"\r\n\r\nGET /there ")

    def test_an_offer_of_another_protocol_is_passed_over(self, served):
        said = served.tell(GET + b"Connection: upgrade\r\nUpgrade: websocket\r\n\r\n")
        assert statuses(said) == [200]

    def test_who_asks_whether_to_go_on_is_told_so(self, served):
        with served.connect() as client:
            client.sendall(POST + b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
            client.sendall(b"hi")
            assert client.recv(1000).endswith(b"POST / hi")


class TestSlowness:
    def test_a_head_that_does_not_end_is_cut(self, serve, monkeypatch):
        monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.2)
        served = serve(echo)
        assert statuses(served.tell(GET)) == [408]

    def test_who_says_nothing_at_all_gets_no_answer(self, serve, monkeypatch):
        monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.2)
        served = serve(echo)
        assert served.tell(b"") == b""
        assert served.tell(b"\r\n") == b""

    def test_a_body_that_does_not_end_is_cut(self, serve, monkeypatch):
        monkeypatch.setattr(front, "BODY_SECONDS", 0.2)
        served = serve(echo)
        assert statuses(served.tell(POST + b"Content-Length: 10\r\n\r\nhalf")) == [408]
        chunked = POST + b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"
        assert statuses(served.tell(chunked)) == [408]

    @pytest.mark.parametrize(
        "unfinished",
        [b"", GET, POST + b"Content-Length: 10\r\n\r\nhalf", GET + b"\r\n"],
        ids=["idle", "half a head", "half a body", "idle after an answer"],
    )
    def test_five_hundred_of_them_leave_the_others_served(self, served, unfinished):
        with ExitStack() as stack:
            clients = [stack.enter_context(served.connect()) for _ in range(500)]
            for client in clients:
                client.sendall(unfinished)
            for _ in range(5):
                assert served.ask("/others").status == 200

    def test_more_connections_than_can_be_held_are_told_to_come_again(self, serve, monkeypatch):
        monkeypatch.setattr(protocol, "CONNECTIONS", 3)
        served = serve(echo)
        with ExitStack() as stack:
            clients = [stack.enter_context(served.connect()) for _ in range(3)]
            for client in clients:
                client.sendall(GET + b"\r\n")
                assert client.recv(1000)
            said = served.tell(b"")
            assert statuses(said) == [503]
            assert b"\r\nretry-after: 1\r\n" in said
        assert served.ask("/others").status == 200


def test_a_refusal_is_read_although_the_rest_of_the_body_is_still_being_sent(served):
    with served.connect() as client:
        client.sendall(POST + b"Content-Length: 100000000\r\n\r\n")
        client.settimeout(30)
        try:
            for _ in range(50):
                client.sendall(b"x" * 100_000)
        except OSError:
            pass  # it has stopped listening
        assert b"POST / " in everything_left(client)


def everything_left(client: socket.socket) -> bytes:
    try:
        return everything(client)
    except ConnectionError:
        return b""
