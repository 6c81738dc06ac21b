"""The rows of the bench: when one is kept, and how they are printed."""

import json

import pytest

from explainer.bench.machine import Machine
from explainer.bench.plan import UNLOADED, WRITES, Plan, pace
from explainer.bench.rows import Row, rows
from explainer.bench.runs import MEASURES
from explainer.bench.site import ANSWERS, COMMENTS
from explainer.bench.table import heading, table


def page(**found: object) -> Row:
    return Row("page", "article page", 0.5, against="granian", **found)


class TestRow:
    def test_a_ratio_is_that_of_the_medians(self):
        row = page(ours=[10.0, 60.0, 900.0], theirs=[1.0, 100.0, 100.0])
        assert row.value == 0.6
        assert row.verdict == "ok"

    def test_below_the_least_it_is_missed(self):
        assert page(ours=[49.0], theirs=[100.0]).verdict == "MISSED"

    @pytest.mark.parametrize(("seconds", "verdict"), [(2.9, "ok"), (3.1, "MISSED")])
    def test_what_may_be_at_most_is_missed_above_it(self, seconds, verdict):
        assert Row("start", "start", 3, False, "s", ours=[seconds]).verdict == verdict

    def test_fast_and_wrong_is_not_kept(self):
        row = page(ours=[100.0], theirs=[100.0], faults=["1 request failed."])
        assert not row.is_ok
        assert row.verdict == "WRONG"

    def test_one_that_was_broken_off_is_not_measured(self):
        row = page(ours=[100.0], theirs=[100.0], reason="nginx is not installed.")
        assert row.verdict == "not measured"
        assert row.facts()["reason"] == "nginx is not installed."
        assert "value" not in row.facts()

    def test_its_facts_can_be_written_to_a_file(self):
        facts = page(ours=[60.0, 61.0], theirs=[100.0, 100.0], others=[0.1234]).facts()
        assert json.loads(json.dumps(facts)) == facts
        assert (facts["value"], facts["ours"], facts["other_cores"]) == (
            0.605,
            [60.0, 61.0],
            [0.12],
        )


def test_every_row_has_a_way_to_be_measured():
    names = [row.name for row in rows()]
    assert names == list(MEASURES)
    assert UNLOADED | WRITES.keys() < set(names)


class TestPlan:
    @staticmethod
    def plan(*names: str) -> Plan:
        return Plan(names, seconds=2, rounds=3, postgres="", comments=100, small=50)

    def test_only_rows_with_a_load_take_its_time(self):
        assert self.plan("page", "start", "memory", "threads").load == 2 * 3 * (1 + 2)

    def test_a_site_gets_readers_for_the_rows_that_write_to_it(self):
        plan = self.plan("answers", "answers-postgres", "answers-64", "comments")
        one = 3 * (1 + 2)
        assert plan.readers("sqlite", ANSWERS) == one * pace(ANSWERS)
        assert plan.readers("postgres", ANSWERS) == 3 * one * pace(ANSWERS)
        assert plan.readers("sqlite", COMMENTS) == one * pace(COMMENTS)
        assert plan.readers("postgres", COMMENTS) == 0


class TestTable:
    def test_a_measured_row_shows_both_sides_the_ratio_and_the_limit(self):
        row = page(ours=[17_000.0], theirs=[34_000.0], others=[0.1, 0.3], costs=[(0.08, 0.04)])
        printed = list(table([row]))[1]
        assert " ".join(printed.split()) == (
            "article page 17,000/s 34,000/s granian 0.50 at least 0.5 ok 0.08 / 0.04 0.3"
        )

    def test_a_row_of_its_own_shows_its_unit(self):
        row = Row("memory", "memory", 220, False, "MB", ours=[97.94])
        assert " ".join(list(table([row]))[1].split()) == "memory 97.9 MB at most 220 MB ok"

    def test_what_there_is_to_say_stands_below(self):
        noted = page(ours=[1.0], theirs=[1.0], notes=["24 comments drawn"], faults=["1 failed."])
        missing = Row("nginx", "behind nginx", 0.8, against="nginx", reason="nginx is missing.")
        assert list(table([noted, missing]))[3:] == [
            "article page: 1 failed.",
            "article page: 24 comments drawn",
            "behind nginx: nginx is missing.",
        ]

    def test_the_machine_is_named(self):
        machine = Machine(2, "EPYC", "Linux 6", "3.11.7", 0.5)
        assert list(heading(machine, {"Python": "3.11.7", "granian": "2.8.7"})) == [
            "2 cores, EPYC, Linux 6, load 0.5",
            "Python 3.11.7, granian 2.8.7",
        ]
