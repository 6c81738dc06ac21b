"""What meets the ready-made pages and what does not; bodies; the line in front of Django."""

import gzip
import re
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.client import HTTPConnection, IncompleteRead

import pytest
from django.conf import settings
from django.http import HttpResponse

from explainer.middleware import READER_BODY, STAFF_BODY
from explainer.publishing import back_to_draft
from explainer.serving import endings, front, web
from explainer.serving.bridge import Answer
from explainer.serving.pages import takes_gzip
from explainer.serving.protocol import Protocol
from explainer.stored import Key
from polls.middleware import COOKIE_SALT
from polls.models import Ballot, Comment, Reader
from tests import factories
from tests.explainer.serving.applications import LIMIT, Held, Stream, echo, names
from tests.explainer.serving.conftest import Served, everything, said, statuses

PAGE = "/articles/isekai/"
FORM = "application/x-www-form-urlencoded"
ANSWER = b"answer=enraged"
PROMISE = 2  # seconds after which no look shows what was before an act


def cookie_of(reader: Reader) -> str:
    """What the browser of that reader sends."""
    name, response = settings.READER_COOKIE_NAME, HttpResponse()
    response.set_signed_cookie(name, str(reader.key), salt=COOKIE_SALT)
    return f"{name}={response.cookies[name].value}"


def wait_until(condition: Callable[[], object]) -> None:
    """Returns when it is true; fails when it never is."""
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def met(site: Served) -> int:
    """How many requests a ready-made page has answered."""
    return site.store.counts.hits


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """The settings of one test are not those of the next."""
    front.is_ours.cache_clear()
    front.is_right_scheme.cache_clear()


class TestReadyMadePages:
    @pytest.mark.parametrize("path", ["/", PAGE, "/topics/", "/feed/"])
    def test_a_stranger_gets_one(self, site, isekai, path):
        first, second = site.ask(path), site.ask(path)
        assert (first.status, met(site)) == (200, 2)
        assert first.body == second.body
        assert first.headers["etag"] == second.headers["etag"]
        assert "set-cookie" not in first.headers

    def test_it_has_the_headers_that_django_gives_it(self, site, isekai, ann):
        sent, own = site.ask(PAGE).headers, ann.get(PAGE).headers
        differ = {"etag", "date", "x-request-id", "content-length"}
        for name, value in own.items():
            if name.lower() not in differ:
                assert sent[name.lower()] == value

    @pytest.mark.parametrize(
        "headers",
        [
            {"Cookie": "reader=nonsense"},
            {"Cookie": "other=1"},
            {"Cookie": ""},
            {"Authorization": "Basic eDp5"},
            {"HX-Request": "true"},
            {"Content-Length": "0"},
            {"X-Forwarded-Proto": "https"},
        ],
    )
    def test_who_brings_something_of_their_own_never_meets_one(self, site, isekai, headers):
        assert site.ask(PAGE).status == 200
        assert site.ask(PAGE, **headers).status in {200, 301}
        assert met(site) == 1

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
    def test_another_method_never_meets_one(self, site, isekai, method):
        site.ask(PAGE, method)
        assert met(site) == 0

    def test_a_host_that_is_not_ours_never_meets_one(self, site, isekai):
        site.ask(PAGE)
        assert site.ask(PAGE, Host="evil.example").status == 400
        assert site.ask(PAGE, Host="localhost").status == 200
        assert met(site) == 2
        assert b"evil.example" not in site.ask(PAGE).body

    @pytest.mark.parametrize(
        "name", ["X-Forwarded-Host", "X-Host", "X-Original-URL", "X-Rewrite-URL", "Origin"]
    )
    def test_no_header_leaves_anything_in_a_page(self, site, isekai, name):
        site.ask(PAGE, **{name: "https://evil.example/evil"})
        assert b"evil" not in site.ask(PAGE).body

    def test_nothing_of_an_address_is_left_in_a_page(self, site, isekai):
        site.ask(f"{PAGE}?utm_source=MARK&x=%22MARK")
        assert b"MARK" not in site.ask(PAGE).body

    def test_an_order_that_a_browser_is_to_remember_is_djangos_to_answer(self, site, isekai):
        answer = site.ask(f"{PAGE}?order=newest")
        assert "order=newest" in answer.headers["set-cookie"]
        assert met(site) == 0

    def test_an_article_behind_an_advisory_is_djangos_to_answer(self, site, netorare):
        for _ in range(3):
            answer = site.ask("/articles/netorare/")
            assert answer.status == 302
            assert b"SECRET" not in answer.body
        assert met(site) == 0

    def test_over_tls_only_a_trusted_proxy_can_say_so(self, request, settings, isekai):
        settings.HTTPS = settings.SECURE_SSL_REDIRECT = True
        site = request.getfixturevalue("site")
        assert site.ask(PAGE).status == 301
        assert site.ask(PAGE, X_Forwarded_Proto="https").status == 301
        assert met(site) == 0


