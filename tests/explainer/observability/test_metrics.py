"""Figures for Prometheus: those of all processes, whichever of them is asked."""

import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.test import RequestFactory

from explainer.health import may_read_metrics
from tests.server import Site, running_site

TOKEN = "a-token-of-the-operators-own"
# A cookie, so that Django answers and no page that is kept.
COOKIE = {"Cookie": "theme=dark"}


def get(site: Site, path: str, **headers: str) -> tuple[int, str]:
    """The status and the text; each time over a new connection, so to either process."""
    request = urllib.request.Request(site.url + path, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def value(text: str, name: str, **labels: str) -> float | None:
    """One figure of an exposition."""
    for line in text.splitlines():
        if line.startswith(name) and all(f'{k}="{v}"' in line for k, v in labels.items()):
            return float(line.rpartition(" ")[2])
    return None


@pytest.mark.load
def test_every_process_counts_and_any_of_them_tells(tmp_path: Path) -> None:
    with running_site(tmp_path, METRICS="true", METRICS_TOKEN=TOKEN) as site:
        assert [get(site, "/topics/", **COOKIE)[0] for _ in range(20)] == [200] * 20
        assert get(site, "/nowhere/", **COOKIE)[0] == 404
        assert [get(site, "/articles/isekai/", **COOKIE)[0] for _ in range(20)] == [200] * 20
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        asked = [get(site, "/metrics", **bearer) for _ in range(6)]
        refused = [get(site, "/metrics")[0], get(site, "/metrics", Authorization="Bearer x")[0]]
    assert refused == [404, 404]
    assert {status for status, _text in asked} == {200}
    topics = {"method": "GET", "route": "polls:topics", "status": "200"}
    for _status, text in asked:
        assert value(text, "afterword_requests_total", **topics) == 20
        assert value(text, "afterword_requests_total", route="none", status="404") == 1
        assert value(text, "afterword_request_seconds_count", route="polls:topics") == 20
        # Each of a few processes drew the article once and took it from its pieces from then on.
        hits, misses = (value(text, "afterword_pieces_total", what=it) for it in ("hits", "misses"))
        assert hits > misses > 0
        assert value(text, "afterword_comments_held") == 0
        assert value(text, "afterword_comments_reported") == 0
        assert value(text, "afterword_bursts_unjudged") == 0
        assert value(text, "afterword_answers_waiting") == 0
        assert not re.search(r"nowhere|theme|127\.0\.0\.1", text)


@pytest.mark.load
def test_what_the_server_refuses_itself_is_counted_too(tmp_path: Path) -> None:
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    told: list[float | None] = []
    with running_site(tmp_path, METRICS="true", METRICS_TOKEN=TOKEN) as site:
        assert [get(site, f"/?{'x' * 10_000}")[0] for _ in range(4)] == [414] * 4
        # A process tells what it refused the next time that its Django is asked.
        while len(told) < 200 and 4 not in told:
            _status, text = get(site, "/metrics", **bearer)
            told.append(value(text, "afterword_refused_total", status="414"))
    assert told[-1] == 4


class TestWhoMayRead:
    @staticmethod
    def request(address: str = "127.0.0.1", **headers: str):
        return RequestFactory().get("/metrics", REMOTE_ADDR=address, headers=headers)

    @pytest.mark.parametrize("said", [f"Bearer {TOKEN}", f"bearer {TOKEN}"])
    def test_who_shows_the_token(self, settings, said):
        settings.METRICS_TOKEN = TOKEN
        assert may_read_metrics(self.request("203.0.113.9", Authorization=said))

    @pytest.mark.parametrize("said", ["", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer é"])
    def test_nobody_without_it_not_even_this_machine(self, settings, said):
        settings.METRICS_TOKEN = TOKEN
        assert not may_read_metrics(self.request(Authorization=said))

    @pytest.mark.parametrize(
        ("address", "is_local", "may"),
        [
            ("127.0.0.1", True, True),
            ("::1", True, True),
            ("203.0.113.9", True, False),
            ("", True, False),
            # Behind a proxy that is not trusted every reader comes from this machine.
            ("127.0.0.1", False, False),
        ],
    )
    def test_without_a_token_only_this_machine_on_a_site_of_its_own(
        self, settings, address, is_local, may
    ):
        settings.METRICS_TOKEN, settings.IS_LOCAL = "", is_local
        assert may_read_metrics(self.request(address)) is may


@pytest.mark.django_db
def test_there_is_no_such_address_unless_it_is_wanted(ann):
    assert ann.get("/metrics").status_code == 404
