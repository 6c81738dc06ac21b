"""The backup of the night, by the very command of its unit: made, and proved."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.deploy import proxies
from tests.server import ROOT, fresh_database

WRONG = """
from polls.models import BallotTally, Choice
BallotTally.objects.create(choice=Choice.objects.first(), stage="after", shard=0, count=7)
"""


@pytest.fixture
def env(tmp_path) -> Iterator[dict[str, str]]:
    """The environment of a site that has been prepared."""
    with fresh_database(tmp_path) as database:
        env = proxies.environment(VAR_DIR=str(tmp_path / "var"), DATABASE_URL=database)
        run(["python", "manage.py", "quickstart", "--no-serve"], env)
        yield env


def run(command: list[str], env: dict[str, str], expected: int = 0) -> str:
    program = sys.executable
    done = subprocess.run(
        [program, *command[1:]], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == expected, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_it_is_made_and_proved(env, tmp_path):
    unit = proxies.printed("systemd")
    command = shlex.split(re.search(r"^ExecStart=(.* backup .*)$", unit, re.MULTILINE)[1])
    told = run(command, env)
    assert "Backup: " in told
    assert told.rstrip().endswith("The backup can be restored.")
    run(["python", "manage.py", "shell", "--no-imports", "-c", WRONG], env)
    again = run([*command, str(tmp_path / "wrong.zip")], env, expected=1)
    assert "The backup is not what it says it is." in again
