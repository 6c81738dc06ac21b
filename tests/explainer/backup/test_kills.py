"""kill -9 at every step: the old site or the restored one is there, and a backup is whole."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.explainer.backup.test_restoring import Place
from tests.server import ROOT

pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="On PostgreSQL both names change in one transaction."
)
OLD_KEY = "another-key-" + "x" * 50


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A site as quickstart makes it."""
    var = tmp_path_factory.mktemp("kills") / "var"
    made = Place(var, f"sqlite:///{var / 'afterword.sqlite3'}")
    made.do("quickstart", "--no-serve")
    return made


@pytest.fixture
def site(place: Place, tmp_path: Path) -> Iterator[Place]:
    """One like it, of this test's own."""
    var = shutil.copytree(place.var, tmp_path / "var")
    return Place(var, f"sqlite:///{var / 'afterword.sqlite3'}")


def kill_at_every_step(site: Place, what: str, file: Path) -> list[dict]:
    """What stands after each time; the last time it was not killed."""
    pristine = shutil.copytree(site.var, site.var.with_name("pristine"))
    done = subprocess.run(
        [sys.executable, "-m", "tests.explainer.backup.killing", what, str(pristine), str(file)],
        cwd=ROOT,
        env=site.env,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_restore_leaves_the_old_site_or_the_new_one(site: Place, tmp_path: Path) -> None:
    backup = tmp_path / "backup.zip"
    site.do("backup", str(backup), "--with-key")
    key = (site.var / "secret-key").read_text()
    (site.var / "secret-key").write_text(OLD_KEY)
    new = [title for (title,) in site.ask("SELECT title FROM explainer_article ORDER BY slug")]
    with site.opened() as opened:
        opened.execute("UPDATE explainer_article SET title = 'Old'")
        opened.commit()
    old = ["Old"] * len(new)

    found = kill_at_every_step(site, "restore", backup)
    titles, keys = [one["titles"] for one in found], [one["key"] for one in found]
    assert titles == [old] * titles.count(old) + [new] * titles.count(new)
    assert keys == [OLD_KEY] * keys.count(OLD_KEY) + [key] * keys.count(key)
    assert (found[-1]["is_done"], titles[-1], keys[-1]) == (True, new, key)
    assert len(found) > 5
    # And the one before is kept beside it.
    (kept,) = site.var.glob("afterword.sqlite3.replaced-*")
    aside = Place(site.var, f"sqlite:///{kept}")
    assert aside.ask("SELECT DISTINCT title FROM explainer_article") == [("Old",)]


def test_a_backup_is_there_whole_or_not_at_all(site: Place, tmp_path: Path) -> None:
    *killed, last = kill_at_every_step(site, "backup", tmp_path / "backup.zip")
    assert {one["is_whole"] for one in killed} <= {None, True}
    assert killed[0]["is_whole"] is None
    assert last["is_whole"] is True
    assert len(killed) > 5


@pytest.mark.parametrize("command", [("quickstart", "--no-serve"), ("serve", "--port", "0")])
@pytest.mark.parametrize("is_empty", [False, True], ids=["no file", "an empty file"])
def test_no_site_begins_anew_beside_one_that_was_put_aside(
    site: Place, command: tuple[str, ...], is_empty: bool
) -> None:
    aside = site.file.with_name(f"{site.file.name}.replaced-20260101T000000")
    site.file.rename(aside)
    if is_empty:
        site.file.touch()
    told = site.refuses(*command)
    assert f"There is no database {site.file}" in told
    assert str(aside) in told
    aside.replace(site.file)
    assert "Ready." in site.do("quickstart", "--no-serve")
