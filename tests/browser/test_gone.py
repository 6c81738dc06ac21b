"""A comment that is not there says so where it stood: to its author why, to others no more."""

import re

import pytest
from playwright.sync_api import Page, expect

from explainer.models import Article
from polls.actions.moderation import hide_comment
from polls.models import Comment
from tests import factories
from tests.browser import inspection
from tests.browser.conftest import NewContext, Watch
from tests.browser.stage import ISEKAI, card, heading, talk, the_reader

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REMOVED = "A moderator removed your comment."


@pytest.fixture(params=[True, False], ids=["with", "without"])
def page(request: pytest.FixtureRequest, new_context: NewContext) -> Page:
    return new_context(java_script_enabled=request.param).new_page()


@pytest.fixture
def removed(page: Page, isekai: Article) -> Comment:
    """A comment of the reader at this page, which a moderator has hidden, among others'."""
    page.goto(ISEKAI)
    card(page).get_by_role("button", name="Sad").click()
    expect(heading(page, "You are sad about isekai")).to_be_visible()
    mine = factories.make_comment(isekai.discussion, the_reader(), "You are all wrong.")
    factories.make_comments(isekai.discussion, 5)
    return hide_comment(comment=mine, actor=factories.make_user("mo"), reason="unkind")


def test_its_author_reads_why_and_appeals(page: Page, removed: Comment) -> None:
    page.goto(ISEKAI)
    expect(talk(page).get_by_text(REMOVED)).to_be_visible()
    page.goto(f"{ISEKAI}?comment={removed.pk}#c{removed.pk}")
    line = page.locator(f"#c{removed.pk}")
    expect(line).to_contain_text(REMOVED)
    expect(line).to_be_in_viewport()
    expect(line).to_be_focused()
    line.get_by_role("link", name="Why, and how to appeal").click()
    expect(heading(page, "Why your comment was removed")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Personal remark")
    page.get_by_label("Why should we look at it again?").fill("It was a quotation, as I said.")
    page.get_by_role("button", name="Appeal").click()
    expect(page.get_by_text("A moderator will look at it again.")).to_be_visible()
    page.goto(ISEKAI)
    expect(heading(page, "5 comments")).to_be_visible()
    expect(talk(page)).not_to_contain_text(REMOVED)


def test_the_line_fits_and_is_accessible(
    new_context: NewContext, isekai: Article, watch: Watch
) -> None:
    page = new_context(viewport={"width": 390, "height": 844}).new_page()
    page.goto(f"{ISEKAI}?comment=77#c77")
    expect(page.locator("#c77")).to_be_focused()
    for inspect in (inspection.layout, inspection.accessibility):
        assert list(inspect(page, watch)) == []


def test_from_my_answers_the_way_leads_there_too(page: Page, removed: Comment) -> None:
    page.goto("/me/")
    page.get_by_role("link", name=re.compile("^Why was this removed")).click()
    expect(heading(page, "Why your comment was removed")).to_be_visible()


def test_others_learn_that_it_is_not_there(
    page: Page, removed: Comment, new_context: NewContext
) -> None:
    other = new_context(java_script_enabled=False).new_page()
    other.goto(f"{ISEKAI}?comment={removed.pk}#c{removed.pk}")
    line = other.locator(f"#c{removed.pk}")
    expect(line).to_have_text(re.compile(r"^\s*This comment is not here any more\.\s*$"))
    expect(line).to_be_in_viewport()
    other.goto(ISEKAI)
    expect(heading(other, "5 comments")).to_be_visible()
    expect(talk(other)).not_to_contain_text("not here any more")
