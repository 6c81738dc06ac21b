"""What a browser is told on every answer of every address, whoever asks and whatever went wrong."""

import re

import html5lib
import pytest
from django.test import Client, override_settings
from django.urls import path

from explainer import urls
from polls.errors import TooSoon
from tests.conftest import Browser
from tests.journeys.everywhere import Stop, panel, paths, walk

pytestmark = pytest.mark.django_db
ALWAYS = {
    "Content-Security-Policy": {
        *("default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:"),
        *("font-src 'self'", "connect-src 'self'", "form-action 'self'", "base-uri 'none'"),
        "frame-ancestors 'none'",
    },
    "X-Content-Type-Options": {"nosniff"},
    "X-Frame-Options": {"DENY"},
    "Referrer-Policy": {"strict-origin-when-cross-origin"},
    "Cross-Origin-Opener-Policy": {"same-origin"},
    "Cross-Origin-Resource-Policy": {"same-origin"},
    "Permissions-Policy": {
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
    },
}
NEVER = ("Server", "X-Powered-By", "Access-Control-Allow-Origin")
# Pages of one person or of staff: not even the browser's own store keeps them.
PRIVATE = re.compile(r"/(admin|moderation|me|accounts|notices)/|/(decision|appeal|edit|delete)/")
TEXT = re.compile(r"text/|application/atom")  # JSON is UTF-8 by definition; XML says it inside


def faults(stop: Stop) -> list[str]:
    """What one answer says wrongly or leaves out."""
    response = stop.response
    found = [
        f"{stop}: {name}: {response.get(name)}"
        for name, wanted in ALWAYS.items()
        if {part.strip() for part in response.get(name, "").split(";")} - {""} != wanted
    ]
    found += [f"{stop}: {name}" for name in NEVER if response.has_header(name)]
    kind = response.get("Content-Type", "")
    if TEXT.match(kind) and "charset=utf-8" not in kind.lower():
        found.append(f"{stop}: {kind}")
    return found


def crash(request):
    raise RuntimeError("SECRET")


def too_soon(request):
    raise TooSoon("Wait.", retry_after=3)


@pytest.mark.parametrize("method", ["get", "head", "post", "options"])
def test_every_address_tells_it(everybody, discussion, method):
    stops = list(walk(everybody, paths(everybody, discussion), method))
    assert len(stops) > 200
    assert [fault for stop in stops for fault in faults(stop)] == []


def test_the_panel_tells_it(everybody):
    stops = list(walk(everybody, panel()))
    assert any(stop.response.status_code == 200 and stop.who == "admin" for stop in stops)
    assert [fault for stop in stops for fault in faults(stop)] == []


class TestWhatWentWrong:
    """The answers that no view of ours makes."""

    urlpatterns = [*urls.urlpatterns, path("crash/", crash), path("soon/", too_soon)]
    handler500 = urls.handler500

    @pytest.fixture
    def answers(self, everybody, settings):
        settings.ROOT_URLCONF = type(self)
        client = Client(raise_request_exception=False)
        form = {"content_type": "application/x-www-form-urlencoded"}
        return {
            "not found": everybody["reader"].get("/nowhere/"),
            "crash": client.get("/crash/"),
            "too soon": everybody["reader"].post("/soon/"),
            "host": client.get("/", headers={"Host": "evil.example"}),
            "another site": client.post("/appearance/", headers={"Sec-Fetch-Site": "cross-site"}),
            "no token": Client(enforce_csrf_checks=True).post("/appearance/", "theme=dark", **form),
            "too long": everybody["reader"].post("/appearance/", {"theme": "x" * 70_000}),
            "no form": everybody["reader"].post("/appearance/", "{}", content_type="text/json"),
            "no text": everybody["reader"].post("/appearance/", "theme=%ff", **form),
            "no method": everybody["reader"].get("/appearance/"),
            "no style sheet": client.get("/static/nowhere.css"),
        }

    def test_each_is_what_it_says(self, answers):
        assert {what: response.status_code for what, response in answers.items()} == {
            **{"not found": 404, "crash": 500, "too soon": 429, "host": 400},
            **{"another site": 403, "no token": 403, "too long": 413, "no form": 415},
            **{"no text": 400, "no method": 405, "no style sheet": 404},
        }

    def test_each_tells_it(self, answers):
        stops = [Stop(what, "anybody", response) for what, response in answers.items()]
        assert [fault for stop in stops for fault in faults(stop)] == []

    def test_none_tells_what_broke(self, answers):
        for what, response in answers.items():
            for word in ("SECRET", "Traceback", "RuntimeError", ".py", "evil."):
                assert word not in response.content.decode(), what

    def test_none_sets_a_cookie(self, answers):
        assert {what for what, response in answers.items() if response.cookies} <= {"no token"}


