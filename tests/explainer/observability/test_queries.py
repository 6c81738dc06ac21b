"""The slow-query log."""

import json

import pytest
from django.db import DatabaseError, connection, transaction

from explainer.observability.logs import JsonFormatter
from explainer.observability.queries import LONGEST, Watch
from tests.explainer.observability.test_logs import log

pytestmark = pytest.mark.django_db
PAGE = "/articles/isekai/"


def slow(lines: list[str]) -> list[dict]:
    said = [json.loads(line) for line in lines]
    return [line for line in said if line["message"] == "slow query"]


def test_a_slow_statement_is_told_with_its_address_and_without_its_values(ann, isekai, settings):
    settings.SLOW_QUERY_MS = 0
    with log(JsonFormatter()) as lines:
        ann.post(f"{PAGE}comments/", {"body": "SECRET words", "name": "SECRET name"})
    told = slow(lines())
    assert told
    assert all(line["ms"] >= 0 and line["request_id"] for line in told)
    inserts = [line for line in told if line["sql"].startswith("INSERT INTO polls_comment ")]
    assert [line["route"] for line in inserts] == ["discussion:comments"]
    assert "SECRET" not in "".join(lines())


def test_a_quick_one_is_not(ann, isekai, settings):
    settings.SLOW_QUERY_MS = 60_000
    with log(JsonFormatter()) as lines:
        ann.get(PAGE)
    assert slow(lines()) == []


def test_a_statement_that_fails_slowly_is_told_too():
    with (
        log(JsonFormatter()) as lines,
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.execute_wrapper(Watch(None, 0)),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT nothing FROM nowhere")
    assert slow(lines())[0]["sql"] == "SELECT nothing FROM nowhere"


def test_a_very_long_statement_is_cut():
    with log(JsonFormatter()) as lines:
        Watch(None, 0).tell("SELECT " + "%s, " * 1000, 1)
    assert len(slow(lines())[0]["sql"]) == LONGEST


def test_nothing_stays_on_the_connection(ann):
    before = list(connection.execute_wrappers)
    ann.get("/")
    assert connection.execute_wrappers == before
