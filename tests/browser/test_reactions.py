"""Saying how it left you, with JavaScript: in place, and never before your own answer."""

import re

import pytest
from playwright.sync_api import Page, expect

from explainer.models import Article
from polls.models import Reader
from tests import factories
from tests.browser.stage import ISEKAI, card, crowd, heading, react, without_reload

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_chip_pressed_before_reading_is_said_back_and_can_be_changed(
    page: Page, isekai: Article
) -> None:
    page.goto(ISEKAI)
    before = page.locator("#before")
    with without_reload(page):
        before.get_by_role("button", name="Sad").click()
        expect(before.get_by_role("status")).to_have_text(
            re.compile(r"Sad\s+is what you said before reading\.")
        )
        expect(before.get_by_role("status")).to_be_focused()
        before.get_by_role("link", name="Change it").click()
        expect(before.get_by_role("button", name="Sad")).to_have_attribute("aria-pressed", "true")
        expect(before.get_by_text("how does the idea strike you?")).to_be_focused()
        before.get_by_role("button", name="No idea yet").click()
        expect(before).to_contain_text("“No idea yet” is what you said before reading.")
    page.reload()
    expect(before).to_contain_text("“No idea yet” is what you said before reading.")


def test_looking_leaves_no_cookie_and_no_reader(page: Page, isekai: Article) -> None:
    page.goto(ISEKAI)
    page.goto(f"{ISEKAI}results/")
    assert page.context.cookies() == []
    assert not Reader.objects.exists()


def test_reacting_changing_and_withdrawing_happen_in_place_with_focus_on_the_heading(
    page: Page, isekai: Article
) -> None:
    page.goto(ISEKAI)
    with without_reload(page):
        react(page, "Enraged")
        expect(heading(page, "You are enraged by isekai")).to_be_focused()
        expect(card(page).get_by_role("status")).to_have_text("Saved. You are the first.")
        react(page, "Happy")
        expect(heading(page, "You are happy with isekai")).to_be_focused()
        expect(card(page).get_by_role("button", name="Enraged")).to_have_attribute(
            "aria-pressed", "false"
        )
        card(page).get_by_role("button", name="Withdraw my reaction").click()
        expect(heading(page, "How does isekai leave you?")).to_be_focused()
        expect(card(page).get_by_role("status")).to_have_text("Your reaction is withdrawn.")
    page.reload()
    expect(card(page).get_by_role("button", pressed=True)).to_have_count(0)


def test_counts_appear_only_after_the_reader_has_answered(page: Page, isekai: Article) -> None:
    crowd(isekai.discussion)
    page.goto(ISEKAI)
    expect(card(page)).not_to_contain_text("%")
    expect(card(page).locator(".picker")).not_to_contain_text("readers")
    expect(card(page)).to_contain_text("50 readers have answered.")
    react(page, "Sad")
    expect(card(page).locator(".picker")).to_contain_text("22%")
    expect(card(page).get_by_role("status")).to_have_text(
        "Saved. So are 11 of the 51 readers who answered."
    )


def test_none_of_these_is_an_answer_without_a_camp(page: Page, isekai: Article) -> None:
    page.goto(ISEKAI)
    react(page, "None of these")
    expect(heading(page, "Your answer on isekai: none of these")).to_be_focused()
    expect(card(page).get_by_role("button", pressed=True)).to_have_count(1)


def test_who_will_try_it_is_told_after_the_intent_among_the_camp_that_differs_most(
    page: Page, isekai: Article
) -> None:
    crowd(isekai.discussion)
    page.goto(ISEKAI)
    expect(card(page).get_by_role("heading", name="Will you read any?")).to_have_count(0)
    react(page, "Enraged")
    with without_reload(page):
        expect(card(page)).not_to_contain_text("will try it")
        card(page).get_by_role("button", name="I’ll stay away").click()
        expect(card(page)).to_contain_text(
            "43% of the readers who answered will try it, among the enraged 24%."
        )
        pressed = card(page).get_by_role("button", name="I’ll stay away")
        expect(pressed).to_have_attribute("aria-pressed", "true")
        card(page).get_by_role("button", name="Withdraw this").click()
        expect(card(page)).not_to_contain_text("will try it")


def test_say_why_leads_to_the_composer_with_the_camp_marked(page: Page, isekai: Article) -> None:
    page.goto(ISEKAI)
    react(page, "Happy")
    card(page).get_by_role("link", name="Say why").click()
    expect(page.locator("#composer").get_by_label("Say why")).to_be_focused()
    expect(page.locator("#composer")).to_contain_text(re.compile(r"You are marked\s+Happy"))
    expect(page.get_by_label("Show my reaction with it")).to_be_checked()


def test_results_can_be_seen_without_answering_and_nothing_is_recorded(
    page: Page, isekai: Article
) -> None:
    crowd(isekai.discussion)
    stored = factories.everything_stored()
    page.goto(ISEKAI)
    card(page).get_by_role("link", name="See results without answering").click()
    expect(heading(page, "What readers answered")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Enraged.*20.*40%"))).to_be_visible()
    page.get_by_role("link", name="Answer it yourself").click()
    expect(heading(page, "How does isekai leave you?")).to_be_in_viewport()
    assert factories.everything_stored() == stored


def test_an_answer_that_takes_long_says_so(page: Page, isekai: Article) -> None:
    page.goto(ISEKAI)
    held = []
    page.route("**/questions/**", lambda route: held.append(route))
    pressed = card(page).get_by_role("button", name="Happy")
    pressed.click()
    expect(pressed).to_have_attribute("aria-busy", "true")
    expect(pressed).to_contain_text("Saving…")
    held[0].continue_()
    expect(heading(page, "You are happy with isekai")).to_be_focused()


def test_a_double_click_is_one_reader_with_one_answer(page: Page, isekai: Article) -> None:
    page.goto(ISEKAI)
    buttons = 'document.querySelector("#respond [value=enraged]")'
    with page.expect_response(re.compile("/questions/reaction/")):
        # Two requests on their way before either has brought the cookie.
        page.evaluate(
            f"""() => {{
              const form = {buttons}.form;
              const send = () => fetch(form.action, {{
                method: "POST",
                body: new URLSearchParams(new FormData(form, {buttons})),
                redirect: "manual",
              }});
              return Promise.all([send(), send()]);
            }}"""
        )
    assert Reader.objects.count() == 1
    page.reload()
    expect(card(page).get_by_role("button", name="Enraged")).to_have_attribute(
        "aria-pressed", "true"
    )


def test_pressing_in_place_brings_the_number_of_the_page(page: Page, isekai: Article) -> None:
    page.goto(ISEKAI)
    with page.expect_request(re.compile("/questions/reaction/")) as sent:
        react(page, "Enraged")
    assert re.search(r"(^|&)first=[0-9a-f]{32}(&|$)", sent.value.post_data)
