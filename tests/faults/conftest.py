"""A site that is prepared once and copied for each fault, and the table at the end."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults import machines, results, sites
from tests.faults.sites import Site

HERE = Path(__file__).parent
SEED = "from tests.faults.seed import seed; print(seed())"
URL = os.environ.get("DATABASE_URL", "")
IS_POSTGRES = URL.startswith("postgres")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One after the other, whatever runs beside them: each starts a whole site."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.faults)
            item.add_marker(pytest.mark.xdist_group("faults"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What came of each fault."""
    if not (lines := results.of_reports(terminalreporter)):
        return
    terminalreporter.section("faults")
    for line in results.table(lines):
        terminalreporter.write_line(line)
    if path := os.environ.get("FAULTS_JSON"):
        results.write(lines, Path(path))


def need(what: object, sentence: str) -> None:
    """Skips a test that cannot run here; with REQUIRE_FAULTS=1 that is a failure."""
    if not what:
        (pytest.fail if os.environ.get("REQUIRE_FAULTS") == "1" else pytest.skip)(sentence)


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Puts a line into the table: `note("kill -9 of the server", times=2, lost=0)`."""

    def note(fault: str, **figures: object) -> None:
        figures.setdefault("database", "PostgreSQL" if IS_POSTGRES else "SQLite")
        request.node.user_properties.append(("fault", {"fault": fault, **figures}))

    return note


@dataclass(frozen=True)
class Prepared:
    """A site as quickstart makes it, with something to write on; `server` is a PostgreSQL."""

    folder: Path
    seed: dict
    server: str = ""
    name: str = ""

    def copy(self, folder: Path, **more: str) -> Site:
        """Another site like it, with data of its own; not started."""
        sites.copy_of(self.folder, folder)
        url = sqlite(folder)
        if self.server:
            url = machines.make_database(self.server, self._name_of(folder), self.name)
        return Site(folder, sites.environment(folder, url, **more), self.seed)

    def forget(self, site: Site) -> None:
        """Ends a copy."""
        site.close()
        if self.server:
            machines.drop_database(self.server, self._name_of(site.folder))

    def _name_of(self, folder: Path) -> str:
        return f"{self.name}_{folder.name}"


def sqlite(folder: Path) -> str:
    return f"sqlite:///{folder / 'afterword.sqlite3'}"


def prepare(folder: Path, server: str) -> Prepared:
    """Makes a site there, as its operator would; `server` is a PostgreSQL, "" is SQLite."""
    # By process and by folder: one process prepares two when it runs faults and roll-outs.
    name = f"afterword_faults_{os.getpid()}_{folder.name}" if server else ""
    env = sites.environment(
        folder, machines.make_database(server, name) if server else sqlite(folder)
    )
    for command in (["quickstart", "--no-serve"], ["shell", "--no-imports", "-c", SEED]):
        done = sites.manage(env, *command)
        assert done.returncode == 0, done.stdout + done.stderr
    return Prepared(folder, json.loads(done.stdout), server, name)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    """The site that every test copies, on the kind of database of this test run."""
    made = prepare(tmp_path_factory.mktemp("prepared"), URL if IS_POSTGRES else "")
    yield made
    if made.server:
        machines.drop_database(made.server, made.name)


@pytest.fixture
def site(prepared: Prepared, tmp_path: Path) -> Iterator[Site]:
    """A site of this test's own, not started."""
    copy = prepared.copy(tmp_path / "site")
    yield copy
    prepared.forget(copy)
