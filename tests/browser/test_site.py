"""The advisory and the appearance: choices that a browser keeps."""

import pytest
from playwright.sync_api import Page, expect

from explainer.models import Article
from tests.browser.stage import ISEKAI

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NETORARE = "/articles/netorare/"
ADVISORY = f"{NETORARE}advisory/"


def test_the_advisory_stands_before_the_text_until_it_is_passed(
    page: Page, netorare: Article
) -> None:
    page.goto(NETORARE)
    assert page.url.endswith(ADVISORY)
    expect(page.get_by_role("listitem").filter(has_text="Infidelity")).to_be_visible()
    assert "SECRET" not in page.content()
    page.get_by_role("button", name="Read the article").click()
    expect(page.get_by_role("heading", name="SECRET heading")).to_be_visible()
    page.goto(NETORARE)
    assert page.url.endswith(NETORARE)
    theme = [cookie for cookie in page.context.cookies() if cookie["name"] == "themes"]
    assert theme == []


def test_the_advisory_leads_on_to_what_was_asked_for(page: Page, netorare: Article) -> None:
    page.goto(f"{NETORARE}results/")
    assert page.url.endswith(f"{ADVISORY}?next={NETORARE}results/")
    assert "SECRET" not in page.content()
    page.get_by_role("button", name="Read the article").click()
    expect(page.get_by_role("heading", name="What readers answered")).to_be_visible()
    assert page.url.endswith(f"{NETORARE}results/")


def test_themes_are_remembered_when_asked_and_forgotten_when_asked(
    page: Page, netorare: Article
) -> None:
    page.goto(ADVISORY)
    page.get_by_label("Don’t ask again about these themes").check()
    page.get_by_role("button", name="Read the article").click()
    expect(page.get_by_role("heading", name="SECRET heading")).to_be_visible()
    kept = {cookie["name"]: cookie["expires"] for cookie in page.context.cookies()}
    assert kept["passed"] == -1, "what was passed is forgotten when the browser closes"
    assert kept["themes"] > 0
    page.get_by_role("link", name="Privacy").click()
    page.get_by_role("button", name="Ask me again about mature themes").click()
    expect(page.get_by_text("This browser is asked before each article")).to_be_visible()
    page.goto(NETORARE)
    assert page.url.endswith(ADVISORY)


def test_the_appearance_is_kept_and_the_reader_stays_where_they_are(
    page: Page, isekai: Article
) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(ISEKAI)
    root = page.locator("html")
    ground = page.locator("body")
    for name, theme, paper in (
        ("Dark", "dark", "rgb(23, 22, 19)"),
        ("Light", "light", "rgb(251, 250, 246)"),
    ):
        page.get_by_role("button", name=name, exact=True).click()
        expect(root).to_have_attribute("data-theme", theme)
        expect(page.get_by_role("button", name=name, exact=True)).to_have_attribute(
            "aria-pressed", "true"
        )
        expect(ground).to_have_css("background-color", paper)
        assert page.url.endswith(ISEKAI)
    page.goto("/about/")
    expect(root).to_have_attribute("data-theme", "light")
    page.get_by_role("button", name="Auto").click()
    expect(root).not_to_have_attribute("data-theme", "light")
    page.emulate_media(color_scheme="dark")
    expect(ground).to_have_css("background-color", "rgb(23, 22, 19)")
    assert page.context.cookies() == []


def test_the_contents_list_marks_where_the_reader_is(page: Page, isekai: Article) -> None:
    page.goto(ISEKAI)
    contents = page.get_by_role("navigation", name="In this article")
    contents.get_by_role("link", name="Why readers quarrel").click()
    expect(contents.locator("[aria-current]")).to_have_text("Why readers quarrel")


def test_the_skip_link_comes_first_and_leads_past_the_header(page: Page, isekai: Article) -> None:
    page.goto(ISEKAI)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
