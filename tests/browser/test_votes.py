"""Good point, Not for me, with JavaScript and without."""

import contextlib
import re

import pytest
from playwright.sync_api import APIResponse, Error, Page, Route, expect

from explainer.models import Article
from polls.models import Comment, Discussion
from tests import factories
from tests.browser import inspection
from tests.browser.conftest import NewContext, Watch
from tests.browser.stage import ISEKAI, card, comment_of, react, without_reload, write_comment

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


def test_a_reaction_shows_the_good_points_below_without_a_reload(
    page: Page, discussion: Discussion
) -> None:
    page.goto(ISEKAI)
    good = comment_of(page, "It is an escape.").get_by_role("button", name=re.compile("^Good"))
    expect(good).not_to_contain_text("2")
    with without_reload(page):
        react(page, "Enraged")
        good.scroll_into_view_if_needed()
        expect(good).to_contain_text("2")
        expect(card(page).get_by_role("heading", level=2)).to_be_focused()
        card(page).get_by_role("button", name="Withdraw my reaction").click()
        expect(card(page)).to_contain_text("Your reaction is withdrawn.")
        good.scroll_into_view_if_needed()
        expect(good).not_to_contain_text("2")


def test_a_reaction_leaves_alone_what_somebody_writes_below(
    page: Page, discussion: Discussion
) -> None:
    page.goto(ISEKAI)
    said = comment_of(page, "It is an escape.")
    said.get_by_role("link", name="Reply").click()
    said.get_by_role("textbox", name="Reply to Priya").fill("From what?")
    page.get_by_label("Say why").fill("Unfinished")
    with without_reload(page):
        react(page, "Enraged")
        good = said.get_by_role("button", name=re.compile("^Good"))
        good.scroll_into_view_if_needed()
        said.get_by_role("link", name="Cancel").click()
        expect(good).not_to_contain_text("2")
        react(page, "Sad")
        good.scroll_into_view_if_needed()
        expect(good).to_contain_text("2")
    expect(page.get_by_label("Say why")).to_have_value("Unfinished")


@pytest.mark.parametrize("begun", ["a reply", "a menu"])
def test_what_is_begun_below_is_not_swept_away_by_a_late_answer(
    page: Page, discussion: Discussion, begun: str
) -> None:
    held: list[Route] = []
    page.route(re.compile(r"/isekai/comments/(\?.*)?$"), lambda route: held.append(route))
    page.goto(ISEKAI)
    said = comment_of(page, "It is an escape.")
    with without_reload(page):
        with page.expect_request("**/isekai/comments/"):
            react(page, "Enraged")
            said.scroll_into_view_if_needed()
        if begun == "a reply":
            said.get_by_role("link", name="Reply").click()
            said.get_by_role("textbox", name="Reply to Priya").fill("From what?")
        else:
            said.get_by_text("More", exact=False).first.click()
        page.evaluate(
            "addEventListener('htmx:afterOnLoad', () => { document.body.dataset.heard = 1 })"
        )
        held[0].continue_()
        expect(page.locator("body")).to_have_attribute("data-heard", "1")
        if begun == "a reply":
            expect(said.get_by_role("textbox", name="Reply to Priya")).to_have_value("From what?")
        else:
            expect(said.get_by_role("link", name="Report", exact=True)).to_be_visible()


def test_a_refused_vote_is_told_at_the_comment(
    page: Page, discussion: Discussion, watch: Watch
) -> None:
    watch.expected_statuses.add(409)
    watch.expected_statuses.add(403)
    factories.make_comments(discussion, 12)
    page.goto(f"{ISEKAI}?order=oldest")
    said = comment_of(page, "It is an escape.")
    Discussion.objects.update(state=Discussion.State.READ_ONLY)
    with without_reload(page):
        said.get_by_role("button", name=re.compile("^Good")).click()
        expect(said.get_by_role("alert")).to_be_focused()
        expect(said.get_by_role("alert")).to_be_in_viewport()
        expect(said.get_by_role("button", name=re.compile("^Good"))).to_be_visible()


# Presses what is pressed as soon as it stands there, once; counts what was answered.
@pytest.mark.parametrize("act", ["a vote", "a comment"])
def test_an_act_is_not_undone_on_the_page_by_what_was_drawn_before_it(
    page: Page, discussion: Discussion, act: str
) -> None:
    held: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        if route.request.method == "GET" and not held:
            held.append((route, route.fetch()))  # as it was before the act
        else:
            route.continue_()

    page.route(re.compile(r"/isekai/comments/(\?.*)?$"), hold)
    page.goto(ISEKAI)
    said = comment_of(page, "It is an escape.")
    with without_reload(page):
        with page.expect_request("**/isekai/comments/"):
            react(page, "Enraged")
            said.scroll_into_view_if_needed()
        if act == "a vote":
            done = said.get_by_role("button", name=re.compile("^Good point"))
            done.click()
            expect(done).to_have_attribute("aria-pressed", "true")
        else:
            write_comment(page, "It is the same story again.")
            page.get_by_role("button", name="Post comment").click()
            done = comment_of(page, "It is the same story again.")
            expect(done.get_by_role("status")).to_contain_text("Comment received.")
        expect(done).to_be_focused()
        [(route, drawn)] = held
        with contextlib.suppress(Error):  # nobody waits for it
            route.fulfill(response=drawn)
        page.wait_for_timeout(200)
        expect(done).to_be_focused()
        if act == "a vote":
            expect(done).to_have_attribute("aria-pressed", "true")
            expect(done).to_contain_text("3")
        else:
            expect(done.get_by_role("status")).to_contain_text("Comment received.")


AT_ONCE = """
    document.body.dataset.answered = 0;
    addEventListener("htmx:afterRequest", () => document.body.dataset.answered++);
    addEventListener("htmx:afterSwap", () => setTimeout(() =>
        document.querySelector('.votes [aria-pressed="true"]').click(), 1
    ), { once: true })
"""


def test_whoever_presses_again_at_once_is_heard_by_the_script(
    page: Page, discussion: Discussion
) -> None:
    page.goto(ISEKAI)
    react(page, "Enraged")
    page.reload()
    good = comment_of(page, "It is an escape.").get_by_role("button", name="Good point")
    with without_reload(page):
        page.evaluate(AT_ONCE)
        good.click()
        expect(page.locator("body")).to_have_attribute("data-answered", "2")
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