def test_private_pages_are_kept_by_nobody(everybody, discussion):
    stops = walk(everybody, [*paths(everybody, discussion), *panel()])
    shown = [s for s in stops if PRIVATE.search(s.path) and s.response.status_code == 200]
    assert len(shown) > 20
    said = {str(stop): stop.response.get("Cache-Control", "") for stop in shown}
    assert {path: words for path, words in said.items() if "no-store" not in words} == {}


def test_what_is_drawn_for_one_reader_is_shared_by_no_cache(everybody, discussion):
    stops = walk(everybody, paths(everybody, discussion))
    for stop in stops:
        if stop.who != "anonymous" and stop.is_html and stop.response.status_code == 200:
            words = stop.response.get("Cache-Control", "")
            assert "private" in words or "no-store" in words, stop
            assert "s-maxage" not in words, stop
            assert "Cookie" in stop.response.get("Vary", ""), stop


LOADS = {
    "src",
    "srcset",
    "poster",
    "data",
    "action",
    "formaction",
    "ping",
    "background",
    "manifest",
}


def test_no_page_names_anybody_else(everybody, discussion):
    """Nothing is loaded from, sent to or announced to another host; only links may lead there."""
    elsewhere = []
    for stop in walk(everybody, [*paths(everybody, discussion), *panel()]):
        if not stop.is_html or stop.response.status_code != 200:
            continue
        for element in html5lib.parse(stop.response.content, namespaceHTMLElements=False).iter():
            if not isinstance(element.tag, str):
                continue
            names = LOADS | ({"href"} if element.tag in {"link", "base", "use", "image"} else set())
            for name in names & element.attrib.keys():
                value = element.attrib[name]
                if re.match(r"\s*([a-z]+:)?//", value) and "//testserver" not in value:
                    elsewhere.append(f"{stop} <{element.tag} {name}={value}>")
    allowed = "http://127.0.0.1:8000/"  # SITE_URL, in the canonical link
    assert [line for line in elsewhere if allowed not in line] == []


def test_what_is_no_page_is_never_taken_for_one(everybody):
    for where in ("/feed/", "/sitemap.xml", "/robots.txt", "/healthz", "/readyz?format=json"):
        response = everybody["anonymous"].get(where)
        assert not response["Content-Type"].startswith("text/html"), where
        assert response["X-Content-Type-Options"] == "nosniff", where


class TestOverHttps:
    @pytest.fixture(autouse=True)
    def https(self, settings):
        settings.SECURE_PROXY_SSL_HEADER = None
        settings.SECURE_SSL_REDIRECT = True

    def test_a_browser_is_told_to_stay_there(self, everybody, discussion):
        for path_ in ("/", "/articles/isekai/", "/nowhere/", "/admin/login/", "/appearance/"):
            response = everybody["anonymous"].get(path_, secure=True)
            assert response["Strict-Transport-Security"] == "max-age=31536000", path_

    def test_the_way_there_tells_it_as_well(self, everybody):
        stops = [
            Stop("redirect", "anybody", Browser().get("/articles/isekai/")),
            Stop("style sheet", "anybody", Browser().get("/static/explainer/site.css")),
            Stop("host", "anybody", Client().get("/", headers={"Host": "evil.example"})),
        ]
        assert [stop.response.status_code for stop in stops] == [301, 301, 400]
        assert [fault for stop in stops for fault in faults(stop)] == []

    def test_plain_http_is_sent_there(self, everybody):
        response = Browser().get("/articles/isekai/?page=2")
        assert response.status_code == 301
        assert response["Location"] == "https://testserver/articles/isekai/?page=2"
        assert not response.has_header("Strict-Transport-Security")

    @override_settings(ALLOWED_HOSTS=["example.org"])
    def test_nobody_is_sent_to_a_name_that_somebody_made_up(self):
        response = Client().get("/", headers={"Host": "evil.example"})
        assert response.status_code == 400
        assert not response.has_header("Location")
