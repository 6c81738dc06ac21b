"""Every page in its states: nothing for axe-core to object to, nothing that does not fit."""

from collections.abc import Callable, Iterable, Iterator

import pytest
from playwright.sync_api import Page

from tests.browser import inspection, pages
from tests.browser.conftest import Launch, Watch

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


Inspection = Callable[[Page, Watch], Iterator[str]]
EVERYTHING: tuple[Inspection, ...] = (inspection.layout, inspection.accessibility)


def look_over(
    page: Page,
    watch: Watch,
    states: Iterable[pages.State],
    *,
    inspections: tuple[Inspection, ...] = EVERYTHING,
) -> None:
    """Fails with everything that is wrong with the pages, each with its name."""
    problems = []
    for name, open_page in states:
        open_page(page)
        found = [problem for inspect in inspections for problem in inspect(page, watch)]
        problems += [f"{name}: {problem}" for problem in dict.fromkeys(found)]
    assert problems == [], "\n".join(problems)


@pytest.mark.parametrize("states", [pages.looking, pages.looking_around])
def test_pages_of_somebody_who_looks(
    page: Page, db: None, watch: Watch, states: Callable[[], Iterable[pages.State]]
) -> None:
    pages.furnished_site()
    look_over(page, watch, states())


def test_pages_that_say_no(page: Page, db: None, watch: Watch) -> None:
    watch.expected_statuses |= {403, 404, 422}
    pages.furnished_site()
    look_over(page, watch, pages.refusals())


def test_pages_of_somebody_who_answers(page: Page, db: None, watch: Watch) -> None:
    watch.expected_statuses |= {422, 429}
    pages.furnished_site()
    look_over(page, watch, pages.acting())


@pytest.mark.parametrize(
    "states", [pages.panel_of_nobody, pages.panel_lists, pages.panel_forms, pages.panel_acts]
)
def test_pages_of_the_panel(
    page: Page, db: None, watch: Watch, states: Callable[[], Iterable[pages.State]]
) -> None:
    watch.expected_statuses.add(404)
    pages.furnished_site()
    # Only readers are promised that nothing scrolls sideways: the panel's lists are Django's.
    look_over(page, watch, states(), inspections=(inspection.accessibility,))


def test_text_twice_as_large_still_fits(launch: Launch, live_server, watch: Watch) -> None:
    # The browser's own setting: unlike a style it also moves the borders of media queries.
    page = launch("--blink-settings=defaultFontSize=32").new_page(base_url=live_server.url)
    watch.follow(page)
    pages.furnished_site()
    problems = []
    for name, open_page in (
        *pages.looking(),
        *pages.looking_around(),
        ("answered", pages.answer_everything),
    ):
        open_page(page)
        page.evaluate(inspection.OPEN_ALL)
        problems += [f"{name}: {problem}" for problem in inspection.fit(page, (640, 1440))]
    assert problems == [], "\n".join(problems)


PLANTED = {
    "image-alt": "<img src='/static/explainer/favicon.svg'>",
    "color-contrast": "<p class='quiet' id='pale'>barely there</p>",
    "sideways": "<pre class='wide'>" + "x" * 400 + "</pre>",
    "small target": "<button class='tiny'>x</button>",
    "clipped": "<p class='cut'>A sentence that does not fit.</p>",
}


@pytest.mark.parametrize("problem", PLANTED)
def test_a_problem_planted_in_a_page_is_found(page: Page, watch: Watch, problem: str) -> None:
    page.goto("/about/")
    page.evaluate(
        "markup => document.querySelector('.prose').insertAdjacentHTML('beforeend', markup)",
        PLANTED[problem],
    )
    bad = """
      #pale { color: #ddd; background: #fff } .cut { overflow: hidden; inline-size: 3rem;
      white-space: nowrap } .tiny { inline-size: 12px; block-size: 12px; padding: 0; border: 0 }
    """
    page.evaluate(inspection.WEAR, bad)
    found = [*inspection.accessibility(page, watch)]
    page.evaluate(inspection.WEAR, bad)
    found += [*inspection.fit(page, (390,)), *page.evaluate(inspection.SMALL)]
    assert any(problem in said for said in found)
