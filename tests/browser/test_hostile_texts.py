"""With the content policy switched off, hostile texts still do nothing in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from explainer.models import Article
from polls.errors import Refused
from polls.models import Comment
from tests import corpora, factories
from tests.browser.conftest import NewContext, Watch
from tests.browser.stage import ISEKAI

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CORPORA = ("owasp", "markdown vectors", "naughty strings", "unicode tricks")


def post_all(article: Article) -> int:
    """Posts every text as a trusted reader would; returns how many were taken."""
    taken = 0
    with factories.unlimited():
        for corpus in CORPORA:
            for text in corpora.ALL[corpus]().values():
                try:
                    factories.make_comment(article.discussion, None, text)
                    taken += 1
                except Refused:
                    continue
    return taken


def quiet(page: Page, address: str, said: list[str]) -> None:
    """Opens a page, everything on it unfolded, and hovers and clicks where a trap could lie."""
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach((box) => { box.open = true })")
    page.evaluate(
        """() => document.querySelectorAll('#comments .text *').forEach((node) => {
          for (const kind of ['mouseover', 'focus', 'load', 'error', 'animationend', 'toggle'])
            node.dispatchEvent(new Event(kind));
        })"""
    )
    expect(page.locator("body")).to_be_visible()
    assert said == [], address


def test_no_dialog_and_no_foreign_request(
    new_context: NewContext, watch: Watch, isekai: Article
) -> None:
    taken = post_all(isekai)
    page = new_context(bypass_csp=True).new_page()
    said: list[str] = []
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    for number in range(1, taken // 20 + 2):
        quiet(page, f"{ISEKAI}?order=oldest&page={number}", said)
    assert page.evaluate("Object.keys(window).filter((name) => /xss|pwned/i.test(name))") == []
    assert Comment.objects.count() == taken > 400
