"""The cast and the stage: Ann is enraged, Sam is sad, Hana is happy, Mo moderates, Ed edits."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from unittest.mock import patch
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import AbstractUser, Group
from django.core.management.color import Style
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.postgresql.operations import DatabaseOperations as PostgreSQLOperations
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries, Settings

from explainer.models import Article
from polls import append_only, pieces
from polls.actions.roles import MODERATORS
from polls.middleware import read_cookie
from polls.models import Comment, Discussion, Reader
from tests import factories, outbound

FORM = "application/x-www-form-urlencoded"


class Browser(Client):
    """A browser: it keeps cookies, and says of each post that it comes from the site's own page.

    `htmx=True` sends what htmx sends, to get the piece instead of the page.
    """

    def __init__(self, *, user: AbstractUser | None = None, address: str = "203.0.113.1") -> None:
        super().__init__(REMOTE_ADDR=address)
        self.user = user
        if user:
            self.force_login(user)

    def get(self, path: str, data: object = None, *, htmx: bool = False, **more: object):
        more["headers"] = _headers(htmx, more.pop("headers", None))
        return super().get(path, data, **more)

    def post(self, path: str, data: object = None, *, htmx: bool = False, **more: object):
        """Posts a form as a browser does: urlencoded, from the same origin."""
        said = {"Sec-Fetch-Site": "same-origin"} | (more.pop("headers", None) or {})
        more["headers"] = _headers(htmx, said)
        if "content_type" not in more:
            if isinstance(data, dict | None):
                data = urlencode(_as_drawn(path, data or {}), doseq=True)
            more["content_type"] = FORM
        if isinstance(data, bytes):  # as they are: Django's client would encode them once more
            return self.generic("POST", path, data, **more)
        return super().post(path, data, **more)

    @property
    def reader(self) -> Reader | None:
        """Who this browser is to the site; None before the first act."""
        if self.user:
            return Reader.objects.filter(user=self.user).first()
        request = RequestFactory().get("/")
        request.COOKIES = {name: morsel.value for name, morsel in self.cookies.items()}
        return Reader.objects.filter(key=read_cookie(request)).first()


def _as_drawn(path: str, data: dict) -> dict:
    """The fields of a form with what its page puts there: a comment's says how long it stood."""
    if path.endswith("/comments/") and "body" in data:
        return {"stamp": factories.make_old_stamp()} | data
    return data


def _headers(htmx: bool, headers: dict | None) -> dict:
    said = {name: value for name, value in (headers or {}).items() if value is not None}
    return said | ({"HX-Request": "true"} if htmx else {})


@pytest.fixture(autouse=True)
def _nobody_else_is_asked() -> Iterator[None]:
    """A test fails that connects to anybody but this machine, its database and its cache."""
    with outbound.only_here() as refused:
        yield
    assert refused == []


@pytest.fixture(autouse=True)
def _own_cache(settings: Settings) -> None:
    """No test sees what another has cached, in this process or in a shared Redis."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    prefix = f"test-{os.getpid()}-{worker}-{factories.number()}"
    settings.CACHES = {
        name: config | {"KEY_PREFIX": prefix} for name, config in settings.CACHES.items()
    }
    pieces.store.clear()


@pytest.fixture(scope="session", autouse=True)
def _flush_deletes_rows() -> Iterator[None]:
    """A test database is emptied row by row, on PostgreSQL too: of the few rows of a test that is
    done a hundred times sooner than TRUNCATE, which gives every table new files.

    The log, which refuses everybody else, lets go of its rows for it.
    """
    flush = BaseDatabaseOperations.execute_sql_flush

    def delete(operations: PostgreSQLOperations, style: Style, tables: list[str], **_more: object):
        return [f"DELETE FROM {operations.quote_name(table)}" for table in tables]

    def execute(operations: BaseDatabaseOperations, statements: list[str]) -> None:
        with append_only.released(operations.connection):
            flush(operations, statements)

    with (
        patch.object(BaseDatabaseOperations, "execute_sql_flush", execute),
        patch.object(PostgreSQLOperations, "sql_flush", delete),
    ):
        yield


@pytest.fixture
def ann(db: None) -> Browser:
    """A guest; later in the test she is enraged."""
    return Browser(address="203.0.113.11")


@pytest.fixture
def sam(db: None) -> Browser:
    """A guest; later in the test he is sad."""
    return Browser(address="203.0.113.12")


@pytest.fixture
def hana(db: None) -> Browser:
    """A guest; later in the test she is happy."""
    return Browser(address="203.0.113.13")


@pytest.fixture
def mo(db: None) -> Browser:
    """A signed-in moderator, a member of the group; `mo.user` is the account."""
    user = factories.make_user("mo", is_staff=True)
    user.groups.add(Group.objects.get(name=MODERATORS))
    return Browser(user=user, address="203.0.113.14")


@pytest.fixture
def ed(db: None) -> Browser:
    """A signed-in editor who may do everything; `ed.user` is the account."""
    user = factories.make_user("ed", is_staff=True, is_superuser=True)
    return Browser(user=user, address="203.0.113.15")


@pytest.fixture
def isekai(db: None) -> Article:
    """A published article without an advisory."""
    return factories.make_article()


@pytest.fixture
def discussion(isekai: Article) -> Discussion:
    """What hangs below it."""
    return isekai.discussion


@pytest.fixture
def netorare(db: None) -> Article:
    """A published article behind an advisory; its text says SECRET wherever a text may stand."""
    return factories.make_article(
        "What is netorare?",
        slug="netorare",
        subject="netorare",
        advisory="Infidelity\nHumiliation",
        body="SECRET body.\n\n## SECRET heading\n\nMore SECRET text.\n",
        short_answer="SECRET answer.",
    )


@pytest.fixture
def comment(discussion: Discussion) -> Comment:
    """A published comment by a reader outside the cast."""
    return factories.make_comment(discussion, factories.make_reader("Priya"), "It is an escape.")


@contextmanager
def _nothing_stored() -> Iterator[None]:
    before = _stored()
    yield
    assert _stored() == before


def _stored() -> dict[str, list[tuple]]:
    stored = factories.everything_stored()
    del stored["django_session"]  # what the panel says next to its user is kept in theirs
    return stored


@pytest.fixture
def nothing_stored(db: None) -> Callable[[], AbstractContextManager[None]]:
    """`with nothing_stored():` fails when its block leaves any row added, changed or gone."""
    return _nothing_stored


@pytest.fixture
def queries_of(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> Callable[[Callable[[], HttpResponse]], list[str]]:
    """The SQL that a request runs: `queries_of(lambda: ann.get("/"))`."""

    def run(request: Callable[[], HttpResponse]) -> list[str]:
        with django_assert_max_num_queries(10_000) as captured:
            request()
        return [query["sql"] for query in captured.captured_queries]

    return run
