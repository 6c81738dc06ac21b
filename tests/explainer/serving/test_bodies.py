"""How much of what is sent is taken in: whose bodies may be long, and how many of them at once."""

from collections.abc import Callable

import pytest
from django.conf import settings

from explainer.middleware import READER_BODY, STAFF_BODY
from explainer.serving import bodies
from explainer.serving.bodies import has_session
from tests.explainer.serving.applications import Held, echo
from tests.explainer.serving.conftest import Served, statuses
from tests.explainer.serving.test_front import wait_until

SESSION = f"{settings.SESSION_COOKIE_NAME}=made-up"
HOST = "Host: localhost\r\n"


def head(length: int, *lines: str, path: str = "/admin/x/") -> bytes:
    """A post of so many bytes by somebody who says that they have signed in."""
    said = [f"POST {path} HTTP/1.1", "Host: localhost", f"Cookie: {SESSION}", *lines]
    return "\r\n".join([*said, f"Content-Length: {length}", "", ""]).encode("latin-1")


LONG = head(STAFF_BODY)


class TestWhoseMayBeLong:
    @pytest.mark.parametrize("path", ["/x/", "/admin/login/", "/moderation/x/"])
    def test_not_one_of_somebody_who_has_not_signed_in(self, serve, path):
        assert serve(echo).ask(path, "POST", b"x" * (READER_BODY + 1)).body == (
            f"POST {path} ".encode()
        )

    def test_not_one_that_is_no_editors(self, serve):
        answer = serve(echo).ask("/x/", "POST", b"x" * (READER_BODY + 1), Cookie=SESSION)
        assert answer.body == b"POST /x/ "

    def test_an_editors(self, serve):
        answer = serve(echo).ask("/admin/x/", "POST", b"x" * STAFF_BODY, Cookie=SESSION)
        assert len(answer.body) > STAFF_BODY

    @pytest.mark.django_db
    def test_another_server_is_told_so_by_the_site_itself(self, ann):
        assert ann.post("/admin/login/", {"next": "x" * READER_BODY}).status_code == 413

    def test_of_what_is_refused_nothing_is_kept(self, serve):
        held = Held()
        served = serve(held)
        with served.connect() as client:
            client.sendall(head(READER_BODY + 1, path="/x/") + b"x" * READER_BODY)
            held.begun.acquire(timeout=60)
            (connection,) = served.web.state.connections
            assert connection.cycle.body == b""
            held.may_end.set()

    @pytest.mark.parametrize(
        ("cookies", "is_there"),
        [
            ("sessionid=x", True),
            ("reader=1; sessionid=x", True),
            ("reader=1;sessionid =x", True),
            ("xsessionid=x", False),
            ("reader=sessionid=x", False),
            ("sessionid", False),
            ("", False),
        ],
    )
    def test_the_cookie_of_a_session_is_found_among_others(self, monkeypatch, cookies, is_there):
        monkeypatch.setattr(settings, "SESSION_COOKIE_NAME", "sessionid")
        assert has_session(cookies.encode()) is is_there


class TestTheRoomForAll:
    @pytest.fixture
    def served(self, serve: Callable, monkeypatch: pytest.MonkeyPatch) -> Served:
        """A server with room for one long body."""
        monkeypatch.setattr(bodies, "HELD", STAFF_BODY)
        return serve(echo)

    def test_who_comes_when_it_is_full_is_asked_to_come_again_before_anything_is_read(self, served):
        with served.connect() as first:
            first.sendall(LONG)
            wait_until(lambda: held_by(served) == STAFF_BODY)
            said = served.tell(LONG)
            assert statuses(said) == [503]
            assert b"\r\nretry-after: 1\r\n" in said
            assert b"\r\nconnection: close\r\n" in said
            assert statuses(served.tell(head(READER_BODY + 1))) == [503]

    def test_what_is_no_longer_than_a_readers_is_taken_all_the_same(self, served):
        with served.connect() as first:
            first.sendall(LONG)
            wait_until(lambda: held_by(served) == STAFF_BODY)
            body = b"x" * READER_BODY
            assert served.ask("/x/", "POST", body).body == b"POST /x/ " + body
            assert served.ask("/admin/x/", "POST", body, Cookie=SESSION).status == 200

    def test_one_of_unknown_length_may_become_the_longest(self, served):
        said = f"POST /admin/x/ HTTP/1.1\r\n{HOST}Cookie: {SESSION}\r\nTransfer-Encoding: chunked"
        with served.connect() as first:
            first.sendall(f"{said}\r\n\r\n5\r\nhello\r\n".encode())
            wait_until(lambda: held_by(served) == STAFF_BODY)
            assert statuses(served.tell(LONG)) == [503]

    def test_there_is_room_again_when_one_is_answered(self, served):
        for _ in range(3):
            assert served.ask("/admin/x/", "POST", b"x" * STAFF_BODY, Cookie=SESSION).status == 200

    def test_there_is_room_again_when_one_has_gone(self, served):
        with served.connect() as first:
            first.sendall(LONG + b"x" * 1000)
            wait_until(lambda: held_by(served) == STAFF_BODY)
        wait_until(lambda: held_by(served) == 0)

    def test_it_is_held_until_the_answer_however_soon_a_client_goes(self, serve, monkeypatch):
        monkeypatch.setattr(bodies, "HELD", STAFF_BODY)
        held = Held()
        served = serve(held)
        with served.connect() as first:
            first.sendall(LONG + b"x" * STAFF_BODY)
            held.begun.acquire(timeout=60)
        wait_until(lambda: not served.web.state.connections)
        assert held_by(served) == STAFF_BODY
        held.may_end.set()
        wait_until(lambda: held_by(served) == 0)

    def test_behind_another_request_none_is_taken(self, serve, monkeypatch):
        monkeypatch.setattr(bodies, "HELD", STAFF_BODY)
        held = Held()
        served = serve(held)
        with served.connect() as client:
            client.sendall(f"GET /x/ HTTP/1.1\r\n{HOST}\r\n".encode() + LONG)
            held.begun.acquire(timeout=60)
            assert held_by(served) == 0
            held.may_end.set()
            assert client.recv(1000).endswith(b"done")
        assert held_by(served) == 0


def held_by(served: Served) -> int:
    return served.web.front.bodies.held
