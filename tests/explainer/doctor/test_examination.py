"""`manage.py doctor`: every check is told, and one that breaks is told, too."""

import json

import pytest
from django.core.management import call_command
from django.db import OperationalError

from explainer.doctor import configuration, database, examination, files, helpers, proxy
from explainer.doctor.findings import Level, attention, broken, ok

NOWHERE = "http://127.0.0.1:1"
MODULES = (configuration, database, files, helpers)


def checks_of(module) -> set:
    """The functions of a module that are named without an underscore and take nothing."""
    return {
        value
        for name, value in vars(module).items()
        if callable(value)
        and getattr(value, "__module__", "") == module.__name__
        and not name.startswith("_")
        and value is not getattr(helpers, "redis_facts", None)
    }


def test_no_check_is_forgotten():
    run = {*examination.WITHOUT_DATABASE, *examination.WITH_DATABASE}
    assert run | {database.version, database.counts} == set().union(*map(checks_of, MODULES))
    assert proxy.headers not in run


@pytest.mark.django_db
class TestCommand:
    @pytest.fixture
    def found(self, monkeypatch):
        def say(*findings) -> None:
            monkeypatch.setattr(
                "explainer.management.commands.doctor.examine", lambda *_a, **_m: iter(findings)
            )

        return say

    def test_all_is_well(self, capsys, found):
        found(ok("disk", "There is room."), attention("backups", "None.", "Make one."))
        call_command("doctor")
        told = capsys.readouterr().out.splitlines()
        assert told == [
            "ok         disk: There is room.",
            "attention  backups: None.",
            "           Make one.",
        ]

    def test_something_is_broken(self, found):
        found(broken("worker", "None.", "Start one."))
        with pytest.raises(SystemExit, match="1 broken"):
            call_command("doctor")

    def test_for_programs(self, capsys, found):
        found(broken("worker", "None.", "Start one."))
        with pytest.raises(SystemExit) as ended:
            call_command("doctor", "--json")
        assert ended.value.code == 1
        said = json.loads(capsys.readouterr().out)
        assert said == [{"level": "broken", "about": "worker", "says": "None.", "do": "Start one."}]

    def test_the_real_checks_say_sentences(self, capsys):
        with pytest.raises(SystemExit):  # no worker is at work
            call_command("doctor", "--json", "--recount", "--url", NOWHERE)
        said = json.loads(capsys.readouterr().out)
        assert {"SITE_URL", "permissions", "database", "worker", "counts", "proxy"} <= {
            one["about"] for one in said
        }
        assert all(one["says"].endswith(".") for one in said)
        assert all(bool(one["do"]) is (one["level"] != "ok") for one in said)


def test_without_a_database_the_rest_is_still_told(monkeypatch):
    def away():
        raise OperationalError("could not connect\nmore words")

    monkeypatch.setattr(database, "version", away)
    found = list(examination.examine(NOWHERE, recount=True))
    told = [one for one in found if one.about == "database"]
    assert [(one.level, one.says) for one in told] == [
        (Level.BROKEN, "It did not do as asked. could not connect")
    ]
    assert not any(one.about == "worker" for one in found)
    assert found[-1].about == "proxy"


def test_a_file_that_cannot_be_looked_at_is_a_finding():
    def refuse():
        raise PermissionError(13, "Permission denied", "/srv/var")

    (found,) = examination.run(refuse)
    assert (found.level, found.says) == (Level.BROKEN, "/srv/var: Permission denied.")
