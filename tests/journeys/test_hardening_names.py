"""What somebody writes where a name stands: of a host, of a page to go to next, in a log."""

import logging

import pytest
from django.test import Client, RequestFactory

from explainer.observability import logs
from polls.views._answer import local_path
from tests.conftest import Browser

pytestmark = pytest.mark.django_db
PAGE = "/articles/isekai/"
HOSTS = [
    "evil.example",
    "testserver.evil.example",
    "testserver@evil.example",
    "testserver:80@evil.example",
    "testserver/evil",
    "testserver#evil",
    "testserver:http",
    "testserver,evil.example",
    " testserver",
    "testserver\tevil",
    "[::1",
    "*",
    ".",
]
# None of these may be where a browser is sent.
NEXT = [
    "https://evil.example/",
    "http:evil.example",
    "//evil.example/",
    "///evil.example/",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "\x00//evil.example",
    "/%09/evil.example\r\nX: y",
    "/a\r\nSet-Cookie: a=b",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "https:evil.example",
    "https:/evil.example",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "//testserver\\@evil.example",
    "/..//evil.example",
    "/.//evil.example",
    "/%2e%2e//evil.example",
    "evil.example",
    "?next=x",
    "",
    "x" * 5000,
]


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_that_is_not_ours_is_refused(isekai, host, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    for path in ("/", PAGE, "/nowhere", "/admin/", "/feed/", "/healthz", "/articles/isekai"):
        response = Client().get(path, headers={"Host": host})
        assert response.status_code == 400, path
        assert "evil" not in response.content.decode()
        assert not response.has_header("Location")


def test_links_name_the_site_and_not_who_was_asked(isekai, settings):
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    for path in ("/", PAGE, "/feed/", "/sitemap.xml", "/robots.txt"):
        response = Client().get(path, headers={"Host": "other.example"})
        assert "other.example" not in response.content.decode(), path


@pytest.mark.parametrize(
    "said",
    [
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Proto": "https"},
        {"X-Forwarded-Port": "666"},
        {"Forwarded": "for=1.2.3.4;host=evil.example;proto=https"},
        {"X-Real-IP": "1.2.3.4"},
        {"X-Original-URL": "/me/"},
        {"X-Rewrite-URL": "/me/"},
        {"X-Forwarded-Prefix": "/evil.example"},
        {"X-Script-Name": "/evil.example"},
    ],
    ids=str,
)
def test_what_a_stranger_says_a_proxy_said_changes_nothing(isekai, said):
    paths = ("/", PAGE, "/feed/", "/accounts/login/", "/articles/isekai")
    for path in paths:
        plain, response = Browser().get(path), Browser().get(path, headers=said)
        assert response.status_code == plain.status_code
        assert response.get("Location") == plain.get("Location")
        assert "evil" not in response.content.decode()
        assert "1.2.3.4" not in response.content.decode()


class TestWhereToGoNext:
    @pytest.mark.parametrize("evil", NEXT)
    def test_after_choosing_an_appearance(self, ann, isekai, evil):
        response = ann.post("/appearance/", {"theme": "dark", "next": evil})
        assert response.status_code == 303
        assert response["Location"] == "/"

    @pytest.mark.parametrize("evil", NEXT)
    def test_after_signing_in(self, ed, isekai, evil):
        for path in ("/accounts/login/", "/admin/login/"):
            typed = {"username": "ed", "password": "a long password", "next": evil}
            response = Browser().post(path, typed)
            assert response.status_code in {302, 400}, path
            where = response.get("Location", "/")
            assert where in {"/", "/admin/"}, where

    def test_a_page_of_ours_is_fine(self, ann, isekai):
        response = ann.post("/appearance/", {"theme": "dark", "next": f"{PAGE}?page=2"})
        assert response["Location"] == f"{PAGE}?page=2"

    def test_the_judge_is_asked(self):
        assert local_path("/..//evil.example", "/") == "/"


@pytest.mark.parametrize(
    "path",
    [
        "/articles/../../etc/passwd",
        "/articles/%2e%2e%2f%2e%2e%2fetc%2fpasswd/",
        "/articles/isekai/comments/1%0d%0aX:y/",
        "/articles/isekai%0d%0aSet-Cookie:a=b/",
        "/articles/isekai/comments/" + "9" * 400 + "/",
        "/articles/isekai/comments/-1/",
        "/articles/isekai/comments/１/",
        "/articles/isekai/comments/1.9/",
        "/articles/isekai/comments/0x1/",
        "/articles/isekai/comments/%00/",
        "/articles/" + "a" * 5000 + "/",
        "/notices/" + "f" * 400 + "/",
        "/static/../settings.py",
        "/.git/config",
        "/.env",
        "/var/secret-key",
        "/admin/polls/comment/" + "9" * 400 + "/change/",
    ],
)
def test_what_is_no_address_is_plainly_not_there(ed, isekai, path):
    for browser in (Browser(), ed):
        response = browser.get(path)
        assert response.status_code in {302, 404}
        assert "passwd" not in response.get("Set-Cookie", "")
        assert not response.has_header("X")
        for word in ("Traceback", "DoesNotExist", "OverflowError", "urlpatterns"):
            assert word not in response.content.decode(errors="replace")


class TestLogs:
    @pytest.mark.parametrize("formatter", [logs.LineFormatter, logs.JsonFormatter])
    @pytest.mark.parametrize(
        "text", ["a\nERROR made: up", "a\r\nb", "a\x1b[2Jb", "a\x00b", "a\u2028b", "a\x85b"]
    )
    def test_what_somebody_sends_cannot_write_a_line(self, formatter, text):
        record = logging.LogRecord("x", logging.ERROR, "x", 1, "Not found: %s", (text,), None)
        record.request = RequestFactory().get("/")
        logs.Discreet().filter(record)
        written = formatter().format(record)
        assert len(written.splitlines()) == 1
        assert all(sign.isprintable() for sign in written)
