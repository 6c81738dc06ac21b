"""Saying why, with JavaScript: in place, nothing typed is ever lost, focus where it belongs."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from explainer.models import Article
from polls.models import Comment
from tests import factories
from tests.browser.stage import (
    ISEKAI,
    SPOILER,
    comment_of,
    forget_speed,
    heading,
    react,
    reacted,
    talk,
    trust_the_reader,
    without_reload,
    write_comment,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def trusted(page: Page, isekai: Article) -> Page:
    """A page of a reader whose comments appear at once: Ann, who is enraged."""
    page.goto(ISEKAI)
    react(page, "Enraged")
    trust_the_reader()
    page.goto(ISEKAI)
    return page


def post(page: Page, text: str) -> None:
    """Posts a comment and waits until it stands there."""
    write_comment(page, text)
    page.get_by_role("button", name="Post comment").click()
    expect(comment_of(page, text)).to_be_focused()
    forget_speed()


def test_the_counter_counts_what_is_typed(page: Page, isekai: Article) -> None:
    page.goto(ISEKAI)
    expect(page.locator("#composer")).to_contain_text("0 of 3,000 characters")
    write_comment(page, "Why? 🙂")
    expect(page.locator("#composer")).to_contain_text("6 of 3,000 characters")
    write_comment(page, "a" * 3_001)
    expect(page.locator("#composer")).to_contain_text("1 characters too many")


def test_a_draft_survives_a_reload_and_ends_when_the_comment_is_posted(
    page: Page, isekai: Article
) -> None:
    page.goto(ISEKAI)
    kept = page.get_by_text("Draft kept on this device").first
    expect(kept).to_be_hidden()
    write_comment(page, "Half a thought")
    expect(kept).to_be_visible()
    page.reload()
    expect(page.get_by_label("Say why")).to_have_value("Half a thought")
    expect(kept).to_be_visible()
    write_comment(page, "Half a thought, now whole")
    page.get_by_role("button", name="Post comment").click()
    expect(page.get_by_label("Say why")).to_have_value("")
    expect(kept).to_be_hidden()
    page.reload()
    expect(page.get_by_label("Say why")).to_have_value("")


def test_a_draft_is_kept_for_the_device_with_its_name_and_its_mark(
    page: Page, isekai: Article
) -> None:
    page.goto(ISEKAI)
    assert page.evaluate("localStorage.length") == 0
    react(page, "Enraged")
    assert page.evaluate("localStorage.length") == 0
    write_comment(page, "Half a thought", name="Nadia")
    page.get_by_label("Show my reaction with it").uncheck()
    other = page.context.new_page()
    other.goto(ISEKAI)
    expect(other.get_by_label("Say why")).to_have_value("Half a thought")
    expect(other.get_by_label("Your name")).to_have_value("Nadia")
    expect(other.get_by_label("Show my reaction with it")).not_to_be_checked()
    expect(other.get_by_text("Draft kept on this device").first).to_be_visible()
    write_comment(other, "")
    page.wait_for_function("localStorage.length === 0")  # one tab hears of the other in a moment


def test_a_draft_is_forgotten_after_thirty_days(page: Page, isekai: Article) -> None:
    page.goto(ISEKAI)
    write_comment(page, "Half a thought")
    page.clock.install()
    for days, kept in ((29, "Half a thought"), (31, "")):
        page.clock.set_system_time(datetime.now(UTC) + timedelta(days=days))
        page.reload()
        expect(page.get_by_label("Say why")).to_have_value(kept)
    assert page.evaluate("localStorage.length") == 0
    page.goto("/privacy/")
    expect(page.get_by_text("It is forgotten when you post, or after 30 days.")).to_be_visible()


def test_an_edited_text_is_a_draft_too(trusted: Page) -> None:
    with without_reload(trusted):
        post(trusted, "It is the same story.")
        mine = comment_of(trusted, "It is the same story.")
        mine.get_by_role("link", name="Edit your comment").click()
        field = trusted.get_by_label("Your comment", exact=True)
        field.fill("It is another story.")
        expect(mine.get_by_text("Draft kept on this device")).to_be_visible()
        mine.get_by_role("link", name="Reply to Ann").click()
        expect(trusted.get_by_label("Reply to Ann")).to_be_focused()
        mine.get_by_role("link", name="Edit your comment").click()
        expect(field).to_have_value("It is another story.")
        trusted.get_by_role("button", name="Save").click()
        expect(comment_of(trusted, "It is another story.")).to_be_focused()
        comment_of(trusted, "another").get_by_role("link", name="Edit your comment").click()
        expect(field).to_have_value("It is another story.")
        expect(mine.get_by_text("Draft kept on this device")).to_be_hidden()
    assert trusted.evaluate("localStorage.length") == 0


def test_a_first_comment_is_posted_with_ctrl_enter_waits_and_is_in_focus(
    page: Page, isekai: Article
) -> None:
    page.goto(ISEKAI)
    react(page, "Enraged")
    with without_reload(page):
        write_comment(page, "It is the same story again.")
        page.get_by_label("Say why").press("Control+Enter")
        mine = comment_of(page, "It is the same story again.")
        expect(mine).to_be_focused()
        expect(mine).to_contain_text("Waiting for a moderator")
        expect(mine).to_contain_text(
            "Only you can see this. First comments are read before they appear."
        )
        expect(mine).to_contain_text("Enraged")
        expect(talk(page).get_by_role("status")).to_have_text(
            "Comment received. A moderator reads it before it appears."
        )
        expect(page).to_have_url(re.compile(r"/articles/isekai/(#.*)?$"))


def test_a_new_thread_stands_on_top_and_the_order_and_what_is_loaded_stay(
    trusted: Page, isekai: Article
) -> None:
    factories.make_comments(isekai.discussion, 25)
    trusted.goto(f"{ISEKAI}?order=oldest&page=2")
    shown = talk(trusted).locator(".thread > li > article")
    expect(shown).to_have_count(5)
    trusted.get_by_role("link", name="Show the comments before these").click()
    expect(shown).to_have_count(20)
    with without_reload(trusted):
        post(trusted, "A thread of my own.")
        expect(shown).to_have_count(21)
        expect(shown.first).to_contain_text("A thread of my own.")
        expect(shown.first.get_by_role("status")).to_be_in_viewport()
        expect(talk(trusted).get_by_role("link", name="Oldest")).to_have_attribute(
            "aria-current", "true"
        )
        expect(trusted.get_by_label("Say why")).to_have_value("")
        expect(heading(trusted, "26 comments")).to_be_visible()
        # Where its own place is loaded, it stands once.
        trusted.get_by_role("link", name="Show more comments").click()
        expect(shown).to_have_count(26)
        expect(comment_of(trusted, "A thread of my own.")).to_have_count(1)
        expect(shown.last).to_contain_text("A thread of my own.")


def test_the_first_comment_takes_the_place_of_the_words_that_there_is_none(
    trusted: Page, isekai: Article
) -> None:
    expect(talk(trusted).get_by_text("No comments yet")).to_be_visible()
    post(trusted, "It is the same story again.")
    expect(talk(trusted).get_by_text("No comments yet")).to_be_hidden()


def test_a_reply_far_down_moves_nothing_but_its_thread(trusted: Page, isekai: Article) -> None:
    factories.make_comments(isekai.discussion, 70)
    trusted.goto(f"{ISEKAI}?order=oldest&page=2")
    shown = talk(trusted).locator(".thread > li > article")
    with without_reload(trusted):
        trusted.get_by_role("link", name="Show more comments").click()
        expect(shown).to_have_count(40)
        ids = shown.evaluate_all("found => found.map((one) => one.id)")
        answered = shown.nth(30)
        answered.get_by_role("link", name="Reply to").click()
        answered.get_by_role("textbox").first.fill("From what, though?")
        answered.get_by_role("textbox").first.press("Control+Enter")
        mine = comment_of(trusted, "From what, though?")
        expect(mine).to_be_focused()
        expect(mine).to_be_in_viewport()
        told = answered.get_by_role("status")
        expect(told).to_have_text("Comment posted. You can edit it for 15 minutes.")
        expect(told).to_be_in_viewport()
        expect(answered.locator(".replies > summary")).to_contain_text("1 reply")
        assert shown.evaluate_all("found => found.map((one) => one.id)") == ids
        mine.get_by_role("link", name="Delete your comment").click()
        mine.get_by_role("button", name="Delete", exact=True).click()
        expect(told).to_have_text("Comment deleted.")
        expect(told).to_be_in_viewport()
        expect(answered).to_be_focused()
        expect(answered.locator(".replies")).to_have_count(0)
        assert shown.evaluate_all("found => found.map((one) => one.id)") == ids


def test_the_reaction_stays_off_a_comment_when_its_author_says_so(
    page: Page, isekai: Article
) -> None:
    page.goto(ISEKAI)
    react(page, "Enraged")
    page.get_by_label("Show my reaction with it").uncheck()
    write_comment(page, "I keep that to myself.")
    page.get_by_role("button", name="Post comment").click()
    mine = comment_of(page, "I keep that to myself.")
    expect(mine).to_be_focused()
    expect(mine).to_contain_text("No reaction")
    assert Comment.objects.get().camp is None


def test_a_preview_shows_the_comment_and_posts_nothing(page: Page, isekai: Article) -> None:
    page.goto(ISEKAI)
    write_comment(page, "It is **not** an escape.")
    with without_reload(page):
        page.get_by_role("button", name="Preview").click()
        preview = page.get_by_role("region", name="Preview")
        expect(preview.locator("strong")).to_have_text("not")
        expect(preview.get_by_text("Preview", exact=True)).to_be_focused()
        expect(page.get_by_label("Say why")).to_have_value("It is **not** an escape.")
        expect(page.get_by_text("Draft kept on this device").first).to_be_visible()
        assert not Comment.objects.exists()
        page.get_by_role("button", name="Post comment").click()
        expect(comment_of(page, "It is not an escape.")).to_be_focused()
        expect(talk(page).locator("#comments")).to_have_count(0)
        expect(page.locator("form#composer")).to_have_count(1)


def test_a_comment_of_a_known_reader_appears_at_once_and_says_how_long_it_can_be_edited(
    trusted: Page,
) -> None:
    with without_reload(trusted):
        post(trusted, "It is the same story again.")
        expect(talk(trusted).get_by_role("status")).to_have_text(
            "Comment posted. You can edit it for 15 minutes."
        )
        expect(heading(trusted, "1 comment")).to_be_visible()


def test_a_reply_is_written_in_place_and_cancel_gives_the_focus_back(
    trusted: Page, isekai: Article
) -> None:
    factories.make_comment(isekai.discussion, factories.make_reader("Priya"), "It is an escape.")
    trusted.goto(ISEKAI)
    theirs = comment_of(trusted, "It is an escape.")
    reply = theirs.get_by_role("link", name="Reply to Priya")
    with without_reload(trusted):
        reply.click()
        expect(theirs.get_by_label("Reply to Priya")).to_be_focused()
        theirs.get_by_label("Reply to Priya").fill("From what, though?")
        theirs.get_by_role("link", name="Cancel").click()
        expect(theirs.get_by_label("Reply to Priya")).to_have_count(0)
        expect(reply).to_be_focused()
        reply.click()
        expect(theirs.get_by_label("Reply to Priya")).to_have_value("From what, though?")
        theirs.get_by_role("button", name="Post reply").click()
        answer = comment_of(trusted, "From what, though?")
        expect(answer).to_be_focused()
        expect(theirs.locator(".replies > summary")).to_contain_text("1 reply")
        expect(theirs.get_by_label("Reply to Priya")).to_have_count(0)
    reply.click()
    expect(theirs.get_by_label("Reply to Priya")).to_have_value("")


def test_editing_happens_in_place_and_says_that_it_happened(trusted: Page) -> None:
    with without_reload(trusted):
        post(trusted, "It is the smae story.")
        comment_of(trusted, "smae").get_by_role("link", name="Edit your comment").click()
        field = trusted.get_by_label("Your comment", exact=True)
        expect(field).to_be_focused()
        expect(field).to_have_value("It is the smae story.")
        field.fill("It is the same story.")
        trusted.get_by_role("button", name="Save").click()
        mine = comment_of(trusted, "It is the same story.")
        expect(mine).to_be_focused()
        expect(mine).to_contain_text("edited")


def test_deleting_asks_once_and_leaves_nothing(trusted: Page) -> None:
    with without_reload(trusted):
        post(trusted, "I take this back.")
        comment_of(trusted, "I take this back.").get_by_role("link", name="Delete").click()
        expect(trusted.get_by_text("Delete your comment?").locator("..")).to_be_focused()
        trusted.get_by_role("link", name="Keep it").click()
        expect(trusted.get_by_role("link", name="Delete your comment")).to_be_focused()
        trusted.get_by_role("link", name="Delete your comment").click()
        trusted.get_by_role("button", name="Delete", exact=True).click()
        expect(talk(trusted).get_by_role("status")).to_have_text("Comment deleted.")
        expect(talk(trusted)).not_to_contain_text("I take this back.")
        expect(talk(trusted).get_by_role("status")).to_be_focused()
        expect(heading(trusted, "Comments")).to_be_visible()


def test_a_deleted_comment_with_an_answer_leaves_its_place(trusted: Page, isekai: Article) -> None:
    post(trusted, "I take this back.")
    factories.make_comment(isekai.discussion, None, "Why?", parent=Comment.objects.latest("pk"))
    trusted.goto(ISEKAI)
    mine = comment_of(trusted, "I take this back.")
    expect(mine.get_by_role("link", name="Edit")).to_have_count(0)
    mine.get_by_role("link", name="Delete your comment").first.click()
    mine.get_by_role("button", name="Delete", exact=True).click()
    expect(talk(trusted)).to_contain_text("Deleted by its author.")
    expect(talk(trusted)).to_contain_text("Why?")
    expect(talk(trusted)).not_to_contain_text("I take this back.")


def test_a_spoiler_opens_and_closes(page: Page, isekai: Article) -> None:
    factories.make_comment(isekai.discussion, None, SPOILER)
    page.goto(ISEKAI)
    summary = talk(page).locator("summary", has_text="the last page")
    expect(page.get_by_text("She wakes up.")).to_be_hidden()
    summary.focus()
    summary.press("Enter")
    expect(page.get_by_text("She wakes up.")).to_be_visible()
    summary.click()
    expect(page.get_by_text("She wakes up.")).to_be_hidden()


def test_a_permalink_opens_the_folded_thread_its_comment_stands_in(
    page: Page, isekai: Article
) -> None:
    parent = factories.make_comment(isekai.discussion, None, "The beginning of a quarrel.")
    factories.make_comments(isekai.discussion, 5, parent=parent)
    last = factories.make_comment(isekai.discussion, None, "The last word.", parent=parent)
    page.goto(ISEKAI)
    expect(talk(page).locator(".replies > summary")).to_contain_text("6 replies")
    expect(page.get_by_text("The last word.")).to_be_hidden()
    page.goto(f"{ISEKAI}comments/{last.pk}/")
    expect(page.get_by_text("The last word.")).to_be_in_viewport()


def test_comments_are_sorted_by_time_in_both_directions(page: Page, isekai: Article) -> None:
    for text in ("The first.", "The second.", "The third."):
        factories.make_comment(isekai.discussion, None, text)
    page.goto(ISEKAI)
    order = talk(page).get_by_role("navigation", name="Sort comments")
    shown = talk(page).locator(".comment .text")
    expect(shown).to_have_text(["The third.", "The second.", "The first."])
    expect(order.get_by_role("link", name="Newest")).to_have_attribute("aria-current", "true")
    order.get_by_role("link", name="Oldest").click()
    expect(shown).to_have_text(["The first.", "The second.", "The third."])
    expect(page).to_have_url(re.compile("order=oldest"))
    expect(order.get_by_role("link", name="Oldest")).to_have_attribute("aria-current", "true")
    page.reload()
    expect(shown).to_have_text(["The first.", "The second.", "The third."])
    page.goto(ISEKAI)  # what was chosen is remembered
    expect(shown).to_have_text(["The first.", "The second.", "The third."])
    order.get_by_role("link", name="Newest").click()
    expect(shown.first).to_have_text("The third.")
    page.go_back()
    expect(page).to_have_url(re.compile(r"/articles/isekai/$"))
    expect(shown.first).to_have_text("The third.")


def test_twenty_more_comments_are_one_press_away(page: Page, isekai: Article) -> None:
    factories.make_comments(isekai.discussion, 41)
    texts = list(Comment.objects.order_by("pk").values_list("text", flat=True))
    page.goto(ISEKAI)
    shown = talk(page).locator("article.comment .text")
    expect(shown).to_have_text(texts[:20])
    with without_reload(page):
        page.get_by_role("link", name="Show more comments").click()
        expect(shown).to_have_text(texts[:40])
        expect(comment_of(page, texts[20])).to_be_focused()
        expect(page).to_have_url(re.compile(r"order=best&after=\d+"))
        page.get_by_role("link", name="Show more comments").click()
        expect(shown).to_have_text(texts)
        expect(page.get_by_role("link", name="Show more comments")).to_have_count(0)
    page.reload()
    expect(shown).to_have_text(texts[40:])
    page.get_by_role("link", name="Show the comments before these").click()
    expect(shown).to_have_text(texts[20:40])


def test_more_replies_are_loaded_in_place(page: Page, isekai: Article) -> None:
    parent = factories.make_comment(isekai.discussion, None, "The beginning of a quarrel.")
    factories.make_comments(isekai.discussion, 70, parent=parent)
    texts = list(
        Comment.objects.filter(parent=parent).order_by("pk").values_list("text", flat=True)
    )
    page.goto(ISEKAI)
    talk(page).locator(".replies > summary", has_text="70 replies").click()
    replies = talk(page).locator(".replies article.comment .text")
    expect(replies).to_have_text(texts[:10])
    with without_reload(page):
        page.get_by_role("link", name="Show 60 more replies").click()
        expect(replies).to_have_text(texts[:60])
        expect(comment_of(page, texts[10])).to_be_focused()
        page.get_by_role("link", name="Show more replies").click()
        expect(replies).to_have_text(texts)
        expect(comment_of(page, texts[60])).to_be_focused()


def test_new_comments_are_told_while_the_page_is_read(page: Page, isekai: Article) -> None:
    factories.make_comments(isekai.discussion, 3)
    page.clock.install()
    page.goto(ISEKAI)
    told = talk(page).locator(".news a")
    before = talk(page).locator("article.comment").first.bounding_box()
    factories.make_comment(isekai.discussion, None, "I have just come in.")
    expect(told).to_be_hidden()
    page.clock.fast_forward(31_000)
    expect(told).to_have_text("1 new comment")
    expect(told).to_be_visible()
    assert talk(page).locator("article.comment").first.bounding_box() == before
    with without_reload(page):
        told.click()
        expect(comment_of(page, "I have just come in.")).to_be_visible()
        expect(told).to_be_hidden()


def test_a_new_reply_is_led_to_where_it_stands(page: Page, isekai: Article) -> None:
    parent = factories.make_comment(isekai.discussion, None, "The beginning of a quarrel.")
    factories.make_comments(isekai.discussion, 6, parent=parent)
    factories.make_comments(isekai.discussion, 30)
    page.clock.install()
    page.goto(f"{ISEKAI}?order=newest")
    write_comment(page, "Half a thought")
    talk(page).locator(".thread > li").nth(15).scroll_into_view_if_needed()
    was = page.evaluate("scrollY")
    reply = factories.make_comment(isekai.discussion, None, "The last word.", parent=parent)
    page.clock.fast_forward(31_000)
    told = talk(page).locator(".news a")
    expect(told).to_have_text("1 new comment")
    expect(told).to_be_in_viewport()
    assert page.evaluate("scrollY") == was
    with without_reload(page):
        told.click()
        expect(comment_of(page, "The last word.")).to_be_focused()
        expect(comment_of(page, "The last word.")).to_be_in_viewport()
        expect(told).to_be_hidden()
        expect(page).to_have_url(re.compile(rf"comment={reply.pk}#c{reply.pk}$"))
        expect(page.get_by_label("Say why")).to_have_value("Half a thought")


def test_ones_own_comment_is_no_news(trusted: Page, isekai: Article) -> None:
    trusted.clock.install()
    trusted.goto(ISEKAI)
    write_comment(trusted, "A thread of my own.")
    trusted.get_by_role("button", name="Post comment").click()
    expect(comment_of(trusted, "A thread of my own.")).to_be_focused()
    told = talk(trusted).locator(".news a")
    with trusted.expect_response("**/comments/new/"):
        trusted.clock.fast_forward(31_000)
    expect(told).to_be_hidden()
    factories.make_comment(isekai.discussion, None, "I have just come in.")
    cache.clear()
    trusted.clock.fast_forward(31_000)
    expect(told).to_have_text("1 new comment")


# What a browser says of a tab that nobody sees.
HIDE = """
    isHidden => {
        Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden });
        const get = () => (isHidden ? "hidden" : "visible");
        Object.defineProperty(document, "visibilityState", { configurable: true, get });
        document.dispatchEvent(new Event("visibilitychange"));
    }
