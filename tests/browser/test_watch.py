"""The watch that every browser test stands under can fail: each thing it looks for is done here."""

import pytest
from playwright.sync_api import Page, expect

from explainer.models import Article
from tests.browser.conftest import NewContext, Watch
from tests.browser.stage import ISEKAI

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def complaints(watch: Watch) -> str:
    """What was seen; forgotten now, so that this test itself passes."""
    seen = "\n".join(watch.complaints)
    watch.complaints.clear()
    return seen


def test_a_console_error_is_seen(page: Page, isekai: Article, watch: Watch) -> None:
    page.goto(ISEKAI)
    with page.expect_console_message():
        page.evaluate("console.error('something is wrong')")
    assert "something is wrong" in complaints(watch)


def test_a_script_error_is_seen(page: Page, isekai: Article, watch: Watch) -> None:
    page.goto(ISEKAI)
    with page.expect_event("pageerror"):
        page.evaluate("setTimeout(() => undefinedHere())")
    assert "undefinedHere" in complaints(watch)


@pytest.mark.parametrize(
    "markup",
    [
        "<p style='color: red'>inline</p>",
        "<p><style>p { color: red }</style></p>",
        "<p><img src='https://elsewhere.example/pixel.png' alt=''></p>",
    ],
)
def test_what_the_content_policy_forbids_is_reported(
    page: Page, isekai: Article, watch: Watch, markup: str
) -> None:
    page.goto(ISEKAI)
    with page.expect_console_message():
        page.evaluate("markup => document.body.insertAdjacentHTML('beforeend', markup)", markup)
    assert "Content Security Policy" in complaints(watch)


def test_a_script_in_the_page_does_not_run_and_is_reported(
    page: Page, isekai: Article, watch: Watch
) -> None:
    page.goto(ISEKAI)
    with page.expect_console_message():
        page.evaluate(
            "document.body.append(Object.assign(document.createElement('script'),"
            " {textContent: 'window.ran = true'}))"
        )
    assert page.evaluate("window.ran") is None
    assert "Content Security Policy" in complaints(watch)


def test_a_request_to_another_host_is_seen(new_context: NewContext, watch: Watch) -> None:
    page = new_context(bypass_csp=True).new_page()
    page.route("https://elsewhere.example/**", lambda route: route.fulfill(body=""))
    page.goto("/about/")
    with page.expect_request("https://elsewhere.example/**"):
        page.evaluate("fetch('https://elsewhere.example/count', {mode: 'no-cors'}); null")
    assert "request to another host: https://elsewhere.example/count" in complaints(watch)


def test_a_refusal_nobody_expected_is_seen(page: Page, db: None, watch: Watch) -> None:
    page.goto("/articles/nothing/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "status of 404" in complaints(watch)