def test_two_hundred_who_ask_at_once_for_a_page_have_it_drawn_once(site, isekai, monkeypatch):
    may_draw, drawn, draw = threading.Event(), [], site.store.draw

    def held(key: Key) -> Answer:
        drawn.append(key)
        assert may_draw.wait(LIMIT)
        return draw(key)

    monkeypatch.setattr(site.store, "draw", held)
    with ExitStack() as stack:
        clients = [stack.enter_context(site.connect()) for _ in range(200)]
        for client in clients:
            client.sendall(
                f"GET {PAGE} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
            )
        wait_until(lambda: len(site.web.state.tasks) == len(clients))
        may_draw.set()
        said = [everything(client) for client in clients]
    assert [statuses(one) for one in said] == [[200]] * len(clients)
    assert len({one.partition(b"\r\n\r\n")[2] for one in said}) == 1
    assert len(drawn) == 1


class TestChanges:
    def test_a_vote_changes_what_others_see_within_two_seconds(self, site, isekai, discussion):
        factories.answers(discussion, happy=20)
        before = site.ask("/").body
        reader = factories.make_reader()
        answer = site.ask(
            f"{PAGE}questions/reaction/",
            "POST",
            ANSWER,
            Content_Type=FORM,
            Sec_Fetch_Site="same-origin",
            Cookie=cookie_of(reader),
        )
        assert answer.status == 303
        acknowledged = last = began = time.monotonic()
        while site.ask("/").body == before:
            last, began = began, time.monotonic()
            assert last < acknowledged + PROMISE

    def test_the_page_of_a_hidden_article_is_gone(self, site, isekai):
        assert site.ask(PAGE).status == 200
        back_to_draft(article=isekai, actor=factories.make_user("ed"))
        wait_until(lambda: site.ask(PAGE).status == 404)


def test_of_a_thousand_interleaved_looks_none_sees_anything_of_another_reader(
    site, isekai, discussion
):
    readers = {name: factories.make_reader(name) for name in ("MARK-ANN", "MARK-SAM", "MARK-HANA")}
    for name, reader in readers.items():
        factories.make_comment(discussion, reader, f"{name} waits.", state=Comment.State.PENDING)
    cookies = {name: cookie_of(reader) for name, reader in readers.items()} | {"": ""}
    turns = [["", *readers][n % 4 if n % 5 == 0 else 0] for n in range(1000)]

    def look(chunk: list[str]) -> list[tuple[str, set[bytes], bool]]:
        connection, found = HTTPConnection("127.0.0.1", site.port, timeout=LIMIT), []
        for name in chunk:
            connection.request("GET", PAGE, headers={"Cookie": cookies[name]} if name else {})
            answer = said(connection.getresponse())
            marks = set(re.findall(rb"MARK-[A-Z]+", answer.body))
            found.append(
                (name, marks, answer.headers.get("cache-control", "").startswith("public"))
            )
        connection.close()
        return found

    with ThreadPoolExecutor(4) as pool:
        looks = [look for part in pool.map(look, [turns[n::4] for n in range(4)]) for look in part]
    assert len(looks) == 1000
    for name, marks, is_public in looks:
        assert marks == ({name.encode()} if name else set())
        assert is_public == (not name)


