"""The page of bursts in a browser: by keyboard, without JavaScript, in both themes."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import Page, expect

from polls.actions.bursts import detect
from polls.actions.roles import MODERATORS, make_roles
from polls.models import Burst, Discussion
from tests import factories
from tests.browser.conftest import NewContext, Watch
from tests.browser.inspection import accessibility, layout
from tests.browser.stage import ISEKAI, card, sign_in, without_reload
from tests.bursting import brigade, past, past_votes, the_burst, vote_brigade

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGE = "/moderation/bursts/"
HEADLINE = "answers from a burst on"


@pytest.fixture
def burst() -> Burst:
    """Forty from one network, set aside by rule."""
    discussion = factories.make_article().discussion
    past(discussion, enraged=50, sad=30, happy=20)
    brigade(discussion, 40)
    detect()
    return the_burst()


def make_moderator() -> None:
    make_roles()
    factories.make_user("mo", is_staff=True).groups.add(Group.objects.get(name=MODERATORS))


@pytest.fixture
def mo(page: Page) -> Page:
    """Mo, signed in."""
    make_moderator()
    sign_in(page, "mo")
    return page


def test_a_moderator_releases_by_keyboard_and_takes_it_back(
    burst: Burst, mo: Page, page: Page
) -> None:
    mo.goto(PAGE)
    case = mo.locator(f"#burst-{burst.pk}")
    with without_reload(mo):
        case.get_by_label("Reason, which everybody can read").focus()
        mo.keyboard.type("Real readers")
        mo.keyboard.press("Tab")
        expect(case.get_by_role("button", name="Count them")).to_be_focused()
        mo.keyboard.press("Enter")
        expect(case.get_by_role("status")).to_contain_text("real readers who came together")
        expect(case).to_be_focused()
        assert the_burst().state == "released"
        case.get_by_role("button", name="Undo").press("Enter")
        expect(case.get_by_role("status")).to_have_text("The decision is taken back.")
    assert the_burst().state == "quarantined"


def test_a_reader_sees_both_counts(burst: Burst, page: Page) -> None:
    page.goto(ISEKAI)
    expect(card(page)).to_contain_text(f"+40 {HEADLINE}")
    expect(card(page)).to_contain_text("100 readers have answered.")
    page.goto(f"{ISEKAI}results/")
    expect(page.get_by_role("row", name="Happy").first).to_contain_text("20%")
    expect(page.get_by_text("With them: Enraged 50, Sad 30, Happy 60")).to_be_visible()


def test_it_works_without_javascript(burst: Burst, new_context: NewContext) -> None:
    make_moderator()
    page = new_context(java_script_enabled=False).new_page()
    page.goto(PAGE)
    page.get_by_label("Username").fill("mo")
    page.get_by_label("Password").fill("a long password")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    case = page.locator(f"#burst-{burst.pk}")
    case.get_by_label("Reason, which everybody can read").select_option("Chance")
    case.get_by_role("button", name="Leave them out").click()
    expect(case).to_contain_text("Excluded from the counts by mo: chance.")
    case.get_by_role("button", name="Undo").click()
    expect(case.get_by_role("button", name="Keep them aside")).to_be_visible()
    page.get_by_role("link", name="Queue", exact=True).first.click()
    expect(page.get_by_role("link", name="Bursts 1")).to_be_visible()


def furnish(discussion: Discussion) -> None:
    """A burst of votes beside that of answers, watched; with a long name."""
    comment = factories.make_comment(discussion, factories.make_reader("N" * 60), "unbroken" * 40)
    past_votes(comment, enraged=(9, 4))
    vote_brigade(comment, factories.make_readers(20))
    detect()


@pytest.mark.parametrize("look", [accessibility, layout])
def test_nothing_is_wrong_with_the_pages(
    burst: Burst, mo: Page, watch: Watch, look: Callable[[Page, Watch], list[str]]
) -> None:
    found = []
    for path in (ISEKAI, f"{ISEKAI}results/", "/moderation/", PAGE):
        if path == PAGE:
            furnish(burst.discussion)
        mo.goto(path)
        found += [f"{path}: {problem}" for problem in look(mo, watch)]
    assert found == [], "\n".join(found)
