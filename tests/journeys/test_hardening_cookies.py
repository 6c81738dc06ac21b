"""Every cookie that any address sets, under https: kept by this host alone and for it alone."""

import os
import runpy
from http.cookies import Morsel
from pathlib import Path
from unittest.mock import patch

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from explainer import settings as site_settings
from tests import factories
from tests.conftest import Browser
from tests.journeys.everywhere import panel, paths, walk

PAGE = "/articles/isekai/"
ADVISORY = "/articles/netorare/advisory/"
PREFIX = "__Host-"
# What this site sets. Whoever adds one here says on the page about privacy what it is for.
NAMES = {"csrftoken", "order", "passed", "reader", "sessionid", "theme", "themes"}
Cookies = list[tuple[str, Morsel]]


def settings_of(url: str) -> dict[str, object]:
    """What a site under that address says of its cookies."""
    with patch.dict(os.environ, SITE_URL=url):
        found = runpy.run_path(str(Path(site_settings.__file__)))
    return {
        name: value
        for name, value in found.items()
        if "COOKIE" in name or name in {"HTTPS", "MESSAGE_STORAGE", "SECURE_SSL_REDIRECT"}
    }


@pytest.fixture(autouse=True)
def under_https(settings: Settings) -> None:
    """The site as it is behind a proxy that ends TLS; every request comes from there."""
    for name, value in settings_of("https://testserver").items():
        setattr(settings, name, value)
    settings.SECURE_PROXY_SSL_HEADER = ("SERVER_NAME", "testserver")


@pytest.fixture
def cookies(under_https: None, monkeypatch: pytest.MonkeyPatch) -> Cookies:
    """(where, cookie) of each that is set or taken back from here on, by whomever."""
    found: Cookies = []
    request = Client.request

    def noting(client: Client, **environ: object) -> HttpResponse:
        response = request(client, **environ)
        where = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        found.extend((where, morsel) for morsel in response.cookies.values())
        return response

    monkeypatch.setattr(Client, "request", noting)
    return found


def faults(where: str, cookie: Morsel) -> list[str]:
    """What one cookie says wrongly or leaves out."""
    wanted = {"secure": True, "path": "/", "domain": "", "samesite": "Lax"}
    if cookie["max-age"] != 0:  # one that is taken back holds nothing to read
        wanted["httponly"] = True
    found = [
        f"{where} {cookie.key}: {name} is {cookie[name]!r}"
        for name, value in wanted.items()
        if cookie[name] != value
    ]
    return found + ([] if cookie.key.startswith(PREFIX) else [f"{where} {cookie.key}: no prefix"])


def act(everybody: dict[str, Browser]) -> None:
    """Whatever makes a site remember something, and forget it again."""
    reader, mo = everybody["reader"], everybody["moderator"]
    newcomer = Browser(address="203.0.113.77")
    newcomer.post(f"{PAGE}questions/reaction/", {"answer": "happy"})
    newcomer.get(f"{PAGE}?order=oldest")
    for theme in ("dark", "auto"):
        newcomer.post("/appearance/", {"theme": theme})
    newcomer.post(ADVISORY, {"remember": "on"})
    newcomer.post("/privacy/advisories/")
    reader.post(f"{PAGE}comments/", {"body": "A comment.", "name": "Sam"})
    # A sentence for the next page.
    waiting = factories.make_comment(reader.reader.comments.get().discussion, state="pending")
    mo.post("/moderation/chosen/", {"do": "publish", "chosen": [f"{waiting.pk}.pending"]})
    for door in ("/accounts/login/", "/admin/login/"):
        newcomer.get(door)
        newcomer.post(door, {"username": "ed", "password": "a long password"})
        newcomer.post("/accounts/logout/")


@pytest.mark.django_db
def test_each_is_kept_by_this_host_alone(cookies, everybody, discussion, netorare):
    act(everybody)
    for _stop in walk(everybody, [*paths(everybody, discussion), *panel(), ADVISORY]):
        pass
    assert [fault for where, cookie in cookies for fault in faults(where, cookie)] == []
    assert {cookie.key.removeprefix(PREFIX) for _where, cookie in cookies} == NAMES


@pytest.mark.django_db
def test_a_name_without_the_prefix_is_nobodys(everybody, netorare):
    """Another host of the same domain can set such a cookie; it chooses nothing here."""
    newcomer = Browser(address="203.0.113.77")
    newcomer.post(ADVISORY, {"remember": "on"})
    newcomer.post("/appearance/", {"theme": "dark"})
    newcomer.post(f"{PAGE}questions/reaction/", {"answer": "happy"})
    planted = Browser(address="203.0.113.78")
    for name, morsel in newcomer.cookies.items():
        planted.cookies[name.removeprefix(PREFIX)] = morsel.value
    assert planted.reader is None
    assert planted.get("/articles/netorare/").status_code == 302
    assert 'data-theme="dark"' in newcomer.get(PAGE).content.decode()
    assert 'data-theme="dark"' not in planted.get(PAGE).content.decode()


def test_only_https_has_the_prefix():
    """On a machine of one's own there is none, and a browser would refuse it."""
    for url, is_secure in (("http://127.0.0.1:8000", False), ("https://example.org", True)):
        said = settings_of(url)
        names = {value for name, value in said.items() if name.endswith("_COOKIE_NAME")}
        assert {name.removeprefix(PREFIX) for name in names} == NAMES
        assert {name.startswith(PREFIX) for name in names} == {is_secure}
        assert said["SESSION_COOKIE_SECURE"] is said["CSRF_COOKIE_SECURE"] is is_secure