class TestConditionsAndEncodings:
    def test_who_has_the_page_is_told_so_without_it(self, site, isekai):
        etag = site.ask(PAGE).headers["etag"]
        for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
            answer = site.ask(PAGE, If_None_Match=known)
            assert (answer.status, answer.body) == (304, b"")
            assert answer.headers["etag"] == etag
            assert "content-length" not in answer.headers
        assert site.ask(PAGE, If_None_Match='"other"').status == 200

    def test_head_is_the_same_without_the_page(self, site, isekai):
        whole, head = site.ask(PAGE), site.ask(PAGE, "HEAD")
        assert (head.status, head.body) == (200, b"")
        assert head.headers["content-length"] == str(len(whole.body))

    def test_gzip_is_the_same_page_under_a_tag_of_its_own(self, site, isekai):
        plain, packed = site.ask(PAGE), site.ask(PAGE, Accept_Encoding="br, gzip")
        assert packed.headers["content-encoding"] == "gzip"
        assert gzip.decompress(packed.body) == plain.body
        assert len(packed.body) < len(plain.body) / 2
        assert packed.headers["etag"] != plain.headers["etag"]
        assert (
            site.ask(PAGE, Accept_Encoding="gzip", If_None_Match=plain.headers["etag"]).status
            == 200
        )

    @pytest.mark.parametrize(
        ("accepted", "takes"),
        [
            (b"gzip", True),
            (b"GZIP", True),
            (b"x-gzip", True),
            (b"br, gzip;q=0.5", True),
            (b"*", True),
            (b"gzip;q=0.5, identity;q=0.5", True),
            (b"gzip;q=0.4, identity;q=0.5", False),
            (b"gzip;q=0", False),
            (b"gzip;q=0, *", False),
            (b"*;q=0", False),
            (b"gzip;q=much", False),
            (b"br", False),
            (b"identity", False),
            (b"", False),
            (b",,;", False),
        ],
    )
    def test_weights_are_obeyed(self, accepted, takes):
        assert takes_gzip(accepted) is takes


class TestWhatIsRemembered:
    def test_nothing_long_is(self, site, isekai):
        """Of what anybody may make up, the number alone is bounded."""
        remembering = (front.key_of, front.is_ours, front.is_right_scheme, takes_gzip)
        for remembered in remembering:
            remembered.cache_clear()
        long = "x" * 2000
        assert site.ask(f"{PAGE}?{long}").status == 200
        assert site.ask(PAGE, Host=f"{long}.example").status == 400
        assert site.ask(PAGE, X_Forwarded_Proto=long).status == 200
        assert front.key_of.cache_info().currsize == 0
        assert front.is_ours.cache_info().currsize == 0
        answer = site.ask(PAGE, Accept_Encoding=f"gzip, {long}")
        assert (answer.status, "content-encoding" in answer.headers) == (200, False)
        assert takes_gzip.cache_info().currsize == 0


