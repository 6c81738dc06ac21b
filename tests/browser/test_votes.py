"""Good point, Not for me, with JavaScript and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from explainer.models import Article
from polls.models import Comment, Discussion
from tests import factories
from tests.browser import inspection
from tests.browser.conftest import NewContext, Watch
from tests.browser.stage import ISEKAI, card, comment_of, react, without_reload

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def discussion(isekai: Article) -> Discussion:
    """Priya's comment has two good points of sad readers."""
    discussion = isekai.discussion
    priya = factories.make_comment(discussion, factories.make_reader("Priya"), "It is an escape.")
    for reader in factories.answers(discussion, sad=2):
        factories.vote(priya, reader, "good")
    return discussion


def test_a_vote_its_change_and_its_withdrawal_stay_on_the_button(
    page: Page, discussion: Discussion
) -> None:
    page.goto(ISEKAI)
    react(page, "Enraged")
    page.reload()
    said = comment_of(page, "It is an escape.")
    good = said.get_by_role("button", name=re.compile("^Good point"))
    no = said.get_by_role("button", name=re.compile("^Not for me"))
    expect(good).to_contain_text("2")
    with without_reload(page):
        good.click()
        expect(good).to_have_attribute("aria-pressed", "true")
        expect(good).to_contain_text("3")
        expect(good).to_be_focused()
        no.click()
        expect(no).to_have_attribute("aria-pressed", "true")
        expect(good).to_have_attribute("aria-pressed", "false")
        expect(good).to_contain_text("2")
        expect(no).to_be_focused()
        no.press("Enter")
        expect(no).to_have_attribute("aria-pressed", "false")
        expect(no).to_be_focused()
        good.press("Enter")
        expect(good).to_have_attribute("aria-pressed", "true")
        good.press("Space")
        expect(good).to_have_attribute("aria-pressed", "false")
        expect(good).to_be_focused()


def test_the_number_waits_for_the_readers_own_answer(page: Page, discussion: Discussion) -> None:
    page.goto(ISEKAI)
    said = comment_of(page, "It is an escape.")
    good = said.get_by_role("button", name=re.compile("^Good point"))
    with without_reload(page):
        good.click()
        expect(good).to_have_attribute("aria-pressed", "true")
        expect(good).not_to_contain_text("3")
    react(page, "Sad")
    page.reload()
    expect(good).to_contain_text("3")


def test_without_javascript_a_vote_leads_back_to_the_comment(
    new_context: NewContext, discussion: Discussion
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{ISEKAI}?order=oldest")
    card(page).get_by_role("button", name="Happy").click()
    page.goto(f"{ISEKAI}?order=oldest")
    said = comment_of(page, "It is an escape.")
    said.get_by_role("button", name=re.compile("^Good point")).click()
    comment = Comment.objects.get()
    expect(page).to_have_url(re.compile(rf"order=oldest&comment={comment.pk}#c{comment.pk}$"))
    pressed = said.get_by_role("button", name=re.compile("^Good point 3"))
    expect(pressed).to_have_attribute("aria-pressed", "true")
    pressed.click()
    expect(said.get_by_role("button", name=re.compile("^Good point 2"))).to_be_visible()


def test_badges_and_the_page_about_ranking_fit_and_are_accessible(
    page: Page, discussion: Discussion, watch: Watch
) -> None:
    split = factories.make_comment(discussion, text="It is bookkeeping.")
    factories.vote_much(split, enraged=(6, 1), happy=(0, 7))
    factories.vote_much(Comment.objects.first(), enraged=(14, 2), sad=(7, 0), happy=(19, 3))
    page.goto(f"{ISEKAI}?results=1")
    expect(comment_of(page, "It is an escape.")).to_contain_text(
        "Valued by all camps: 14 enraged, 9 sad, 19 happy"
    )
    expect(comment_of(page, "It is bookkeeping.")).to_contain_text(
        "Splits the room: enraged readers value it, happy readers do not"
    )
    for path in (f"{ISEKAI}?results=1", "/how-ranking-works/"):
        page.goto(path)
        for inspect in (inspection.layout, inspection.accessibility):
            assert list(inspect(page, watch)) == [], path
