"""Each request has an id: in the log, in the answer, and on the page of a failure."""

import ipaddress
import json
import logging
import re

import pytest
from django.test import RequestFactory

from explainer.observability.failure import server_error
from explainer.observability.logs import JsonFormatter
from explainer.observability.requests import HEADER, new_id
from tests.explainer.observability.test_logs import log

PAGE = "/articles/isekai/"


def answers(lines: list[str]) -> list[dict]:
    """The lines that say how a request was answered."""
    said = [json.loads(line) for line in lines]
    return [line for line in said if line["message"] == "answered"]


@pytest.mark.django_db
class TestRequestIds:
    def test_no_two_requests_have_the_same(self, ann, isekai):
        ids = {ann.get("/me/")[HEADER] for _ in range(5)}
        assert len(ids) == 5
        assert all(re.fullmatch("[0-9a-f]{16}", one) for one in ids)

    def test_a_stranger_cannot_choose_it(self, ann):
        assert ann.get("/me/", headers={HEADER: "chosen-by-ann"})[HEADER] != "chosen-by-ann"

    def test_a_trusted_proxy_can(self, ann, settings):
        settings.TRUSTED_PROXIES = [ipaddress.ip_network("203.0.113.0/24")]
        assert ann.get("/me/", headers={HEADER: "chosen-by-proxy"})[HEADER] == "chosen-by-proxy"

    @pytest.mark.parametrize("given", ["", "short", "x" * 65, "two words ", 'a"b"c"d"e', "é" * 9])
    def test_nobody_can_put_anything_else_there(self, given):
        assert re.fullmatch("[0-9a-f]{16}", new_id(given))

    def test_a_page_that_is_kept_for_others_has_none(self, ann, isekai):
        response = ann.get(PAGE)
        is_kept = "public" in response.get("Cache-Control", "")
        assert response.has_header(HEADER) is not is_kept

    def test_the_log_names_the_route_and_not_the_path(self, ann, isekai):
        with log(JsonFormatter(), logging.INFO) as lines:
            response = ann.post(f"{PAGE}questions/reaction/", {"answer": "enraged"})
            ann.get("/nowhere/")
            ann.get("/admin/polls/comment/")
            ann.get("/admin/login/")
        answered, unknown, panel, login = answers(lines())
        assert answered["request_id"] == response[HEADER]
        assert answered["method"] == "POST"
        assert (answered["route"], answered["status"]) == ("discussion:answer", 303)
        assert answered["ms"] > 0
        assert (unknown["route"], unknown["status"]) == ("none", 404)
        assert panel["route"] == login["route"] == "admin"

    def test_a_method_that_nobody_knows_is_not_written_down(self, ann):
        with log(JsonFormatter(), logging.INFO) as lines:
            ann.generic("SECRET", "/")
        assert answers(lines())[0]["method"] == "other"
        assert "SECRET" not in "".join(lines())


class TestFailurePage:
    @pytest.mark.django_db
    def test_it_names_the_id_that_the_log_names(self, ann, monkeypatch):
        def fail(*_args: object) -> None:
            raise RuntimeError

        monkeypatch.setattr("explainer.views.pages.home", fail)
        ann.raise_request_exception = False
        with log(JsonFormatter(), logging.ERROR) as lines:
            response = ann.get("/")
        assert response.status_code == 500
        assert response[HEADER] in response.content.decode()
        said = [json.loads(line) for line in lines()]
        assert {line["request_id"] for line in said} == {response[HEADER]}
        assert {line["message"] for line in said} == {"answered", "request failed"}
        assert response["Content-Security-Policy"]
        assert response["X-Content-Type-Options"] == "nosniff"

    def test_it_is_drawn_when_the_database_is_away(self):
        """This test may not ask the database: it has none."""
        request = RequestFactory().get("/")
        request.request_id = "0123456789abcdef"
        response = server_error(request)
        assert response.status_code == 500
        assert "0123456789abcdef" in response.content.decode()
