"""When something goes wrong: said in a sentence where it happened, and nothing typed is lost."""

import re

import pytest
from playwright.sync_api import Page, expect

from explainer.models import Article
from polls.models import Comment
from tests import factories
from tests.browser.conftest import Watch
from tests.browser.stage import (
    ISEKAI,
    card,
    comment_of,
    heading,
    overspend,
    react,
    talk,
    the_reader,
    without_reload,
    write_comment,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What the browser and htmx log when a request gets no answer.
LINE_CUT = {"net::ERR_FAILED", "htmx:afterRequest", "htmx:sendError"}


def test_an_empty_comment_is_refused_with_a_summary_and_a_message_at_the_field(
    page: Page, isekai: Article, watch: Watch
) -> None:
    watch.expected_statuses.add(422)
    page.goto(ISEKAI)
    with without_reload(page):
        page.get_by_label("Your name").fill("Ann")
        page.get_by_role("button", name="Post comment").click()
        summary = page.locator("#composer").get_by_role("alert")
        expect(summary).to_be_focused()
        expect(summary).to_contain_text("There is a problem")
        field = page.get_by_label("Say why")
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_accessible_description(re.compile("Error: Write something before"))
        expect(page.get_by_label("Your name")).to_have_value("Ann")
        summary.get_by_role("link", name="Write something before posting.").click()
        expect(field).to_be_focused()
        write_comment(page, "Something.")
        page.get_by_role("button", name="Post comment").click()
        expect(comment_of(page, "Something.")).to_be_focused()
    expect(page.locator("#comments")).to_have_count(1)


def test_two_problems_are_counted_and_the_text_is_kept(
    page: Page, isekai: Article, watch: Watch
) -> None:
    watch.expected_statuses.add(422)
    page.goto(ISEKAI)
    write_comment(page, "a" * 3_001, name="")
    page.get_by_role("button", name="Post comment").click()
    expect(page.locator("#composer").get_by_role("alert")).to_contain_text(
        "Shorten your comment to 3,000 characters or fewer. It has 3,001."
    )
    expect(page.get_by_label("Say why")).to_have_value("a" * 3_001)
    assert not Comment.objects.exists()


def test_who_is_too_fast_is_told_when_to_come_back_and_keeps_the_text(
    page: Page, isekai: Article, watch: Watch
) -> None:
    watch.expected_statuses.add(429)
    page.goto(ISEKAI)
    react(page, "Happy")
    overspend(the_reader())
    write_comment(page, "I am in a hurry.")
    with without_reload(page):
        page.get_by_role("button", name="Post comment").click()
        summary = page.locator("#composer").get_by_role("alert")
        expect(summary).to_be_focused()
        expect(summary).to_contain_text(
            re.compile(r"You can post again in \d+ (second|minute)s?\.")
        )
        expect(page.get_by_label("Say why")).to_have_value("I am in a hurry.")
    page.reload()
    expect(page.get_by_label("Say why")).to_have_value("I am in a hurry.")


def test_an_empty_reply_is_refused_in_its_own_form(
    page: Page, isekai: Article, watch: Watch
) -> None:
    watch.expected_statuses.add(422)
    theirs = factories.make_comment(isekai.discussion, factories.make_reader("Priya"), "Escape.")
    page.goto(ISEKAI)
    with without_reload(page):
        page.get_by_role("link", name="Reply to Priya").click()
        page.get_by_role("button", name="Post reply").click()
        summary = page.locator(f"#reply-{theirs.pk}").get_by_role("alert")
        expect(summary).to_be_focused()
        expect(talk(page)).to_have_count(1)
        expect(comment_of(page, "Escape.")).to_be_visible()
        page.get_by_label("Reply to Priya").fill("From what?")
        page.locator(f"#reply-{theirs.pk}").get_by_label("Your name").fill("Ann")
        page.get_by_role("button", name="Post reply").click()
        expect(comment_of(page, "From what?")).to_be_focused()


def test_a_lost_connection_is_said_and_the_text_can_be_sent_again(
    page: Page, isekai: Article, watch: Watch
) -> None:
    watch.expected_words |= LINE_CUT
    page.goto(ISEKAI)
    page.route("**/comments/", lambda route: route.abort())
    write_comment(page, "Is anybody there?")
    with without_reload(page):
        page.get_by_role("button", name="Post comment").click()
        problem = page.get_by_role("alert")
        expect(problem).to_contain_text("That was not saved")
        expect(problem).to_contain_text("The connection dropped. Nothing is lost: try again.")
        expect(page.get_by_label("Say why")).to_have_value("Is anybody there?")
        expect(page.get_by_label("Say why")).to_be_editable()
        page.unroute("**/comments/")
        problem.get_by_role("button", name="try again").click()
        expect(comment_of(page, "Is anybody there?")).to_be_focused()
        expect(problem).to_have_count(0)


def test_a_reaction_that_did_not_arrive_leaves_the_card_as_it_was(
    page: Page, isekai: Article, watch: Watch
) -> None:
    watch.expected_words |= LINE_CUT
    page.goto(ISEKAI)
    page.route("**/questions/**", lambda route: route.abort())
    card(page).get_by_role("button", name="Happy").click()
    expect(page.get_by_role("alert")).to_contain_text("Your reaction was not saved")
    expect(card(page).get_by_role("button", pressed=True)).to_have_count(0)
    expect(card(page).get_by_role("button", name="Happy")).not_to_contain_text("Saving")


def test_a_server_that_breaks_says_so(page: Page, isekai: Article, watch: Watch) -> None:
    watch.expected_statuses.add(500)
    page.goto(ISEKAI)
    page.route("**/questions/**", lambda route: route.fulfill(status=500, body="no"))
    card(page).get_by_role("button", name="Happy").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(card(page).get_by_role("button", pressed=True)).to_have_count(0)


def test_a_discussion_closed_meanwhile_is_said_in_place(
    page: Page, isekai: Article, watch: Watch
) -> None:
    watch.expected_statuses.add(409)
    page.goto(ISEKAI)
    isekai.discussion.state = "read_only"
    isekai.discussion.save()
    with without_reload(page):
        card(page).get_by_role("button", name="Happy").click()
        expect(card(page).get_by_role("alert")).to_contain_text("This discussion is closed")
        write_comment(page, "Am I late?")
        page.get_by_role("button", name="Post comment").click()
        expect(page.locator("#composer").get_by_role("alert")).to_contain_text(
            "This discussion is closed."
        )
        expect(page.get_by_label("Say why")).to_have_value("Am I late?")


def test_an_answered_comment_removed_meanwhile_keeps_the_reply_as_a_new_comment(
    page: Page, isekai: Article, watch: Watch
) -> None:
    watch.expected_statuses.add(422)
    theirs = factories.make_comment(isekai.discussion, factories.make_reader("Priya"), "Escape.")
    page.goto(ISEKAI)
    page.get_by_role("link", name="Reply to Priya").click()
    page.get_by_label("Reply to Priya").fill("From what?")
    page.locator(f"#reply-{theirs.pk}").get_by_label("Your name").fill("Ann")
    theirs.state = Comment.State.HIDDEN
    theirs.save()
    page.get_by_role("button", name="Post reply").click()
    expect(page.locator("#composer").get_by_role("alert")).to_contain_text(
        "The comment you are answering was removed."
    )
    expect(page.get_by_label("Say why")).to_have_value("From what?")


def test_a_page_that_is_not_there_says_so_and_leads_back(
    page: Page, db: None, watch: Watch
) -> None:
    watch.expected_statuses.add(404)
    page.goto("/articles/nothing/")
    expect(heading(page, "What is this page?")).to_be_visible()
    page.get_by_role("link", name="See all articles").click()
    expect(page).to_have_url(re.compile("/$"))
