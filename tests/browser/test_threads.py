"""A long thread that is loaded in parts reads like the whole, with JavaScript and without."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from explainer.models import Article
from polls.models import Comment
from polls.rules import threads
from tests import factories
from tests.browser.conftest import NewContext
from tests.browser.stage import ISEKAI, talk, without_reload

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Every comment below the root: its anchor, in how many lists it stands there, whether it is seen.
OUTLINE = """root => [...root.querySelectorAll("article")].map(one => {
    let lists = 0;
    for (let box = one; box !== root; box = box.parentElement) lists += box.localName === "ol";
    return [one.id, lists, one.checkVisibility()];
})"""


@pytest.fixture
def top(isekai: Article) -> Comment:
    """A thread of 71 replies: 56 below Priya's, four of them deeper, and two others' with some."""
    discussion = isekai.discussion
    top = factories.make_comment(discussion, factories.make_reader("Rolf"), "It is an escape.")
    priya = factories.make_comment(discussion, factories.make_reader("Priya"), parent=top)
    lena, omar = (factories.make_comment(discussion, parent=top) for _ in range(2))
    below = factories.make_comments(discussion, 52, parent=priya)
    factories.make_comments(discussion, 4, parent=below[2])
    factories.make_comments(discussion, 9, parent=lena)
    factories.make_comments(discussion, 3, parent=omar)
    factories.make_comments(discussion, 3)
    return top


def whole(top: Comment) -> list[list]:
    """The thread as it would be drawn in one."""
    rows = [
        threads.Row(row.pk, row.parent_id, row.root_id or row.pk, True)
        for row in (top, *top.descendants.all())
    ]
    (root,) = threads.arrange(rows, newest_first=True)
    flat = [one for child in root.children for one in (child, *child.children)]
    return [[f"c{one.id}", one.depth, True] for one in flat]


def expect_anchors(root: Locator, expected: list[str]) -> None:
    """These are the comments below the root, in this order, once the page is there whole."""
    expect(root.locator("article")).to_have_count(len(expected))
    assert [one.get_attribute("id") for one in root.locator("article").all()] == expected


def more(page: Page) -> Locator:
    return talk(page).get_by_role("link", name=re.compile(r"^Show (\d+ )?more repl"))


def unfold(page: Page, top: Comment) -> Locator:
    root = page.locator(f"#c{top.pk}")
    summary = root.locator("> .replies > summary")
    expect(summary).to_contain_text("71 replies")
    summary.click()
    return root


def test_each_part_goes_on_where_the_last_one_ended(page: Page, top: Comment) -> None:
    page.goto(f"{ISEKAI}?order=oldest")
    root = unfold(page, top)
    priyas = root.locator("li > article > .replies > summary").first
    expect(priyas).to_contain_text("9 of 56 replies")
    priyas.click()
    with without_reload(page):
        more(page).click()
        goes_on = root.get_by_text("47 replies to Priya")
        expect(goes_on).to_be_focused()
        expect(root.locator("article")).to_have_count(60)
        more(page).click()
        expect(root.locator("article")).to_have_count(71)
        expect(more(page)).to_have_count(0)
    assert root.evaluate(OUTLINE) == whole(top)
    last = root.locator("article").nth(8)
    expect(last.locator(".to")).to_have_count(0)
    goes_on.click()
    assert sum(seen for _id, _lists, seen in root.evaluate(OUTLINE)) == 71 - 47


def test_whoever_answers_on_the_last_level_says_to_whom(page: Page, top: Comment) -> None:
    page.goto(f"{ISEKAI}?order=oldest")
    root = unfold(page, top)
    deeper = Comment.objects.filter(parent__parent__parent=top).first()
    to = root.locator(f"#c{deeper.pk} .to")
    expect(to).to_have_text(f"To {deeper.parent.name}:")
    expect(root.locator(f"#c{deeper.parent_id} .to")).to_have_count(0)


def test_without_javascript_the_page_opens_at_the_next_and_leads_back(
    new_context: NewContext, top: Comment
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{ISEKAI}?order=oldest")
    root = unfold(page, top)
    every = [one[0] for one in whole(top)]
    for next_, shown in ((every[10], every[:50]), (every[50], [every[0], *every[50:]])):
        more(page).click()
        expect(page).to_have_url(re.compile(rf"\?comment={next_[1:]}#{next_}$"))
        expect(page.locator(f"#{next_}")).to_be_in_viewport()
        expect_anchors(root, shown)
    talk(page).get_by_role("link", name="Show this thread from its start").click()
    expect(page).to_have_url(re.compile(rf"\?comment={top.pk}#c{top.pk}$"))
    expect_anchors(root, every[:50])


def test_the_start_of_a_thread_is_found_again_in_the_browser(page: Page, top: Comment) -> None:
    last = Comment.objects.filter(parent__parent=top).order_by("pk")[51]
    page.goto(f"{ISEKAI}?comment={last.pk}#c{last.pk}")
    expect(page.locator(f"#c{last.pk}")).to_be_focused()
    talk(page).get_by_role("link", name="Show this thread from its start").click()
    expect(page.locator(f"#c{top.pk}")).to_be_focused()
    root = page.locator(f"#c{top.pk}")
    assert [one[0] for one in root.evaluate(OUTLINE)] == [one[0] for one in whole(top)[:50]]


@pytest.mark.parametrize("has_script", [True, False])
def test_a_permalink_opens_what_is_folded_above_it(
    new_context: NewContext, top: Comment, has_script: bool
) -> None:
    page = new_context(java_script_enabled=has_script).new_page()
    deep = Comment.objects.filter(parent__parent__parent=top).first()
    page.goto(ISEKAI)
    expect(page.locator(f"#c{deep.pk}")).to_be_hidden()
    page.goto(f"{ISEKAI}comments/{deep.pk}/")
    expect(page.locator(f"#c{deep.pk}")).to_be_in_viewport()


def test_a_page_that_opens_at_a_comment_jumps_there(page: Page, top: Comment) -> None:
    how = "getComputedStyle(document.documentElement).scrollBehavior"
    page.goto(f"{ISEKAI}?comment={top.pk}#c{top.pk}")
    expect(page.locator(f"#c{top.pk}")).to_be_focused()
    assert page.evaluate(how) == "auto"
    page.locator(".toc-wide a").first.focus()
    assert page.evaluate(how) == "smooth"


def test_pages_are_turned_without_javascript(new_context: NewContext, isekai: Article) -> None:
    made = factories.make_comments(isekai.discussion, 45)
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{ISEKAI}?order=oldest")
    shown = talk(page).locator(".thread > li > article")
    seen: list[str] = []
    for how_many in (20, 20, 5):
        expect(shown).to_have_count(how_many)
        seen += [one.get_attribute("id") for one in shown.all()]
        if how_many == 20:
            here = page.url
            talk(page).get_by_role("link", name=re.compile("^Show .*more comments")).click()
            expect(page).not_to_have_url(here)
            expect(page).to_have_url(re.compile("after="))
    assert seen == [one.anchor for one in made]
    for _ in range(2):
        talk(page).get_by_role("link", name="Show the comments before these").click()
        expect(shown).to_have_count(20)
    expect(shown.first).to_have_id(made[0].anchor)
