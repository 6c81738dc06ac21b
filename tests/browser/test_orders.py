"""Best, By reaction, one camp: with a press and without JavaScript, remembered afterwards."""

import pytest
from playwright.sync_api import Page, expect

from polls.models import Discussion
from tests import factories
from tests.browser.conftest import NewContext, Watch
from tests.browser.stage import ISEKAI, react, talk, without_reload

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def discussion() -> Discussion:
    """Four comments of each camp; what all camps value is the oldest."""
    discussion = factories.make_article().discussion
    for camp in ("happy", "sad", "enraged"):
        for number in range(4):
            reader = factories.make_reader(f"{camp.capitalize()} {number}")
            factories.answer(discussion, reader, camp)
            factories.make_comment(discussion, reader, f"{camp} comment {number}.")
    best = discussion.comments.earliest("pk")
    factories.vote_much(best, enraged=(9, 1), sad=(8, 1), happy=(9, 0))
    return discussion


def first(page: Page) -> str:
    return talk(page).locator(".thread > li .text").first.inner_text()


def order(page: Page, name: str) -> None:
    talk(page).get_by_role("navigation", name="Sort comments").get_by_role(
        "link", name=name
    ).click()
    expect(talk(page).get_by_role("link", name=name)).to_have_attribute("aria-current", "true")


def filter_for(page: Page, name: str) -> None:
    filters = talk(page).get_by_role("navigation", name="Filter comments by reaction")
    filters.get_by_role("link", name=name).click()
    expect(filters.get_by_role("link", name=name)).to_have_attribute("aria-current", "true")


def walk(page: Page) -> None:
    """Every order in turn, and back: the address says which, and the choice is kept."""
    order(page, "Newest")
    assert first(page) == "enraged comment 3."
    order(page, "Best")
    assert first(page) == "happy comment 0."
    order(page, "By reaction")
    for camp in ("Enraged", "Sad", "Happy"):
        expect(talk(page).get_by_role("heading", name=camp)).to_be_visible()
    assert "view=reaction" in page.url
    filter_for(page, "Sad")
    expect(talk(page).locator(".thread > li")).to_have_count(4)
    assert "camp=sad" in page.url
    order(page, "Oldest")
    page.goto(ISEKAI)
    expect(talk(page).get_by_role("link", name="Oldest")).to_have_attribute("aria-current", "true")


def test_the_orders_and_the_filter_in_place(
    page: Page, discussion: Discussion, watch: Watch
) -> None:
    # A request that is given up for the next one is noted in the console, and nowhere else.
    watch.expected_words |= {"htmx:afterRequest", "htmx:sendAbort"}
    page.goto(ISEKAI)
    expect(talk(page).get_by_role("link", name="Best")).to_have_attribute("aria-current", "true")
    with without_reload(page):
        order(page, "Newest")
        assert first(page) == "enraged comment 3."
    walk(page)


def top_of_the_bar(page: Page) -> float:
    box = talk(page).locator(".talk-tools").bounding_box()
    assert box is not None
    return box["y"]


@pytest.mark.parametrize("width", [390, 1440])
def test_a_reader_stays_where_the_orders_are(
    new_context: NewContext, discussion: Discussion, width: int
) -> None:
    factories.make_comments(discussion, 25)
    page = new_context(viewport={"width": width, "height": 800}).new_page()
    page.goto(f"{ISEKAI}?order=oldest&page=2")
    page.get_by_label("Say why").fill("Half a thought")
    page.get_by_label("Your name").fill("Nadia")
    talk(page).locator(".talk-tools").evaluate("bar => scrollTo(0, bar.offsetTop - 60)")
    was = top_of_the_bar(page)
    threads = talk(page).locator(".thread > li > article")
    with without_reload(page):
        before = page.get_by_role("link", name="Show the comments before these")
        before.click()
        expect(threads).to_have_count(20)
        expect(threads.first).to_be_focused()
        assert top_of_the_bar(page) == was
        for name in ("Best", "By reaction", "Newest"):
            link = talk(page).get_by_role("link", name=name, exact=True)
            link.focus()
            link.press("Enter")
            expect(link).to_have_attribute("aria-current", "true")
            expect(link).to_be_focused()
            assert top_of_the_bar(page) == was, name
        filter_for(page, "Sad")
        expect(talk(page).get_by_role("link", name="Sad 4", exact=True)).to_be_focused()
        expect(threads).to_have_count(4)
        assert top_of_the_bar(page) == was
        page.get_by_role("link", name="All 37").click()
        expect(threads).to_have_count(20)
        assert top_of_the_bar(page) == was
    expect(page.get_by_label("Say why")).to_have_value("Half a thought")
    expect(page.get_by_label("Your name")).to_have_value("Nadia")


def test_each_camp_has_its_own_more_beside_the_others(page: Page, discussion: Discussion) -> None:
    for number in range(4, 16):
        reader = factories.make_reader(f"Sad {number}")
        factories.answer(discussion, reader, "sad")
        factories.make_comment(discussion, reader, f"sad comment {number}.")
    page.goto(f"{ISEKAI}?view=reaction")
    sections = {
        camp: talk(page).get_by_role("region", name=camp) for camp in ("Enraged", "Sad", "Happy")
    }
    sad = sections["Sad"].locator("article.comment")
    expect(sad).to_have_count(6)
    others = [sections[camp].inner_html() for camp in ("Enraged", "Happy")]
    url = page.url
    with without_reload(page):
        sections["Sad"].get_by_role("link", name="Show more comments").click()
        expect(sad).to_have_count(16)
        expect(sad.nth(6)).to_be_focused()
        expect(sections["Sad"].locator("li.more")).to_have_count(0)
    assert [sections[camp].inner_html() for camp in ("Enraged", "Happy")] == others
    assert page.url == url


def test_more_of_one_camp_is_of_that_camp(page: Page, discussion: Discussion) -> None:
    for number in range(4, 50):
        reader = factories.make_reader(f"Sad {number}")
        factories.answer(discussion, reader, "sad")
        factories.make_comment(discussion, reader, f"sad comment {number}.")
    page.goto(f"{ISEKAI}?order=oldest&camp=sad")
    shown = talk(page).locator(".thread > li > article")
    with without_reload(page):
        for many in (40, 50):
            page.get_by_role("link", name="Show more comments").click()
            expect(shown).to_have_count(many)
            assert "camp=sad" in page.url
    texts = talk(page).locator(".thread > li > article .text").all_inner_texts()
    assert texts == [f"sad comment {number}." for number in range(50)]
    page.reload()
    expect(shown).to_have_count(10)


def test_the_same_without_javascript(new_context: NewContext, discussion: Discussion) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(ISEKAI)
    walk(page)


def test_a_camp_is_asked_for_what_it_has_judged_least(page: Page, discussion: Discussion) -> None:
    page.goto(ISEKAI)
    react(page, "Sad")
    page.goto(ISEKAI)
    expect(talk(page).get_by_text("Few sad readers have judged this.").first).to_be_visible()
    expect(talk(page).get_by_text("Valued by all camps")).to_be_visible()
