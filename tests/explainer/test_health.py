"""What machines ask of the site."""

import json

import pytest
from django.core.signing import TimestampSigner

from explainer import health
from explainer.doctor.asking import ADDRESS, FORGED, HOPS, QUESTION, SCHEME
from explainer.observability.readiness import Readiness

READY = Readiness({"database": "ok", "worker": "ok"})
UNREADY = Readiness({"database": "ok", "worker": "has not spoken lately"})


@pytest.fixture
def found(monkeypatch):
    """`found(readiness)`: what the probe says."""

    def say(readiness: Readiness) -> None:
        monkeypatch.setattr(health.probe, "answer", lambda: readiness)

    say(READY)
    return say


@pytest.mark.django_db
class TestReadyz:
    def test_ready_in_lines(self, ann, found):
        response = ann.get("/readyz")
        assert (response.status_code, response.content) == (200, b"database: ok\nworker: ok\n")
        assert "no-store" in response["Cache-Control"]

    def test_not_ready(self, ann, found):
        found(UNREADY)
        response = ann.get("/readyz")
        assert response.status_code == 503
        assert response.content.decode().endswith("worker: has not spoken lately\n")

    @pytest.mark.parametrize(
        "request_", [{"path": "/readyz?format=json"}, {"headers": {"Accept": "application/json"}}]
    )
    def test_in_json_for_who_asks_for_it(self, ann, found, request_):
        found(UNREADY)
        response = ann.get(**{"path": "/readyz"} | request_)
        assert response.status_code == 503
        assert json.loads(response.content) == {"ready": False, "parts": UNREADY.parts}

    def test_it_asks_nothing_itself(self, ann, found, django_assert_num_queries):
        with django_assert_num_queries(0):
            ann.get("/readyz")

    def test_a_probe_inside_the_house_is_not_sent_to_https(self, ann, found, settings):
        settings.SECURE_SSL_REDIRECT = True
        assert ann.get("/").status_code == 301
        assert ann.get("/readyz").status_code == ann.get("/healthz").status_code == 200


@pytest.mark.django_db
class TestTheDoctorsQuestion:
    SIGNED = TimestampSigner(salt="explainer.doctor")

    def test_it_is_told_whom_the_site_believes(self, ann):
        headers = {QUESTION: self.SIGNED.sign("whom"), "X-Forwarded-For": FORGED}
        response = ann.get("/healthz", headers=headers)
        assert (response[ADDRESS], response[SCHEME]) == ("203.0.113.11", "http")
        assert response[HOPS] == "0"

    @pytest.mark.parametrize("question", ["", "whom", "whom:1:forged"])
    def test_nobody_else_is_told(self, ann, question):
        response = ann.get("/healthz", headers={QUESTION: question})
        assert not {ADDRESS, SCHEME, HOPS} & set(response.headers)

    def test_nobody_is_told_later(self, ann, time_machine_at):
        signed = self.SIGNED.sign("whom")
        with time_machine_at(minutes=2):
            assert ADDRESS not in ann.get("/healthz", headers={QUESTION: signed}).headers


@pytest.fixture
def time_machine_at():
    """`with time_machine_at(minutes=2):` runs its block that much later."""
    from datetime import UTC, datetime, timedelta

    import time_machine

    return lambda **later: time_machine.travel(datetime.now(UTC) + timedelta(**later))