class TestSlowReaders:
    def test_one_who_asks_and_never_reads_costs_little_memory(self, site, isekai):
        site.ask(PAGE)
        with site.connect() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.sendall((b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n" % PAGE.encode()) * 1000)
            wait_until(lambda: [one for one in connections_of(site) if one.flow.write_paused])
            held = [one.transport.get_write_buffer_size() for one in connections_of(site)]
            assert max(held) < 1_000_000
            assert site.ask(PAGE).status == 200

    @pytest.mark.parametrize("asks", [1, 1000])
    def test_one_who_never_reads_is_let_go(self, site, isekai, monkeypatch, asks):
        """With more than the connection takes, and with an answer that is the last."""
        monkeypatch.setattr(endings, "UNREAD_SECONDS", 0.2)
        site.ask(PAGE)
        line = b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n" % PAGE.encode()
        with site.connect() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.sendall(line * asks)
            wait_until(lambda: connections_of(site))
            if asks == 1:
                (one,) = connections_of(site)
                one.loop.call_soon_threadsafe(one.transport.write, b"x" * 8_000_000)
                one.loop.call_soon_threadsafe(one.end)
            wait_until(lambda: not connections_of(site))
        assert site.ask(PAGE).status == 200

    def test_five_hundred_of_them_leave_the_others_served(self, site, isekai):
        with ExitStack() as stack:
            for _ in range(500):
                client = stack.enter_context(site.connect())
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                client.sendall(b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n" % PAGE.encode())
            for _ in range(5):
                assert site.ask(PAGE).status == 200
                assert site.ask("/about/").status == 200


def connections_of(site: Served) -> list[Protocol]:
    return list(site.web.state.connections)


class TestBodies:
    @pytest.mark.parametrize(("path", "most"), [("/x/", READER_BODY), ("/admin/x/", STAFF_BODY)])
    def test_the_longest_body_is_taken_and_one_byte_more_is_not_read(self, serve, path, most):
        served, session = serve(echo), f"{settings.SESSION_COOKIE_NAME}=made-up"
        assert len(served.ask(path, "POST", b"x" * most, Cookie=session).body) > most
        too_long = served.ask(path, "POST", b"x" * (most + 1), Cookie=session)
        assert too_long.body == f"POST {path} ".encode()

    def test_a_reader_is_told_with_a_page_and_the_connection_ends(self, site, isekai):
        answer = site.ask(
            f"{PAGE}comments/", "POST", b"body=" + b"x" * READER_BODY, Content_Type=FORM
        )
        assert answer.status == 413
        assert b"too long" in answer.body
        assert answer.headers["connection"] == "close"

    def test_a_gigabyte_is_refused_before_a_byte_of_it_has_come(self, site, isekai):
        head = b"POST /articles/isekai/comments/ HTTP/1.1\r\nHost: localhost\r\n"
        said = site.tell(head + b"Content-Length: 1073741824\r\n\r\n")
        assert statuses(said) == [413]

    def test_chunks_without_an_end_are_refused_at_the_limit(self, site, isekai):
        head = b"POST /articles/isekai/comments/ HTTP/1.1\r\nHost: localhost\r\n"
        chunk = b"2000\r\n" + b"x" * 0x2000 + b"\r\n"
        said = site.tell(head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 9)
        assert statuses(said) == [413]

    def test_a_body_that_is_shorter_than_it_said_does_nothing(self, site, isekai):
        with site.connect() as client:
            client.sendall(
                b"POST /articles/isekai/questions/reaction/ HTTP/1.1\r\nHost: localhost\r\n"
                b"Sec-Fetch-Site: same-origin\r\n"
                b"Content-Type: application/x-www-form-urlencoded\r\n"
                b"Content-Length: 100\r\n\r\n" + ANSWER
            )
            client.shutdown(socket.SHUT_WR)
            assert everything(client) == b""
        wait_until(lambda: not site.web.state.tasks)
        assert not Ballot.objects.exists()


class TestTheLine:
    def test_who_comes_when_it_is_full_is_asked_to_come_again(self, serve, monkeypatch):
        monkeypatch.setattr(web, "DJANGO_THREADS", 1)
        monkeypatch.setattr(web, "MOST_WAITING", 2)
        held = Held()
        served = serve(held)
        with ThreadPoolExecutor(3) as pool:
            waiting = [pool.submit(served.ask, "/x/") for _ in range(3)]
            held.begun.acquire(timeout=LIMIT)
            wait_until(lambda: len(served.web.state.tasks) == 3)
            answer = served.ask("/x/")
            assert (answer.status, answer.headers["retry-after"]) == (503, "1")
            assert b"Please try again." in answer.body
            held.may_end.set()
            assert [one.result().body for one in waiting] == [b"done"] * 3

    def test_an_application_that_breaks_is_a_plain_500(self, serve, caplog):
        def broken(environ: dict, start_response: Callable) -> list[bytes]:
            raise RuntimeError("the reason")

        answer = serve(broken).ask("/x/")
        assert answer.status == 500
        assert b"the reason" not in answer.body
        assert "The application broke off." in caplog.text


class TestStreams:
    def test_the_beginning_is_sent_before_the_end_is_made(self, serve):
        stream = Stream(pieces=6, held=4)
        served = serve(stream)
        connection = HTTPConnection("127.0.0.1", served.port, timeout=LIMIT)
        connection.request("GET", "/x/")
        response = connection.getresponse()
        assert response.read(300_000) == Stream.PIECE * 3
        stream.may_go_on.set()
        assert response.read() == Stream.PIECE * 3
        connection.close()
        assert stream.closed.wait(LIMIT)

    def test_a_client_of_http_1_0_gets_it_whole(self, serve):
        said = serve(Stream(pieces=6)).tell(b"GET /x/ HTTP/1.0\r\n\r\n")
        head, _blank, body = said.partition(b"\r\n\r\n")
        assert b"content-length: 600000" in head
        assert body == Stream.PIECE * 6

    def test_one_that_breaks_off_does_not_look_whole(self, serve):
        stream = Stream(pieces=6, fails=True)
        with pytest.raises(IncompleteRead):
            serve(stream).ask("/x/")
        assert stream.closed.wait(LIMIT)

    def test_it_ends_when_the_client_has_gone(self, serve):
        stream = Stream(pieces=10_000, held=100)
        served = serve(stream)
        with served.connect() as client:
            client.sendall(b"GET /x/ HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.recv(1000)
        wait_until(lambda: not served.web.state.connections)
        stream.may_go_on.set()
        assert stream.closed.wait(LIMIT)
        assert stream.made < 10_000

    def test_slow_readers_hold_no_thread(self, serve, monkeypatch):
        monkeypatch.setattr(web, "DJANGO_THREADS", 1)
        stream = Stream(pieces=20)
        served = serve(stream)
        with ExitStack() as stack:
            for _ in range(20):
                client = stack.enter_context(served.connect())
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                client.sendall(b"GET /x/ HTTP/1.1\r\nHost: x\r\n\r\n")
            assert len(served.ask("/x/").body) == 20 * len(Stream.PIECE)


class TestEnvironment:
    @pytest.fixture
    def told(self, serve) -> Callable[[bytes], dict[str, str]]:
        served = serve(names)

        def ask(request: bytes) -> dict[str, str]:
            text = served.tell(request).partition(b"\r\n\r\n")[2].decode("latin-1")
            return dict(line.split("=", 1) for line in text.splitlines())

        return ask

    def test_the_path_is_decoded_and_the_query_is_not(self, told):
        environ = told(b"GET /a%20b%C3%A9?x=%20 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert environ["PATH_INFO"].encode("latin-1").decode() == "/a bé"
        assert environ["QUERY_STRING"] == "x=%20"
        assert environ["SERVER_PROTOCOL"] == "HTTP/1.1"
        assert environ["REMOTE_ADDR"] == "127.0.0.1"

    def test_a_name_with_an_underscore_cannot_pass_for_one_with_a_hyphen(self, told):
        environ = told(
            b"GET /x HTTP/1.1\r\nHost: x\r\nX_Forwarded_For: 203.0.113.9\r\n"
            b"Content_Length: 5\r\nConnection: close\r\n\r\n"
        )
        assert "HTTP_X_FORWARDED_FOR" not in environ
        assert "CONTENT_LENGTH" not in environ

    def test_repeated_headers_become_one(self, told):
        environ = told(
            b"GET /x HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nX-A: 2\r\nCookie: a=1\r\nCookie: b=2\r\n"
            b"Connection: close\r\n\r\n"
        )
        assert environ["HTTP_X_A"] == "1,2"
        assert environ["HTTP_COOKIE"] == "a=1; b=2"

    def test_the_length_is_that_of_the_body_as_it_came(self, told):
        environ = told(
            b"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n"
            b"Content-Type: text/plain\r\n\r\n3\r\none\r\n0\r\n\r\n"
        )
        assert environ["CONTENT_LENGTH"] == "3"
        assert environ["CONTENT_TYPE"] == "text/plain"
        assert "HTTP_TRANSFER_ENCODING" not in environ


class TestStopping:
    def test_an_answer_under_way_is_finished_and_nobody_else_is_let_in(self, serve):
        held = Held()
        served = serve(held)
        with served.connect() as client, served.connect() as idle:
            client.sendall(b"GET /x/ HTTP/1.1\r\nHost: x\r\n\r\n")
            assert held.begun.acquire(timeout=LIMIT)
            served.stop()
            wait_until(lambda: served.web.state.is_draining)
            held.may_end.set()
            answer = everything(client)
            assert answer.endswith(b"\r\n\r\ndone")
            assert b"\r\nconnection: close\r\n" in answer
            assert everything(idle) == b""

    def test_who_was_idle_may_ask_once_more(self, serve):
        held = Held()
        held.may_end.set()
        served = serve(held)
        with served.connect() as client:
            served.stop()
            wait_until(lambda: served.web.state.is_draining)
            client.sendall(b"GET /x/ HTTP/1.1\r\nHost: x\r\n\r\n")
            assert everything(client).endswith(b"\r\n\r\ndone")
