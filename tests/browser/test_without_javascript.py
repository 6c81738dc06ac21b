"""The whole journey with JavaScript off: every act is a form or a link, every answer a page."""

import re

import pytest
from playwright.sync_api import Page, expect

from explainer.models import Article
from polls.models import Comment, Topic
from tests import factories
from tests.browser.conftest import NewContext, Watch
from tests.browser.stage import (
    ISEKAI,
    card,
    comment_of,
    forget_speed,
    heading,
    name_works,
    suggest_topics,
    talk,
    the_reader,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(new_context: NewContext) -> Page:
    return new_context(java_script_enabled=False).new_page()


def test_the_advisory_is_passed_and_everything_is_answered(page: Page, netorare: Article) -> None:
    page.goto("/articles/netorare/")
    expect(page).to_have_url(re.compile("/articles/netorare/advisory/$"))
    page.get_by_role("button", name="Read the article").click()

    before = page.locator("#before")
    before.get_by_role("button", name="Sad").click()
    expect(page).to_have_url(re.compile("#before$"))
    expect(before).to_contain_text("is what you said before reading.")
    before.get_by_role("link", name="Change it").click()
    before.get_by_role("button", name="Enraged").click()
    expect(before.locator(".camp")).to_have_text("Enraged")

    card(page).get_by_role("button", name="Enraged").click()
    expect(page).to_have_url(re.compile("#respond$"))
    expect(heading(page, "You are enraged by netorare")).to_be_in_viewport()
    card(page).get_by_role("button", name="Sad").click()
    expect(heading(page, "You are sad about netorare")).to_be_in_viewport()
    card(page).get_by_role("button", name="Withdraw my reaction").click()
    expect(heading(page, "How does netorare leave you?")).to_be_in_viewport()
    card(page).get_by_role("button", name="None of these").click()
    card(page).get_by_role("button", name="Happy").click()
    card(page).get_by_role("button", name="I’ll try it").click()
    expect(card(page).get_by_role("button", name="I’ll try it")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.goto("/me/")
    expect(page.get_by_role("listitem").filter(has_text="I’ll try it")).to_be_visible()


def test_a_comment_is_refused_posted_answered_edited_and_deleted(
    page: Page, isekai: Article, watch: Watch
) -> None:
    watch.expected_statuses.add(422)
    page.goto(ISEKAI)
    page.get_by_label("Your name").fill("Ann")
    page.get_by_label("Say why").fill("a" * 3_001)
    page.get_by_role("button", name="Post comment").click()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_role("alert")).to_contain_text("Shorten your comment to 3,000 characters")
    expect(page.get_by_label("Say why")).to_have_value("a" * 3_001)
    expect(page.get_by_label("Your name")).to_have_value("Ann")
    assert not Comment.objects.exists()

    page.get_by_label("Say why").fill("It is **the same** story.")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="Preview").locator("strong")).to_have_text("the same")
    page.get_by_role("button", name="Post comment").click()
    mine = comment_of(page, "It is the same story.")
    expect(mine).to_contain_text("Waiting for a moderator")
    expect(mine).to_be_in_viewport()

    factories.trust(the_reader())
    theirs = factories.make_comment(isekai.discussion, factories.make_reader("Priya"), "Is it?")
    forget_speed()
    page.goto(ISEKAI)
    page.get_by_role("link", name="Reply to Priya").click()
    expect(page.get_by_text("Priya wrote")).to_be_visible()
    page.get_by_label("Reply to Priya").fill("It is.")
    page.get_by_role("button", name="Post reply").click()
    expect(page).to_have_url(re.compile(r"#c\d+$"))
    expect(page.locator(f"#c{theirs.pk}")).to_contain_text("It is.")

    comment_of(page, "It is.").get_by_role("link", name="Edit").click()
    page.get_by_label("Your comment").fill("It always is.")
    page.get_by_role("button", name="Save").click()
    expect(comment_of(page, "It always is.")).to_contain_text("edited")
    comment_of(page, "It always is.").get_by_role("link", name="Delete").click()
    expect(page.get_by_text("It always is.")).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    expect(page).to_have_url(re.compile("#comments$"))
    expect(talk(page)).not_to_contain_text("It always is.")


def test_a_favourite_is_named_replaced_and_withdrawn(
    page: Page, isekai: Article, watch: Watch
) -> None:
    watch.expected_statuses.add(422)
    name_works(isekai.discussion)
    page.goto(ISEKAI)
    panel = page.locator("#favourite")
    panel.get_by_label("Title").fill("Inuyasha")
    panel.get_by_role("button", name="Add").click()
    expect(panel).to_contain_text("You named Inuyasha")
    panel.get_by_label("Title").fill("Spirited Away")
    panel.get_by_role("button", name="Add").click()
    panel.get_by_role("button", name="Replace").click()
    expect(page).to_have_url(re.compile("/articles/isekai/#favourite$"))
    expect(panel).to_contain_text("You named Spirited Away")
    panel.get_by_role("button", name="Withdraw it").click()
    expect(panel).not_to_contain_text("You named")


def test_a_topic_is_suggested_and_voted_for(page: Page, isekai: Article, watch: Watch) -> None:
    watch.expected_statuses.add(422)
    suggest_topics()
    page.goto(ISEKAI)
    panel = page.locator("#next")
    panel.get_by_label("Your question").fill("heist stories")
    panel.get_by_role("button", name="Suggest").click()
    expect(page.get_by_text("Already asked?")).to_be_visible()
    expect(panel.get_by_label("Your question")).to_have_value("heist stories")
    page.get_by_role("button", name="Suggest it anyway").click()
    expect(page).to_have_url(re.compile("/articles/isekai/#next$"))
    assert Topic.objects.filter(title="heist stories", status="pending").exists()

    page.goto("/topics/")
    page.get_by_role("button", name="71 readers want").click()
    page.get_by_role("button", name="72 readers want").click()
    expect(page.get_by_role("button", name="71 readers want")).to_be_visible()
    expect(page).to_have_url(re.compile("/topics/"))


def test_the_appearance_is_chosen(page: Page, isekai: Article) -> None:
    page.goto(ISEKAI)
    page.get_by_role("button", name="Dark").click()
    expect(page).to_have_url(re.compile(ISEKAI))
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_comments_are_sorted_and_a_spoiler_opens(page: Page, isekai: Article) -> None:
    factories.make_comment(isekai.discussion, None, "[spoiler: all]\nShe wakes up.\n[/spoiler]")
    factories.make_comment(isekai.discussion, None, "Later.")
    page.goto(ISEKAI)
    talk(page).locator("summary", has_text="all").click()
    expect(page.get_by_text("She wakes up.")).to_be_visible()
    page.get_by_role("link", name="Oldest").click()
    expect(talk(page).locator("article.comment").last).to_contain_text("Later.")
