"""A new version whose migrations run while the old one serves, and which then takes its place."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db.migrations.loader import MigrationLoader
from pytest_django import Settings

from tests.deploy import rolling
from tests.deploy.rolling import Visitors
from tests.faults import machines, stored
from tests.faults.conftest import IS_POSTGRES, URL, Prepared, prepare
from tests.faults.sites import Site, running
from tests.faults.sizes import FULL
from tests.faults.test_kills import assert_kept
from tests.faults.writers import wait_until, writing
from tests.test_migrations import refusals

pytestmark = [pytest.mark.load, pytest.mark.xdist_group("faults")]
ACTS = 1_000 if FULL else 40  # acknowledged in each step
LANGUAGES = "SELECT language, count(*) FROM polls_comment GROUP BY language"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    """The site that every test copies, with the schema of today."""
    made = prepare(tmp_path_factory.mktemp("prepared"), URL if IS_POSTGRES else "")
    yield made
    if made.server:
        machines.drop_database(made.server, made.name)


@pytest.fixture
def site(prepared: Prepared, tmp_path: Path) -> Iterator[Site]:
    """A site of this test's own, in the version of today; not started."""
    copy = prepared.copy(tmp_path / "site")
    rolling.put_in_place(copy, "today")
    yield copy
    prepared.forget(copy)


@contextmanager
def visited(site: Site) -> Iterator[Visitors]:
    """A block in which the site runs and people come."""
    people = rolling.visitors(site)
    with running(site), writing(people):
        people.wait_for(ACTS)
        yield people


def migrate(site: Site, version: str) -> None:
    """The step of explainer/deploy/growing.md that changes the database, by the code that comes."""
    rolling.put_in_place(site, version)
    done = rolling.migrate(site, **rolling.BRIEFLY)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nobody_notices_that_a_version_takes_the_place_of_another(site: Site) -> None:
    before = stored.readers(site.database)
    with visited(site) as people:
        for version in ("next", "later"):
            migrate(site, version)
            people.wait_for(ACTS)  # the code from before, on the new schema
            rolling.replace(site)
            people.wait_for(ACTS)
        migrate(site, "last")  # the code is that of `later`
        people.wait_for(ACTS)
    assert people.refusals == {}
    assert_kept(site, people.log, before)
    # Code from before stored comments beside the column, and the new code wrote it.
    assert {language for language, _number in stored.rows(site.database, LANGUAGES)} == {"", "en"}


@pytest.mark.skipif(not IS_POSTGRES, reason="On SQLite who reads holds up nobody.")
def test_a_migration_that_would_hold_everybody_up_gives_way(site: Site) -> None:
    with visited(site) as people:
        rolling.put_in_place(site, "next")
        with somebody_reading(site):
            done = rolling.migrate(site, **rolling.BRIEFLY)
            assert done.returncode == 1
            assert "lock timeout" in done.stderr
        migrate(site, "next")
        people.wait_for(ACTS)
        assert people.refusals == {}
        # The same without a limit: whoever comes waits behind it.
        rolling.put_in_place(site, "last")
        with ThreadPoolExecutor(1) as thread:
            with somebody_reading(site):
                migrating = thread.submit(rolling.migrate, site)
                wait_until(lambda: people.refusals)
            assert migrating.result().returncode == 0


@contextmanager
def somebody_reading(site: Site) -> Iterator[None]:
    """A block in which a transaction has read the comments and does not end, as a backup's."""
    with psycopg.connect(site.database) as connection:
        connection.execute("SELECT count(*) FROM polls_comment")
        yield


@pytest.mark.parametrize("version", ["unkept", "renamed"])
def test_what_the_rules_refuse_breaks_the_code_from_before(site: Site, version: str) -> None:
    with visited(site) as people:
        assert people.refusals == {}
        rolling.put_in_place(site, version)
        done = site.manage("migrate")
        assert done.returncode == 0, done.stdout + done.stderr
        wait_until(lambda: any(answer.startswith("500") for answer in people.refusals))


@pytest.mark.parametrize(
    ("version", "refused"),
    [
        *(("next", []), ("later", [])),
        # In step: by hand, when no code that runs asks for the column.
        *(("last", ["1005_contract"]), ("unkept", ["1000_unkept"]), ("renamed", ["1000_renamed"])),
    ],
)
def test_the_rules_judge_these_versions(
    version: str, refused: list[str], settings: Settings
) -> None:
    settings.MIGRATION_MODULES = {"polls": f"tests.deploy.versions.migrations.{version}"}
    loader = MigrationLoader(None)
    made_up = [name for app, name in sorted(loader.disk_migrations) if name >= "1000"]
    assert made_up
    assert refused == [
        name
        for name in made_up
        if any(
            refusals(
                loader.disk_migrations["polls", name].operations,
                loader.project_state(("polls", name), at_end=False),
                "polls",
            )
        )
    ]
