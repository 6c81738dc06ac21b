"""One site behind one nginx for all tests of a file, and what is asked of its data."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from explainer.bench.processes import free_port
from tests.deploy import proxies
from tests.deploy.clients import Person
from tests.server import Site, running_site


@dataclass(frozen=True)
class Proxied:
    """A site, and the proxy before it."""

    url: str
    site: Site
    folder: Path

    people: list[Person] = field(default_factory=list)

    def person(self, address: str = "127.0.0.9") -> Person:
        """Somebody new; their connection is closed when the test is over."""
        self.people.append(Person(self.url, address))
        return self.people[-1]

    def ask(self, code: str) -> str:
        """What a few lines of Python print about the site's data."""
        done = self.site.manage("shell", "--no-imports", "-c", code)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def proxied(_proxied: Proxied) -> Iterator[Proxied]:
    """The site behind nginx, and whoever a test sends there."""
    yield _proxied
    while _proxied.people:
        _proxied.people.pop().connection.close()


@pytest.fixture(scope="module")
def _proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    """The site as `quickstart` serves it, behind nginx as `deploy-config nginx` sets it up."""
    proxies.program("nginx")
    private = tmp_path_factory.mktemp("proxied")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        folder = stack.enter_context(proxies.open_folder())
        settings = {"SITE_URL": url, "STATIC_ROOT": str(folder / "static")}
        trusted = settings | {"TRUSTED_PROXIES": "127.0.0.1/32"}
        site = stack.enter_context(running_site(private, **trusted))
        (folder / "secret-key").write_text("KEY")  # beside what is served
        text = proxies.printed(
            *("nginx", "--hosts", site.url.removeprefix("http://"), "--log-dir", str(folder)),
            *("--listen", f"127.0.0.1:{port}", "--cache-dir", str(folder / "cache")),
            VAR_DIR=str(private),
            **settings,
        )
        stack.enter_context(proxies.nginx(folder, text, port))
        yield Proxied(url, site, folder)
