"""Two quickstarts begin at the same moment on an empty folder."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from explainer.starter import CONTENT
from tests.faults import stored
from tests.faults.conftest import IS_POSTGRES, URL, sqlite
from tests.faults.machines import drop_database, make_database
from tests.faults.sites import environment
from tests.server import ROOT

TOGETHER = 2
NAME = "afterword_faults_empty"
ARTICLES = "SELECT slug, title FROM explainer_article"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[str]:
    """A database with nothing in it."""
    if not IS_POSTGRES:
        yield sqlite(tmp_path)
        return
    yield make_database(URL, NAME)
    drop_database(URL, NAME)


def test_one_prepares_the_site_and_the_other_waits(
    empty: str, tmp_path: Path, note: Callable[..., None]
) -> None:
    env = environment(tmp_path, empty)
    del env["SECRET_KEY"]  # it is made there, too
    begun = [
        subprocess.Popen(
            [sys.executable, "manage.py", "quickstart", "--no-serve"],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(TOGETHER)
    ]
    printed = [process.communicate(timeout=120)[0] for process in begun]
    assert [process.returncode for process in begun] == [0] * TOGETHER, "\n".join(printed)
    assert "".join(printed).count("shown only this once") == 1
    assert len(stored.rows(empty, ARTICLES)) == len(list(CONTENT.glob("*.md")))
    note(f"{TOGETHER} quickstarts at once", times=1, lost=0, doubled=0)
