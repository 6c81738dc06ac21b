"""A real Chromium on a real server; every page is watched for what must never happen."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from polls.rules import holds

# Playwright's sync API keeps an event loop in this thread; the tests' own ORM calls are not async.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

# The shell has no window to draw around each page, which is most of the time a small test takes.
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


Launch = Callable[..., Browser]


@pytest.fixture(scope="session")
def launch(django_db_setup: None) -> Iterator[Launch]:
    """Starts the Chromium of the machine, with further arguments where a test needs them.

    Without one the test skips and says so; in CI it fails.
    """
    path = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if path is None:
        message = "NOT TESTED: no Chromium on the PATH (Debian: apt-get install chromium)"
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        launched: list[Browser] = []

        def start(*more: str) -> Browser:
            options = [*ARGUMENTS, *more]
            launched.append(playwright.chromium.launch(executable_path=path, args=options))
            return launched[-1]

        yield start
        for browser in launched:
            browser.close()
        # While Playwright's loop runs, Django keeps this thread's connection in another place than
        # before and after: nobody else would close it, and PostgreSQL could not drop the database.
        connections.close_all()


@pytest.fixture(scope="session")
def browser(launch: Launch) -> Browser:
    """One Chromium for all tests of a worker; each reader gets a context of their own."""
    return launch()


@dataclass
class Watch:
    """What a page complained about, and where it asked outside the site."""

    host: str
    complaints: list[str] = field(default_factory=list)
    # A refusal is an answer: the browser logs "422" for the pages that are about refusals.
    expected_statuses: set[int] = field(default_factory=set)
    # A test that cuts the line hears about it.
    expected_words: set[str] = field(default_factory=set)

    def console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not self._is_expected(message.text):
            self.complaints.append(f"console {message.type}: {message.text}")

    def _is_expected(self, said: str) -> bool:
        refusals = [
            words
            for status in self.expected_statuses
            for words in (f"status of {status}", f"Code {status}")
        ]
        return any(words in said for words in (*refusals, *self.expected_words))

    def request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != self.host:
            self.complaints.append(f"request to another host: {url}")

    def follow(self, page: Page) -> None:
        page.on("console", self.console)
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        page.on("request", lambda request: self.request(request.url))


NewContext = Callable[..., BrowserContext]


@pytest.fixture(autouse=True)
def _a_form_is_filled_in_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Playwright types faster than a person, which a rule would hold."""
    monkeypatch.setattr(holds, "FORM_LEAST_AGE", 0)


@pytest.fixture
def watch(live_server) -> Iterator[Watch]:
    """Fails the test at its end on any console error, CSP report or request to another host."""
    seen = Watch(urlsplit(live_server.url).netloc)
    yield seen
    assert seen.complaints == []


@pytest.fixture
def new_context(browser: Browser, live_server, watch: Watch) -> Iterator[NewContext]:
    """Makes browser contexts (one reader each) on the live server; options are Playwright's."""
    contexts: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        options.setdefault("viewport", {"width": 1440, "height": 900})
        context = browser.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(15_000)
        context.on("page", watch.follow)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_context: NewContext) -> Page:
    """A page of a reader who has never been here."""
    return new_context().new_page()
