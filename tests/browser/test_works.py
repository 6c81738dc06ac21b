"""Naming a favourite, with JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from explainer.models import Article
from polls.actions.works import name_favourite
from tests import factories
from tests.browser.conftest import NewContext, Watch
from tests.browser.stage import ISEKAI, name_works, without_reload

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_titles_like_the_one_being_typed_are_offered(page: Page, isekai: Article) -> None:
    factories.make_work("Spirited Away")
    factories.make_work("Inuyasha")
    page.goto(ISEKAI)
    with without_reload(page):
        page.locator("#favourite").get_by_label("Title").press_sequentially("spir")
        expect(page.locator("#known option")).to_have_count(1)
        expect(page.locator("#known option")).to_have_attribute("value", "Spirited Away")
        expect(page.locator("#favourite").get_by_label("Title")).to_be_focused()


def test_a_favourite_is_counted_once_replaced_when_asked_and_withdrawn(
    page: Page, isekai: Article, watch: Watch
) -> None:
    watch.expected_statuses.add(422)
    name_works(isekai.discussion)
    page.goto(ISEKAI)
    panel = page.locator("#favourite")
    with without_reload(page):
        panel.get_by_label("Title").fill("spirited away")
        panel.get_by_role("button", name="Add").click()
        expect(panel.get_by_role("status")).to_have_text("Added. 3 other readers named it too.")
        expect(panel.locator(".ranked > li").first).to_contain_text("4 readers")
        expect(panel).to_contain_text("You named Spirited Away")
        expect(panel.locator(":focus")).to_have_count(1)
        panel.get_by_label("Title").fill("Inuyasha")
        panel.get_by_role("button", name="Add").click()
        expect(panel.get_by_role("status")).to_contain_text(
            "You have named one already. Replace it with this?"
        )
        expect(panel.get_by_label("Title")).to_have_value("Inuyasha")
        panel.get_by_role("button", name="Replace “Spirited Away” with “Inuyasha”").click()
        expect(panel).to_contain_text("You named Inuyasha")
        expect(panel.locator(".ranked > li", has_text="Spirited Away")).to_contain_text("3 readers")
        panel.get_by_role("button", name="Withdraw it").click()
        expect(panel).not_to_contain_text("You named")
        expect(panel.locator(":focus")).to_have_count(1)
    page.reload()
    expect(panel.locator(".ranked > li", has_text="Inuyasha")).to_contain_text("2 readers")


def test_a_title_nobody_knows_waits_for_a_moderator(page: Page, isekai: Article) -> None:
    page.goto(ISEKAI)
    panel = page.locator("#favourite")
    panel.get_by_label("Title").fill("Unheard Of")
    panel.get_by_label("Title").press("Enter")
    expect(panel).to_contain_text("Added. You are the first to name it.")
    expect(panel).to_contain_text("Waiting for a moderator")
    expect(panel.locator(".ranked")).to_have_count(0)


LINES = """tag => {
  const { height } = tag.getBoundingClientRect(), style = getComputedStyle(tag);
  return Math.round(height / parseFloat(style.lineHeight));
}"""


@pytest.mark.parametrize("width", [320, 1440])
def test_a_number_of_readers_stays_on_one_line(
    isekai: Article, new_context: NewContext, width: int
) -> None:
    title = "That Time I Was Reborn Elsewhere and Opened a Bookshop for Unhurried Readers"
    factories.make_work(title)
    for reader in factories.make_readers(10):
        name_favourite(discussion=isekai.discussion, reader=reader, title=title, replace=False)
    page = new_context(viewport={"width": width, "height": 900}).new_page()
    for address in (ISEKAI, f"{ISEKAI}results/"):
        page.goto(address)
        pill = page.locator(".ranked .tag").filter(has_text="10 readers")
        assert pill.evaluate(LINES) == 1
