"""The background process: what it forgets, that it stops, that it outlives a database away."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from polls.actions.housekeeping import tidy
from polls.management.commands import worker
from polls.models import AddressSalt, LimitCount

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db
class TestTidying:
    def test_forgets_what_has_expired_and_keeps_the_rest(self):
        now, hour = timezone.now(), timedelta(hours=1)
        for key, moment in (("old", now - hour), ("new", now + hour)):
            LimitCount.objects.create(key=key, count=1, expires_at=moment)
            Session.objects.create(session_key=key, session_data="", expire_date=moment)
        for days in (0, 1, 2):
            AddressSalt.objects.create(day=now.date() - timedelta(days=days), secret=b"x")
        tidy()
        assert [row.key for row in LimitCount.objects.all()] == ["new"]
        assert [row.session_key for row in Session.objects.all()] == ["new"]
        assert AddressSalt.objects.count() == 2


@pytest.fixture
def tidying(monkeypatch: pytest.MonkeyPatch) -> list[Exception | None]:
    """What the next rounds meet: an error of the database, or None for a round that works."""
    outcomes: list[Exception | None] = []

    def tidy() -> None:
        outcome = outcomes.pop(0)
        if outcome:
            raise outcome

    monkeypatch.setattr(worker, "tidy", tidy)
    monkeypatch.setattr(worker.connections, "close_all", lambda: None)
    return outcomes


class TestRounds:
    def test_a_database_that_is_away_gets_one_line_and_another_when_it_is_back(
        self, tidying, caplog
    ):
        caplog.set_level(logging.INFO)
        away = OperationalError("connection refused\nIs the server running?")
        tidying += [away, away, away, None, None]
        rounds = worker.Rounds()
        assert [rounds.round() for _ in range(5)] == [False, False, False, True, True]
        assert [record.getMessage() for record in caplog.records] == [
            "The database is away, trying again: connection refused",
            "The database is back.",
        ]

    def test_it_tries_again_sooner_while_the_database_is_away(self, tidying):
        tidying += [None, OperationalError("away"), None]
        slept = []

        def sleep(seconds: float) -> None:
            slept.append(seconds)
            if not tidying:
                raise SystemExit

        with pytest.raises(SystemExit):
            worker.work(sleep)
        assert slept == [worker.EVERY, worker.AWAY, worker.EVERY]

    def test_a_fault_of_ours_is_not_hidden(self, tidying):
        tidying += [ZeroDivisionError()]
        with pytest.raises(ZeroDivisionError):
            worker.Rounds().round()

    @pytest.mark.parametrize(("outcome", "code"), [(None, 0), (OperationalError("away"), 1)])
    def test_once_does_one_round_and_says_how_it_went(self, tidying, outcome, code):
        tidying += [outcome, None]
        with pytest.raises(SystemExit) as end:
            call_command("worker", "--once")
        assert end.value.code == code
        assert len(tidying) == 1


class TestProcess:
    @pytest.fixture
    def process(self, tmp_path: Path) -> Iterator[subprocess.Popen]:
        """A worker whose database has no tables yet, once it has said so."""
        env = os.environ | {
            "DJANGO_SETTINGS_MODULE": "explainer.settings",
            "VAR_DIR": str(tmp_path),
            "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}",
        }
        command = [sys.executable, "manage.py", "worker", "--until-stdin-closes"]
        with subprocess.Popen(
            command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as worker_process:
            said = worker_process.stderr.readline()
            assert "The database is away, trying again: no such table" in said
            yield worker_process
            worker_process.kill()

    def test_sigterm_ends_it_before_its_next_round_and_without_a_word(self, process):
        process.terminate()
        assert process.wait(timeout=worker.AWAY - 5) == 0
        assert process.stderr.read() == ""

    def test_it_ends_with_the_process_that_started_it(self, process):
        process.stdin.close()
        assert process.wait(timeout=5) == 0