"""


def test_nobody_asks_for_news_while_nobody_looks(page: Page, isekai: Article) -> None:
    factories.make_comment(isekai.discussion)
    page.clock.install()
    page.goto(ISEKAI)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    news = f"{ISEKAI}comments/new/"
    page.evaluate(HIDE, True)
    page.clock.run_for(200_000)
    assert [url for url in asked if url.endswith(news)] == []
    factories.make_comment(isekai.discussion, None, "I have just come in.")
    page.evaluate(HIDE, False)
    expect(talk(page).locator(".news a")).to_have_text("1 new comment")
    with page.expect_request(f"**{news}"):
        page.clock.run_for(31_000)


def test_others_see_the_camp_of_a_comment_and_nothing_that_waits(
    page: Page, isekai: Article
) -> None:
    discussion = isekai.discussion
    factories.make_comment(discussion, reacted(discussion, "Hana", "happy"), "I liked it.")
    factories.make_comment(discussion, None, "Read me first.", state="pending")
    page.goto(ISEKAI)
    expect(comment_of(page, "I liked it.").locator(".camp")).to_have_text("Happy")
    expect(talk(page)).not_to_contain_text("Read me first.")
    expect(heading(page, "1 comment")).to_be_visible()


def test_changing_the_reaction_keeps_what_is_typed_and_what_was_unchecked(
    page: Page, isekai: Article
) -> None:
    page.goto(ISEKAI)
    write_comment(page, "Half a thought")
    react(page, "Enraged")
    shown = page.get_by_label("Show my reaction with it")
    expect(shown).to_be_checked()
    shown.uncheck()
    react(page, "Sad")
    expect(page.locator("#as")).to_contain_text("Sad")
    expect(shown).not_to_be_checked()
    expect(page.get_by_label("Say why")).to_have_value("Half a thought")
