"""`manage.py bench threads`: a table, a file of figures, and nothing left behind."""

import json
from io import StringIO
from pathlib import Path
from tempfile import gettempdir

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection

from explainer.bench import measures, threads
from explainer.bench.asking import Asker, NotAnsweredError
from explainer.bench.measures import Measure
from explainer.bench.scratch import Scratch
from polls.actions.recount import differences
from polls.models import Comment, Reader
from polls.rules.threads import PATH_LEVELS, ancestors
from tests.factories import everything_stored

SMALL, LARGE = "60", "300"
NAMES = [one.name for one in measures.measures()]


def run(*arguments: str) -> str:
    """Runs the command on two small discussions; returns what it printed."""
    out = StringIO()
    call_command("bench", "threads", "--small", SMALL, "--comments", LARGE, *arguments, stdout=out)
    return out.getvalue()


def databases() -> set[str]:
    """The scratch databases that are there, as files or on the server."""
    if connection.vendor == "sqlite":
        return {path.name for path in Path(gettempdir()).glob("afterword-bench-*")}
    with connection.cursor() as cursor:
        name = f"{connection.settings_dict['NAME']}_bench_%"
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [name])
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.django_db
@pytest.mark.xdist_group("bench")
class TestBench:
    def test_it_prints_a_table_writes_the_figures_and_leaves_nothing(self, tmp_path):
        cache.set("ours", "stays", timeout=None)
        there, rows = databases(), everything_stored()
        path = tmp_path / "figures.json"
        printed = run("--rounds", "1", "--json", str(path))

        for name in NAMES:
            assert sum(line.startswith(name + "  ") for line in printed.splitlines()) == 1
        figures = json.loads(path.read_text())
        assert (figures["small"], figures["large"]) == (60, 300)
        assert [one["name"] for one in figures["measures"]] == NAMES
        for one in figures["measures"]:
            assert one["small_ms"] > 0
            assert one["rounds"] == 1
            assert min(one["small_drawn"], one["large_drawn"]) > 0
        assert databases() == there
        assert everything_stored() == rows
        assert cache.get("ours") == "stays"

    @pytest.mark.parametrize(
        "nonsense",
        [
            ("--comments", "0"),
            ("--comments", "many"),
            ("--comments", "-5"),
            ("--comments", "99999999999"),
            ("--small", "3"),
            ("--rounds", "0"),
        ],
    )
    def test_nonsense_numbers_are_refused(self, nonsense):
        with pytest.raises(CommandError, match="is no whole number from"):
            call_command("bench", "threads", *nonsense)

    def test_the_small_one_is_the_smaller(self):
        with pytest.raises(SystemExit, match="--comments must be more than --small"):
            call_command("bench", "threads", "--small", "300", "--comments", "300")


@pytest.mark.django_db
@pytest.mark.xdist_group("bench")
def test_a_scratch_database_is_filled_once_and_stands_apart(tmp_path):
    scratch = Scratch(400, tmp_path)
    try:
        scratch.fill(lambda done, of: None)
        with scratch.used():
            assert Comment.objects.filter(discussion=scratch.discussion).count() == 400
            assert Comment.objects.count() == 400
            assert differences() == []
            root = Comment.objects.order_by("-reply_count").first()
            paths = root.descendants.values_list("path", flat=True)
            assert len(paths) == 400 // 3 - 1
            assert max(len(ancestors(path)) for path in paths) == PATH_LEVELS - 1
            assert measures.somebody_trusted().comments.published().count() >= 2
            before = everything_stored()
        assert not Comment.objects.exists()
        assert not Reader.objects.exists()

        scratch.fill(lambda done, of: pytest.fail("Nothing was missing."))
        with scratch.used():
            assert everything_stored() == before
            page = Asker(measures.somebody_trusted())
            with pytest.raises(NotAnsweredError, match="/nowhere/ was answered with 404"):
                page.get("/nowhere/")
    finally:
        scratch.close()
        scratch.drop()


class TestReport:
    """What the command makes of the figures."""

    @pytest.fixture(autouse=True)
    def measured(self, monkeypatch):
        found = [
            Measure("Best", lambda side: 0, small=[10.0], large=[15.0], drawn=(20, 21)),
            Measure("Newest", lambda side: 0, small=[10.0], large=[16.0], drawn=(20, 20)),
        ]
        monkeypatch.setattr(threads, "measure_in", lambda *_sides, **_how: found)

    def test_one_that_is_over_is_said_so(self):
        best, newest = run().splitlines()[-2:]
        assert best.split() == ["Best", "10.0", "15.0", "1.50", "ok", "20", "/", "21"]
        assert newest.split() == ["Newest", "10.0", "16.0", "1.60", "OVER", "20", "/", "20"]

    def test_it_ends_with_1_only_when_that_is_asked_for(self):
        with pytest.raises(SystemExit) as ended:
            run("--check")
        assert ended.value.code == 1


def test_the_ratio_is_that_of_the_medians():
    one = Measure("Best", lambda side: 0, small=[1, 2, 90], large=[2, 3, 4], drawn=(20, 21))
    assert one.ratio == 1.5
    assert one.is_ok
    assert one.facts()["large_drawn"] == 21
    assert not Measure("Best", lambda side: 0, small=[1], large=[1.6]).is_ok
