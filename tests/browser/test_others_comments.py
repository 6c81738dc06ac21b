"""What a reader can do about somebody else's comment, and what they are told about their own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from explainer.models import Article
from polls.actions.moderation import hide_comment
from polls.actions.notices import send_notice
from polls.models import Comment, Discussion, Mute, Pick, Reader, Report
from tests import factories
from tests.browser import pages
from tests.browser.conftest import NewContext, Watch
from tests.browser.stage import (
    ISEKAI,
    card,
    comment_of,
    heading,
    react,
    sign_in,
    talk,
    the_reader,
    without_reload,
)
from tests.browser.test_every_page import look_over

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TOLD = "You reported this comment. A moderator will look at it."
UNKIND = "You are all wrong."


@pytest.fixture
def priya(isekai: Article) -> Comment:
    """A comment of somebody else."""
    return factories.make_comment(
        isekai.discussion, factories.make_reader("Priya"), "It is an escape."
    )


def more(page: Page, text: str = "It is an escape.") -> Locator:
    """Opens what can be done about a comment."""
    comment = comment_of(page, text)
    comment.get_by_text("More", exact=False).first.click()
    return comment


def test_reporting_happens_in_place(page: Page, watch: Watch, priya: Comment) -> None:
    watch.expected_statuses.add(422)
    page.goto(ISEKAI)
    with without_reload(page):
        comment = more(page)
        comment.get_by_role("link", name="Report", exact=True).click()
        expect(comment.get_by_text("Report this comment")).to_be_focused()
        expect(comment.locator(".menu")).not_to_have_attribute("open", "")
        comment.get_by_role("button", name="Report").click()
        expect(comment.get_by_role("alert")).to_contain_text("There is a problem")
        expect(comment.get_by_role("alert")).to_be_focused()
        comment.get_by_label("It is spam").check()
        comment.get_by_role("button", name="Report").click()
        expect(comment.get_by_role("status").filter(has_text=TOLD)).to_be_focused()
        expect(comment.get_by_text("It is an escape.")).to_be_hidden()
        comment.get_by_text("Show it anyway").click()
        expect(comment.get_by_text("It is an escape.")).to_be_visible()
    page.reload()
    expect(comment.get_by_text(TOLD)).to_be_visible()
    expect(comment.get_by_text("It is an escape.")).to_be_hidden()
    assert Report.objects.get().reason == "spam"


def test_cancelling_a_report_gives_the_link_its_focus_back(page: Page, priya: Comment) -> None:
    page.goto(ISEKAI)
    comment = more(page)
    link = comment.get_by_role("link", name="Report", exact=True)
    link.click()
    comment.get_by_role("link", name="Cancel").click()
    expect(link).to_be_focused()
    expect(comment.get_by_text("What is wrong with it?")).to_be_hidden()


def test_the_menu_is_used_with_the_keyboard_alone(page: Page, priya: Comment) -> None:
    page.goto(ISEKAI)
    comment = comment_of(page, "It is an escape.")
    comment.locator("summary", has_text="More").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(comment.get_by_role("link", name="Report", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    mute = comment.get_by_role("button", name="Don’t show me Priya’s comments")
    expect(mute).to_be_focused()


def test_muting_folds_a_reader_away_where_one_is_and_my_answers_has_the_way_back(
    page: Page, priya: Comment
) -> None:
    page.goto(f"{ISEKAI}?order=oldest")
    with without_reload(page):
        more(page).get_by_role("button", name="Don’t show me Priya’s comments").click()
        comment = talk(page).locator("article.comment").first
        expect(comment).to_contain_text("You have muted Priya.")
        expect(comment.locator(".reported")).to_be_focused()  # no comment follows
        expect(page.get_by_text("It is an escape.")).to_be_hidden()
    page.goto("/me/")
    page.get_by_role("button", name="Show again").click()
    page.goto(ISEKAI)
    expect(page.get_by_text("It is an escape.")).to_be_visible()
    assert not Mute.objects.exists()


def test_muting_far_down_folds_where_they_stand_and_goes_on_with_the_next(
    page: Page, priya: Comment
) -> None:
    discussion = priya.discussion
    factories.make_comments(discussion, 24)
    early = factories.make_comment(discussion, priya.reader, "An early word.", parent=priya)
    late = factories.make_comment(discussion, priya.reader, "A late word.")
    answer = factories.make_comment(discussion, None, "To a late word.", parent=late)
    page.goto(f"{ISEKAI}?order=oldest")
    shown = talk(page).locator(".thread > li > article")
    with without_reload(page):
        page.get_by_role("link", name="Show more comments").click()
        expect(shown).to_have_count(26)
        comment = page.locator(f"#c{late.pk}")
        comment.get_by_text("More", exact=False).first.click()
        comment.get_by_role("button", name="Don’t show me Priya’s comments").click()
        expect(page.locator(f"#c{answer.pk}")).to_be_focused()
        told = comment.get_by_role("status").first
        expect(told).to_contain_text("You will not be shown what Priya writes.")
        expect(told).to_be_in_viewport()
        expect(shown).to_have_count(26)
        for said in ("It is an escape.", "An early word.", "A late word."):
            expect(page.get_by_text(said, exact=True)).to_be_hidden()
        expect(page.get_by_text("To a late word.")).to_be_visible()
        page.locator(f"#c{early.pk}").get_by_text("Show it anyway").click()
        expect(page.get_by_text("An early word.")).to_be_visible()


def test_a_refusal_is_said_at_the_comment(
    page: Page, watch: Watch, ed: object, priya: Comment
) -> None:
    watch.expected_statuses.add(422)
    factories.make_comments(priya.discussion, 15)
    other = factories.make_comment(priya.discussion, None, "Another.")
    sign_in(page, "ed")
    page.goto(f"{ISEKAI}?order=oldest")
    with without_reload(page):
        more(page).get_by_role("button", name="Pick", exact=True).click()
        told = page.locator(f"#c{priya.pk}").get_by_role("status")
        expect(told).to_have_text("Picked.")
        comment = page.locator(f"#c{other.pk}")
        comment.get_by_text("More", exact=False).first.click()
        comment.get_by_role("button", name="Pick", exact=True).click()
        problem = comment.get_by_role("alert")
        expect(problem).to_contain_text("That was not saved")
        expect(problem).to_be_focused()
        expect(problem).to_be_in_viewport()


def test_all_of_it_works_without_javascript(new_context: NewContext, priya: Comment) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(ISEKAI)
    more(page).get_by_role("link", name="Report", exact=True).click()
    expect(page.get_by_text("Priya wrote")).to_be_visible()
    page.get_by_label("It attacks a person").check()
    page.get_by_label("Anything a moderator should know?").fill("The whole of it.")
    page.get_by_role("button", name="Report").click()
    expect(page.get_by_text(TOLD)).to_be_visible()
    page.get_by_text("Show it anyway").click()
    more(page).get_by_role("button", name="Don’t show me Priya’s comments").click()
    assert Mute.objects.get().muted == priya.reader
    page.goto("/me/")
    page.get_by_role("button", name="Show again").click()
    assert Report.objects.get().note == "The whole of it."
    assert not Mute.objects.exists()


def test_a_notice_is_sent_without_an_account_and_followed(
    page: Page, watch: Watch, priya: Comment
) -> None:
    watch.expected_statuses.add(422)
    page.goto(ISEKAI)
    more(page).get_by_role("link", name="Report illegal content").click()
    page.get_by_label("Why is it illegal?").fill("It threatens a person, which is a crime.")
    page.get_by_role("button", name="Send the notice").click()
    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    page.get_by_label("To the best of my knowledge").check()
    page.get_by_role("button", name="Send the notice").click()
    expect(heading(page, "Your notice")).to_be_visible()
    expect(page.get_by_text("Your notice was received.")).to_be_visible()


@pytest.fixture
def removed(page: Page, isekai: Article) -> Comment:
    """A comment of the reader at this page, which a moderator has hidden."""
    page.goto(ISEKAI)
    react(page, "Sad")
    mine = factories.make_comment(isekai.discussion, the_reader(), UNKIND)
    return hide_comment(comment=mine, actor=factories.make_user("mo"), reason="unkind")


def test_why_a_comment_was_removed_and_appealing_once(page: Page, removed: Comment) -> None:
    page.goto("/me/")
    page.get_by_role("link", name="Why was this removed, and how to appeal").click()
    expect(page.get_by_role("main")).to_contain_text("Personal remark")
    page.get_by_label("Why should we look at it again?").fill("It was a quotation, as I said.")
    page.get_by_role("button", name="Appeal").click()
    expect(page.get_by_text("A moderator will look at it again.")).to_be_visible()
    expect(page.get_by_role("button", name="Appeal")).to_have_count(0)


def test_a_moderators_word_is_read_in_place(page: Page, removed: Comment) -> None:
    Reader.objects.filter(pk=removed.reader_id).update(warning="Please argue with what was said.")
    page.goto(ISEKAI)
    with without_reload(page):
        page.get_by_role("button", name="I have read it").click()
        expect(page.get_by_text("Noted.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Please argue with what was said.")).to_have_count(0)


def test_a_reason_is_one_press_and_keeps_the_focus(page: Page, isekai: Article) -> None:
    page.goto(ISEKAI)
    expect(page.get_by_text("What is it about, above all?")).to_have_count(0)
    react(page, "Enraged")
    with without_reload(page):
        genre = card(page).get_by_role("button", name="The genre")
        genre.click()
        expect(genre).to_have_attribute("aria-pressed", "true")
        expect(genre).to_be_focused()
        card(page).get_by_role("button", name="How it is sold").click()
        expect(genre).to_have_attribute("aria-pressed", "false")


def test_ed_picks_and_pins_in_place(page: Page, ed: object, priya: Comment) -> None:
    sign_in(page, "ed")
    page.goto(ISEKAI)
    with without_reload(page):
        more(page).get_by_role("button", name="Pick and pin").click()
        expect(comment_of(page, "It is an escape.")).to_contain_text("Picked by the editors")
    assert Pick.objects.get().is_pinned
    more(page).get_by_role("button", name="Take the pick back").click()
    expect(comment_of(page, "It is an escape.")).not_to_contain_text("Picked by the editors")


def states(priya: Comment, removed: Comment) -> Iterator[pages.State]:
    """Everything this is about, opened."""
    comments = f"{ISEKAI}comments/"
    notice = send_notice(
        comment=priya, name="", email="", explanation="A threat, which is a crime.", address=""
    )
    yield "article", pages.at(ISEKAI)
    yield "report", pages.at(f"{comments}{priya.pk}/report/")
    yield "notice form", pages.at(f"{comments}{priya.pk}/notice/")
    yield "notice", pages.at(f"/notices/{notice.key}/")
    yield "decision", pages.at(f"{comments}{removed.pk}/decision/")
    yield "my answers", pages.at("/me/")
    yield "rules", pages.at("/rules/")


def test_nothing_to_object_to(page: Page, watch: Watch, priya: Comment, removed: Comment) -> None:
    reader = removed.reader
    factories.answer(priya.discussion, reader, "try", question="intent")
    Discussion.objects.update(slow_seconds=300)
    Reader.objects.filter(pk=reader.pk).update(warning="Please argue with what was said.")
    Mute.objects.create(reader=reader, muted=factories.make_reader("Rolf"))
    look_over(page, watch, states(priya, removed))
