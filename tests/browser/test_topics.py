"""Suggesting what to explain next, and voting for it, with JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from explainer.models import Article
from polls.models import Topic
from tests import factories
from tests.browser.conftest import Watch
from tests.browser.stage import ISEKAI, heading, suggest_topics, without_reload

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_already_asked_is_said_while_typing_and_voting_for_that_is_one_press(
    page: Page, isekai: Article
) -> None:
    suggest_topics()
    page.goto(ISEKAI)
    panel = page.locator("#next")
    field = panel.get_by_label("Your question")
    with without_reload(page):
        field.press_sequentially("heist stories")
        expect(panel.get_by_role("status")).to_contain_text(
            "Already asked? “What’s a heist story?” has 71 votes."
        )
        expect(field).to_be_focused()
        expect(field).to_have_value("heist stories")
    panel.get_by_role("button", name="Vote for that").click()
    expect(
        page.get_by_role("button", name="72 readers want “What’s a heist story?”")
    ).to_be_visible()
    assert Topic.objects.get(title="a heist story").vote_count == 72


def test_a_suggestion_like_another_is_asked_about_and_can_be_made_anyway(
    page: Page, isekai: Article, watch: Watch
) -> None:
    watch.expected_statuses.add(422)
    suggest_topics()
    page.goto(ISEKAI)
    panel = page.locator("#next")
    with without_reload(page):
        panel.get_by_label("Your question").fill("heist stories")
        panel.get_by_label("Your question").press("Enter")
        panel.get_by_role("button", name="Suggest it anyway").click()
        expect(panel.get_by_role("status")).to_have_text(
            "“What’s heist stories?” is noted with your vote. "
            "A moderator reads it before it is listed."
        )
        expect(panel.locator(":focus")).to_have_count(1)
        expect(panel.get_by_label("Your question")).to_have_value("")
    page.goto("/topics/")
    expect(heading(page, "What’s heist stories?")).to_be_visible()
    expect(page.get_by_text("Only you can see this.")).to_be_visible()


def test_a_vote_and_its_withdrawal_stay_on_the_button(page: Page, db: None) -> None:
    suggest_topics()
    page.goto("/topics/")
    with without_reload(page):
        page.get_by_role("button", name="71 readers want “What’s a heist story?”. Add").click()
        mine = page.get_by_role(
            "button", name="72 readers want “What’s a heist story?”. You do too"
        )
        expect(mine).to_be_focused()
        expect(mine).to_have_attribute("aria-pressed", "true")
        mine.press("Enter")
        back = page.get_by_role("button", name="71 readers want “What’s a heist story?”. Add")
        expect(back).to_be_focused()
        expect(back).to_have_attribute("aria-pressed", "false")


def test_topics_are_sorted_and_chosen_by_status(page: Page, db: None) -> None:
    suggest_topics()
    page.goto("/topics/")
    titles = page.locator(".topics h3")
    expect(titles.first).to_have_text("What’s a heist story?")
    page.get_by_role("link", name="New", exact=True).click()
    expect(titles.first).to_have_text("What’s magical realism?")
    page.get_by_role("link", name="Declined").click()
    expect(titles).to_have_text(["What’s an unreliable narrator?"])
    expect(page.get_by_text("Declined because: It has no readers.")).to_be_visible()


def test_an_empty_suggestion_is_refused_at_its_field(page: Page, db: None, watch: Watch) -> None:
    watch.expected_statuses.add(422)
    factories.make_topic("a heist story")
    page.goto("/topics/")
    panel = page.locator("#next")
    with without_reload(page):
        panel.get_by_role("button", name="Suggest").click()
        expect(panel.get_by_label("Your question")).to_have_attribute("aria-invalid", "true")
        expect(panel.get_by_label("Your question")).to_have_accessible_description(
            "Error: Write something here first."
        )
