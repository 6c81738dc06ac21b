"""The database is busy, full or away: 503, when to come back, and what was typed is kept."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.utils import DatabaseError, DatabaseErrorWrapper, IntegrityError

from explainer.unavailable import is_away, is_unreadable

COMMENTS = "/articles/isekai/comments/"


@contextmanager
def away(error: Exception) -> Iterator[None]:
    """A block in which every statement fails."""

    def fail(execute: Callable, sql: str, *rest: object) -> object:
        if sql.startswith(("ROLLBACK", "RELEASE")):
            return execute(sql, *rest)
        raise error

    with connection.execute_wrapper(fail):
        yield


@pytest.fixture(params=["database is locked", "database or disk is full", "server closed"])
def error(request):
    return OperationalError(request.param)


@pytest.mark.django_db
class TestTheAnswer:
    def test_a_page(self, ann, isekai, error):
        with away(error):
            answer = ann.get("/articles/isekai/")
        assert answer.status_code == 503
        assert answer["Retry-After"].isdigit()
        assert b"try again in a few seconds" in answer.content

    def test_an_act_keeps_what_was_typed(self, ann, isekai, error, nothing_stored):
        with nothing_stored(), away(error):
            answer = ann.post(COMMENTS, {"body": "An <escape>.", "name": "Ann"})
        assert answer.status_code == 503
        assert "An &lt;escape&gt;." in answer.content.decode()
        assert "could not be saved" in answer.content.decode()
        assert ann.post(COMMENTS, {"body": "An escape.", "name": "Ann"}).status_code == 303

    def test_htmx_gets_a_piece_and_its_form_stays(self, ann, isekai, error):
        with away(error):
            answer = ann.post(COMMENTS, {"body": "An escape.", "name": "Ann"}, htmx=True)
        assert (answer.status_code, answer["HX-Reswap"]) == (503, "afterbegin")
        assert b"<html" not in answer.content
        assert b"could not be saved" in answer.content

    def test_nobody_gets_a_cookie_or_a_trace(self, ann, isekai, error):
        with away(error):
            answer = ann.post("/articles/isekai/questions/reaction/", {"answer": "sad"})
        assert not answer.cookies
        assert str(error) not in answer.content.decode()

    def test_a_middlewares_own_look_up(self, ann, isekai, error):
        """The advisory is looked up before any view is asked."""
        ann.raise_request_exception = False
        with away(error):
            assert ann.get("/articles/isekai/results/").status_code == 503

    def test_what_does_not_come_by_itself_is_a_failure(self, ann, isekai):
        ann.raise_request_exception = False
        with away(OperationalError("no such table: polls_reader")):
            assert ann.get("/articles/isekai/").status_code == 500


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OperationalError("database is locked"), True),
        (InterfaceError("connection already closed"), True),
        (OperationalError("no such column: x"), False),
        (OperationalError("table x has no column named y"), False),
        (IntegrityError("UNIQUE constraint failed"), False),
        (DatabaseError("malformed"), False),
        (ValueError("x"), False),
        (None, False),
    ],
)
def test_which_errors_are_the_databases_absence(error, expected):
    assert is_away(error) is expected


def test_a_file_that_is_no_database_any_more_is_one_too(tmp_path):
    damaged = tmp_path / "site.sqlite3"
    damaged.write_bytes(b"no database" * 1000)
    with (
        closing(sqlite3.connect(damaged)) as opened,
        pytest.raises(DatabaseError) as raised,
        DatabaseErrorWrapper(DatabaseWrapper),
    ):
        opened.execute("SELECT count(*) FROM sqlite_master")
    assert is_unreadable(raised.value)
    assert is_away(raised.value)
