"""Whoever asks for a place behind an advisory arrives there, with JavaScript and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from explainer.models import Article
from polls.models import Comment
from tests import factories
from tests.browser.conftest import NewContext
from tests.browser.stage import heading

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGE = "/articles/netorare/"


@pytest.fixture(params=[True, False], ids=["with", "without"])
def page(request: pytest.FixtureRequest, new_context: NewContext) -> Page:
    return new_context(java_script_enabled=request.param).new_page()


@pytest.fixture
def said(netorare: Article) -> Comment:
    """One of thirty comments, the last of the second page."""
    return factories.make_comments(netorare.discussion, 30)[0]


def passed(page: Page) -> None:
    expect(page).to_have_url(re.compile(f"{PAGE}advisory/"))
    expect(page.get_by_role("main")).not_to_contain_text("SECRET")
    page.get_by_role("button", name="Read the article").click()


def arrived(page: Page, said: Comment) -> None:
    expect(page).to_have_url(re.compile(rf"{PAGE}\?comment={said.pk}#c{said.pk}$"))
    expect(page.locator(f"#c{said.pk}")).to_be_in_viewport()


def test_at_the_comment_of_a_permalink(page: Page, said: Comment) -> None:
    page.goto(f"{PAGE}?comment={said.pk}#c{said.pk}")
    passed(page)
    arrived(page, said)


def test_at_the_comment_of_its_short_address(page: Page, said: Comment) -> None:
    page.goto(f"{PAGE}comments/{said.pk}/")
    passed(page)
    arrived(page, said)


def test_on_another_page_of_the_article(page: Page, said: Comment) -> None:
    page.goto(f"{PAGE}results/")
    passed(page)
    expect(heading(page, "What readers answered")).to_be_visible()


def test_at_the_part_of_the_page_that_an_address_names(page: Page, said: Comment) -> None:
    page.goto(f"{PAGE}#respond")
    passed(page)
    expect(page).to_have_url(re.compile(f"{PAGE}#respond$"))
    expect(heading(page, "How does netorare leave you?")).to_be_in_viewport()
