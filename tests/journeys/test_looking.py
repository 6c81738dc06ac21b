"""A look never writes: no row, no cookie, on any page, for anybody."""

import re

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from tests.conftest import Browser
from tests.factories import answers, make_comments, make_topic, make_work

pytestmark = pytest.mark.django_db
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER)\b", re.IGNORECASE)
# Signing in needs a session and a token; whoever opens the form is about to act.
MAY_SET_COOKIES = {"/accounts/login/"}


@pytest.fixture
def paths(isekai, netorare, comment):
    """An address of every page there is, by the routes themselves."""
    make_comments(isekai.discussion, 3)
    make_work()
    answers(isekai.discussion, happy=5)
    values = {
        "slug": "isekai",
        "key": "isekai",
        "question": "reaction",
        "pk": str(comment.pk),
    }
    topic = make_topic()
    found = {
        re.sub(r"<(?:\w+:)?(\w+)>", lambda match: values[match[1]], route)
        for route in routes(get_resolver())
        if not route.startswith("admin/")
    }
    return sorted(
        {
            *(f"/{path}" for path in found),
            f"/topics/{topic.pk}/vote/",
            "/articles/netorare/",
            "/articles/netorare/advisory/",
            "/articles/netorare/results/",
            "/articles/isekai/?page=2&order=oldest&comment=1&change=before",
            "/nowhere/",
        }
    )


def routes(resolver: URLResolver, before: str = "") -> list[str]:
    """Every route below a resolver, written out."""
    found = []
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern).removeprefix("^")
        if isinstance(entry, URLPattern):
            found.append(route)
        else:
            found += routes(entry, route)
    return found


def test_the_routes_are_all_here(paths):
    assert len(paths) > 30
    for path in ("/", "/articles/isekai/", "/me/", "/feed/", "/sitemap.xml", "/topics/suggest/"):
        assert path in paths


@pytest.mark.parametrize(
    ("method", "headers"),
    [("get", {}), ("get", {"HX-Request": "true"}), ("head", {}), ("options", {})],
    ids=["get", "htmx", "head", "options"],
)
def test_somebody_who_only_looks_writes_nothing_and_gets_no_cookie(paths, method, headers):
    for path in paths:
        with CaptureQueriesContext(connection) as queries:
            response = getattr(Browser(), method)(path, headers=headers)
        # Here no worker is beside the site, and that address says so.
        assert response.status_code < 500 or path == "/readyz", path
        written = [query["sql"] for query in queries if WRITES.match(query["sql"])]
        assert written == [], path
        assert not response.cookies or path in MAY_SET_COOKIES, path


def test_a_reader_who_only_looks_writes_nothing(ann, paths, nothing_stored):
    ann.post("/articles/isekai/questions/reaction/", {"answer": "sad"})
    with nothing_stored():
        for path in paths:
            response = ann.get(path)
            assert not response.cookies or path in MAY_SET_COOKIES, path


def test_somebody_signed_in_who_only_looks_writes_nothing(mo, paths, nothing_stored):
    with nothing_stored():
        for path in paths:
            assert settings.READER_COOKIE_NAME not in mo.get(path).cookies


def test_searches_and_previews_write_nothing(ann, isekai, nothing_stored):
    with nothing_stored():
        ann.get("/topics/similar/", {"title": "heist"}, htmx=True)
        ann.get("/articles/isekai/works/", {"title": "kingdom"}, htmx=True)
        response = ann.post(
            "/articles/isekai/comments/", {"body": "An escape.", "action": "preview"}, htmx=True
        )
    assert not response.cookies
