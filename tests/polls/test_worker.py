"""The background process: what it forgets, that it stops, that it outlives a database away."""

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import IntegrityError, OperationalError
from django.utils import timezone

from polls.actions.housekeeping import JOBS, Job, live, tidy
from polls.management.commands import worker
from polls.models import AddressSalt, LimitCount
from polls.queries.heartbeat import last

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


class Clock:
    """A clock that moves when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Work:
    """A job that does what its list of outcomes says: an error, or None for going well."""

    def __init__(self, name: str, every: int = 60) -> None:
        self.job = Job(name, every, self.run)
        self.outcomes: list[Exception | None] = []
        self.times = 0

    def run(self) -> None:
        self.times += 1
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if outcome:
            raise outcome


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    monkeypatch.setattr(worker.connections, "close_all", lambda: None)
    return Clock()


def away() -> OperationalError:
    return OperationalError("connection refused\nIs the server running?")


class TestRounds:
    def test_each_job_is_done_as_often_as_it_is_due(self, clock):
        often, seldom = Work("often", 60), Work("seldom", 300)
        rounds = worker.Rounds([often.job, seldom.job], clock)
        for _minute in range(10):
            rounds.round()
            clock.sleep(60)
        assert (often.times, seldom.times) == (10, 2)

    def test_it_sleeps_until_the_next_is_due_and_a_minute_at_most(self, clock):
        rounds = worker.Rounds([Work("often", 60).job, Work("seldom", 90).job], clock)
        rounds.round()
        assert rounds.pause() == 60
        clock.sleep(70)
        rounds.round()
        assert rounds.pause() == 20
        assert min(job.every for job in JOBS) <= 60

    def test_a_database_that_is_away_gets_one_line_and_another_when_it_is_back(self, clock, caplog):
        caplog.set_level(logging.INFO)
        one, other = Work("one"), Work("other")
        one.outcomes, other.outcomes = [away(), away(), None], [away(), away(), None]
        rounds = worker.Rounds([one.job, other.job], clock)
        assert [rounds.round() for _ in range(3)] == [False, False, True]
        assert [record.getMessage() for record in caplog.records] == [
            "The database is away, trying again: OperationalError",
            "The database is back.",
        ]

    def test_it_tries_again_sooner_while_the_database_is_away(self, clock):
        one = Work("one", 300)
        one.outcomes = [None, away()]
        rounds, slept = worker.Rounds([one.job], clock), []

        def sleep(seconds: float) -> None:
            slept.append(seconds)
            clock.sleep(seconds)
            if len(slept) == 3:
                raise SystemExit

        with pytest.raises(SystemExit):
            worker.work(rounds, sleep)
        assert slept == [300, worker.AWAY, 300]

    @pytest.mark.parametrize("error", [ZeroDivisionError("ours"), IntegrityError("one row")])
    def test_a_job_that_fails_is_logged_once_and_stops_no_other(self, clock, caplog, error):
        bad, good = Work("counting"), Work("good")
        bad.outcomes = [error, error, None, error]
        rounds = worker.Rounds([bad.job, good.job], clock)
        worked = []
        for _minute in range(4):
            worked.append(rounds.round())
            clock.sleep(60)
        assert worked == [False, False, True, False]
        assert good.times == bad.times == 4
        said = [record.getMessage() for record in caplog.records]
        assert said == ["The worker's counting failed; the rest goes on."] * 2
        assert str(error) in caplog.text

    @pytest.mark.parametrize(("outcome", "code"), [(None, 0), (away(), 1)])
    def test_once_does_one_round_and_says_how_it_went(self, clock, monkeypatch, outcome, code):
        one = Work("one")
        one.outcomes = [outcome]
        monkeypatch.setattr(worker, "JOBS", [one.job])
        with pytest.raises(SystemExit) as end:
            call_command("worker", "--once")
        assert end.value.code == code
        assert one.times == 1


@pytest.mark.django_db
class TestJobs:
    def test_every_job_of_the_list_works(self):
        for job in JOBS:
            job.run()
        assert last("worker") is not None


@pytest.fixture
def own_signals() -> Iterator[None]:
    """The handlers that a worker in this process sets go with its test."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("own_signals")
class TestEnd:
    @staticmethod
    def work(monkeypatch: pytest.MonkeyPatch, *jobs: Callable[[], object]) -> None:
        """A worker with these jobs, which has spoken and is then told to end."""

        def end() -> None:
            os.kill(os.getpid(), signal.SIGTERM)

        jobs = [Job(job.__name__, 60, job) for job in (live, *jobs, end)]
        monkeypatch.setattr(worker, "JOBS", jobs)
        with pytest.raises(SystemExit) as ended:
            call_command("worker")
        assert ended.value.code == 0

    def test_a_worker_that_is_told_to_end_leaves_no_sign_of_life(self, monkeypatch):
        spoken = []
        self.work(monkeypatch, lambda: spoken.append(last("worker")))
        assert spoken[0] is not None
        assert last("worker") is None

    def test_a_database_that_has_gone_meanwhile_is_no_reason_to_stay(self, monkeypatch, caplog):
        def go() -> None:
            monkeypatch.setattr(worker, "fall_silent", refuse)

        def refuse(_name: str) -> None:
            raise away()

        self.work(monkeypatch, go)
        assert caplog.records == []


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
            assert "The database is away, trying again: OperationalError" in said
            yield worker_process
            worker_process.kill()

    def test_sigterm_ends_it_before_its_next_round_and_without_a_word(self, process):
        process.terminate()
        assert process.wait(timeout=worker.AWAY - 5) == 0
        assert process.stderr.read() == ""

    def test_it_ends_with_the_process_that_started_it(self, process):
        process.stdin.close()
        assert process.wait(timeout=5) == 0
