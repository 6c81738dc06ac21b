"""What a reader does besides answering and commenting, with JavaScript off."""

import re

import pytest
from playwright.sync_api import Page, expect

from explainer.models import Article
from polls.models import Comment, CommentVote
from tests import factories
from tests.browser.conftest import NewContext
from tests.browser.stage import (
    ISEKAI,
    card,
    comment_of,
    crowd,
    heading,
    talk,
    the_reader,
    write_comment,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(new_context: NewContext) -> Page:
    return new_context(java_script_enabled=False).new_page()


def react(page: Page, camp: str) -> None:
    page.goto(ISEKAI)
    card(page).get_by_role("button", name=camp).click()
    expect(card(page).get_by_role("button", name=camp)).to_have_attribute("aria-pressed", "true")


def test_a_reason_is_given_changed_and_taken_back(page: Page, isekai: Article) -> None:
    react(page, "Enraged")
    for reason in ("The genre", "How it is sold"):
        card(page).get_by_role("button", name=reason).click()
        pressed = page.locator("#ask-reason").get_by_role("button", pressed=True)
        expect(pressed).to_have_text(reason)
    page.locator("#ask-reason").get_by_role("button", name="Withdraw this").click()
    expect(pressed).to_have_count(0)


def test_what_was_said_beside_a_reaction_is_taken_back_without_it(
    page: Page, isekai: Article
) -> None:
    react(page, "Enraged")
    card(page).get_by_role("button", name="The genre").click()
    card(page).get_by_role("button", name="I’ll try it").click()
    card(page).get_by_role("button", name="Withdraw my reaction").click()
    expect(heading(page, "How does isekai leave you?")).to_be_in_viewport()
    expect(card(page)).to_contain_text("Your answers below still count.")
    for ask in ("#ask-reason", "#ask-intent"):
        page.locator(ask).get_by_role("button", name="Withdraw this").click()
        expect(page.locator(ask)).to_have_count(0)
    expect(card(page)).not_to_contain_text("still count")
    page.goto("/me/")
    expect(heading(page, "Nothing yet")).to_be_visible()


def test_the_reaction_stays_off_a_comment_when_its_author_says_so(
    page: Page, isekai: Article
) -> None:
    react(page, "Happy")
    card(page).get_by_role("button", name="I’ll try it").click()
    expect(page.locator("#composer")).to_contain_text("will try it")
    page.get_by_label("Show both with it").uncheck()
    write_comment(page, "I keep that to myself.")
    page.get_by_role("button", name="Post comment").click()
    expect(comment_of(page, "I keep that to myself.")).to_contain_text("No reaction")
    said = Comment.objects.get()
    assert (said.camp, said.intent) == (None, None)


def test_a_vote_is_changed_from_one_to_the_other(page: Page, isekai: Article) -> None:
    factories.make_comment(isekai.discussion, factories.make_reader("Priya"), "It is an escape.")
    react(page, "Sad")
    said = comment_of(page, "It is an escape.")
    good = said.get_by_role("button", name=re.compile("^Good point"))
    no = said.get_by_role("button", name=re.compile("^Not for me"))
    good.click()
    expect(good).to_have_attribute("aria-pressed", "true")
    no.click()
    expect(no).to_have_attribute("aria-pressed", "true")
    expect(good).to_have_attribute("aria-pressed", "false")
    good.click()
    expect(good).to_have_attribute("aria-pressed", "true")
    expect(no).to_have_attribute("aria-pressed", "false")
    assert CommentVote.objects.get(reader=the_reader()).is_good


def test_results_and_badges_are_seen_without_answering(page: Page, isekai: Article) -> None:
    crowd(isekai.discussion)
    valued = factories.make_comment(isekai.discussion, text="It is an escape.")
    factories.vote_much(valued, enraged=(14, 2), sad=(7, 0), happy=(19, 3))
    stored = factories.everything_stored()
    page.goto(ISEKAI)
    expect(talk(page)).not_to_contain_text("Valued by")
    card(page).get_by_role("link", name="See results without answering").click()
    expect(heading(page, "What readers answered")).to_be_visible()
    page.get_by_role("link", name="Read the comments with their counts").click()
    said = comment_of(page, "It is an escape.")
    expect(said).to_contain_text("Valued by all camps: 14 enraged, 7 sad, 19 happy")
    expect(said.get_by_role("button", name="Good point")).to_contain_text("40")
    permalink = said.locator("time a").get_attribute("href")
    assert "results" not in permalink
    page.goto(permalink)
    expect(said).to_be_in_viewport()
    expect(said).not_to_contain_text("Valued by")
    assert factories.everything_stored() == stored


def test_by_reaction_nothing_is_lost(page: Page, isekai: Article) -> None:
    for _ in range(3):
        reader = factories.make_reader(f"Hana {factories.number()}")
        factories.answer(isekai.discussion, reader, "happy")
        begun = factories.make_comment(isekai.discussion, reader)
    factories.make_comment(isekai.discussion, begun.reader, "An answer.", parent=begun)
    factories.make_comment(isekai.discussion, None, "In no camp.")
    page.goto(ISEKAI)
    talk(page).get_by_role("link", name="By reaction").click()
    expect(heading(page, "Happy 4 comments")).to_be_visible()
    expect(talk(page)).to_contain_text("Each number counts the comments marked so.")
    expect(talk(page)).not_to_contain_text("In no camp.")
    talk(page).get_by_role("link", name="Read them among all comments").click()
    expect(talk(page)).to_contain_text("In no camp.")
    talk(page).get_by_role("link", name=re.compile(r"^Happy\s+4$")).click()
    expect(talk(page)).to_contain_text("4 comments are marked Happy. Below are the threads")
    expect(talk(page).locator(".thread > li > article")).to_have_count(3)
