"""`manage.py bench`: a short run of everything it starts, and nothing left of it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path
from tempfile import gettempdir

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from explainer.bench import machine, runs
from explainer.bench.load import Played
from explainer.bench.rows import Row
from explainer.bench.sides import Side

needs_wrk = pytest.mark.skipif(not shutil.which("wrk"), reason="wrk is not installed")
START = 120  # seconds; what takes longer is reported as not begun


def bench(*arguments: str) -> str:
    """Runs the command; returns what it printed."""
    out = StringIO()
    call_command("bench", *arguments, stdout=out)
    return out.getvalue()


def folders() -> set[str]:
    return {path.name for path in Path(gettempdir()).glob("afterword-bench-*")}


@needs_wrk
@pytest.mark.load
@pytest.mark.xdist_group("bench")
def test_a_short_run_measures_proves_and_leaves_nothing(tmp_path):
    path, processes, there = tmp_path / "found.json", machine.tree(os.getpid()), folders()
    arguments = ("--seconds", "1", "--rounds", "1", "--postgres", "", "--json", str(path))
    wanted = ("page", "own", "answers", "comments", "answers-postgres", "memory")
    printed = bench("--only", *wanted, *arguments)

    found = {row["name"]: row for row in json.loads(path.read_text())["rows"]}
    assert list(found) == [name for name in runs.MEASURES if name in wanted]
    missing = found.pop("answers-postgres")
    assert missing["reason"] == "No PostgreSQL is named (DATABASE_URL or --postgres)."
    assert missing["reason"] in printed
    for row in found.values():
        assert row["verdict"] in {"ok", "MISSED"}, row
        assert row["title"] in printed
    for name in ("answers", "comments"):
        acknowledged, stored = found[name]["notes"][0].split(", ")
        assert acknowledged.endswith(" acknowledged")
        assert stored.endswith(" stored")
    assert machine.tree(os.getpid()).keys() <= processes.keys()
    assert folders() == there


@needs_wrk
@pytest.mark.load
@pytest.mark.xdist_group("bench")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_half_way_it_takes_everything_along(tmp_path, number):
    env = os.environ | {"TMPDIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "explainer.settings"}
    command = [sys.executable, "manage.py", "bench", "--only", "start"]
    with subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=env, stdout=subprocess.PIPE, text=True
    ) as run:
        deadline = time.monotonic() + START
        while len(below := machine.tree(run.pid)) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        run.send_signal(number)
        run.communicate(timeout=START)
    assert len(below) >= 2
    assert run.returncode == 1
    assert not [pid for pid, born in below.items() if machine.born(pid) == born]
    assert not list(tmp_path.iterdir())


class TestExit:
    """What the command makes of what was found."""

    @pytest.fixture
    def found(self, monkeypatch):
        """What the rows come to: name to what is found; the others are not measured."""
        figures = {}

        def measure(wanted, _plan, _progress):
            for row in wanted:
                row.reason = "" if row.name in figures else "Not tried."
                row.ours = figures.get(row.name, [])

        monkeypatch.setattr("explainer.management.commands.bench.measure", measure)
        monkeypatch.setattr("explainer.bench.load.find_wrk", lambda: "wrk")
        return figures

    def test_with_every_limit_kept_it_is_well(self, found):
        found["start"] = [1.0]
        assert "ok" in bench("--only", "start", "memory", "--check")

    @pytest.mark.parametrize("figures", [{"start": [4.0], "memory": [100.0]}, {}])
    def test_one_over_its_limit_or_nothing_measured_ends_with_1(self, found, figures):
        found |= figures
        assert bench("--only", "start", "memory")
        with pytest.raises(SystemExit) as ended:
            bench("--only", "start", "memory", "--check")
        assert ended.value.code == 1

    def test_a_row_that_is_none_is_refused(self):
        with pytest.raises(CommandError, match="invalid choice: 'speed'"):
            bench("--only", "speed")


def test_without_wrk_nothing_is_measured(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit, match=r"Not measured\. wrk makes the load"):
        bench("--only", "start")


class Books:
    """A site that has stored what it has stored; `recount` finds what it finds."""

    def __init__(self, differs: str = "") -> None:
        self.differs = differs

    def manage(self, *_command: str) -> str:
        if self.differs:
            raise runs.NotMeasuredError(self.differs)
        return ""


@pytest.mark.parametrize(
    ("stored", "is_fault"), [(99, True), (100, False), (116, False), (117, True)]
)
def test_an_act_lost_or_doubled_is_a_fault(stored, is_fault):
    """16 requests were under way when the load ended: they may be stored, and nobody heard."""
    row, side = Row("answers", "answers", 0.35, against="Y"), Side("", lambda _n: [])
    side.played.append(Played(100, 1_000_000, 1, 1, 0, 0))
    runs.prove(row, Books(), [side], stored)
    said = [f"100 acknowledged, {stored} stored"]
    assert (row.faults, row.notes) == ((said, []) if is_fault else ([], said))


def test_counts_that_differ_are_a_fault():
    row = Row("answers", "answers", 0.35, against="Y")
    runs.prove(row, Books("isekai: 3 shown, 2 there"), [], 0)
    assert row.faults == ["recount --check: isekai: 3 shown, 2 there"]
