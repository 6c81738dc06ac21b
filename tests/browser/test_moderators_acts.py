"""Every act of a moderator, pressed in place and as a plain form."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from polls.actions.appeals import make_appeal
from polls.actions.moderation import hide_comment
from polls.actions.notices import send_notice
from polls.models import Comment, Discussion, Reader
from tests import factories
from tests.browser.conftest import NewContext
from tests.browser.test_moderation import case, done, held, moderator, report, state

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[True, False], ids=["in place", "without JavaScript"])
def mo(request: pytest.FixtureRequest, new_context: NewContext) -> Page:
    """Mo, signed in, with JavaScript and without."""
    moderator("mo")
    page = new_context(java_script_enabled=request.param).new_page()
    page.goto("/accounts/login/?next=/moderation/")
    page.get_by_label("Username").fill("mo")
    page.get_by_label("Password").fill("a long password")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Queue", level=1)).to_be_visible()
    return page


@pytest.fixture
def discussion() -> Discussion:
    return factories.make_article().discussion


@pytest.fixture
def ada(discussion: Discussion) -> Comment:
    """A reported comment of Ada's with an answer below it."""
    comment = factories.make_comment(discussion, factories.make_reader("Ada"), "Ada says so.")
    factories.make_comment(discussion, None, "An answer.", parent=comment)
    report(comment)
    return comment


def open_case(page: Page, comment: Comment) -> None:
    page.goto(f"/moderation/?case={comment.pk}")
    expect(case(page, "Ada")).to_be_visible()


def opened(page: Page, link: str, fold: str = "") -> None:
    """The piece behind one of a case's links, one of its folds open."""
    page.get_by_role("link", name=link).click()
    expect(page.locator(".panel")).to_be_visible()
    if fold:
        page.locator(".panel summary").filter(has_text=fold).click()


def press(page: Page, name: str) -> None:
    page.locator(".panel").get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_text("Done.")).to_be_visible()


def test_keeping_what_was_reported(mo: Page, ada: Comment) -> None:
    open_case(mo, ada)
    case(mo, "Ada").get_by_role("button", name="Keep it").click()
    expect(done(mo, "Kept Ada’s comment.")).to_be_visible()
    ada.refresh_from_db()
    assert (ada.state, ada.report_count) == ("published", 0)


def test_removing_with_a_reason_and_taking_it_back(mo: Page, ada: Comment) -> None:
    open_case(mo, ada)
    case(mo, "Ada").get_by_label("Reason shown to readers").select_option("Off topic")
    case(mo, "Ada").get_by_role("button", name="Remove").click()
    row = done(mo, "Removed Ada’s comment: off topic.")
    expect(row).to_be_visible()
    assert state(ada) == "hidden"
    row.get_by_role("button", name="Undo").click()
    expect(case(mo, "Ada")).to_be_visible()
    assert state(ada) == "published"


def test_spam(mo: Page, discussion: Discussion) -> None:
    (comment,) = held(discussion, "Ada")
    open_case(mo, comment)
    case(mo, "Ada").get_by_role("button", name="Spam").click()
    expect(done(mo, "Marked Ada’s comment as spam.")).to_be_visible()
    assert state(comment) == "spam"


def test_locking_a_thread(mo: Page, ada: Comment) -> None:
    open_case(mo, ada)
    case(mo, "Ada").get_by_role("button", name="Lock the thread").click()
    expect(case(mo, "Ada").get_by_role("button", name="Unlock the thread")).to_be_visible()
    mo.goto("/articles/isekai/")
    expect(mo.get_by_text("This thread is locked.")).to_be_visible()


def test_erasing_a_branch_asks_once(mo: Page, ada: Comment) -> None:
    open_case(mo, ada)
    mo.get_by_role("link", name="Erase for good…").click()
    mo.get_by_label("Reason shown to readers").select_option("Against the law")
    mo.get_by_role("button", name="Erase").click()
    expect(mo.get_by_role("heading", name="Queue", level=1)).to_be_visible()
    assert set(Comment.objects.values_list("state", flat=True)) == {"erased"}


def _warned(page: Page) -> None:
    opened(page, "This reader…", "Warn")
    page.get_by_label("What this reader is told").fill("Please be kind.")
    press(page, "Warn")


def _suspended(page: Page) -> None:
    opened(page, "This reader…", "Suspend")
    page.get_by_label("Days").fill("7")
    page.locator("details[open]").get_by_label("Reason this reader is shown").fill("Cool down.")
    press(page, "Suspend")


def _blocked(page: Page) -> None:
    opened(page, "This reader…", "Block")
    page.locator("details[open]").get_by_label("Reason this reader is shown").fill("Enough.")
    page.get_by_label("Answers and votes so far").select_option("Withdraw them for good")
    press(page, "Block")


def _read_first(page: Page) -> None:
    opened(page, "This reader…")
    press(page, "Read every comment first")


ON_READERS = {
    "warned": (_warned, lambda reader: reader.warning == "Please be kind."),
    "suspended": (_suspended, lambda reader: reader.suspended_until is not None),
    "blocked": (_blocked, lambda reader: reader.blocked_reason == "Enough."),
    "read first": (_read_first, lambda reader: reader.is_read_first),
}


@pytest.mark.parametrize("act", ON_READERS)
def test_a_reader_is(mo: Page, ada: Comment, act: str) -> None:
    do, is_so = ON_READERS[act]
    open_case(mo, ada)
    do(mo)
    assert is_so(Reader.objects.get(pk=ada.reader_id))


def _slow(page: Page) -> None:
    page.get_by_label("Slow mode").fill("300")
    press(page, "Set slow mode")


def _closing(page: Page) -> None:
    page.get_by_label("Closes after so many days").fill("30")
    press(page, "Set when it closes")


def _closed(page: Page) -> None:
    page.get_by_label("State").select_option(Discussion.State.READ_ONLY)
    press(page, "Set the state")


ON_DISCUSSIONS = {
    "slow": (_slow, lambda row: row.slow_seconds == 300),
    "to close": (_closing, lambda row: row.close_after_days == 30),
    "closed": (_closed, lambda row: not row.is_open),
}


@pytest.mark.parametrize("act", ON_DISCUSSIONS)
def test_a_discussion_is(mo: Page, ada: Comment, act: str) -> None:
    do, is_so = ON_DISCUSSIONS[act]
    open_case(mo, ada)
    opened(mo, "This discussion…")
    do(mo)
    assert is_so(Discussion.objects.get(pk=ada.discussion_id))


@pytest.mark.parametrize(("button", "becomes"), [("Grant", "published"), ("Decline", "hidden")])
def test_an_appeal_is_answered(mo: Page, ada: Comment, button: str, becomes: str) -> None:
    hide_comment(comment=ada, actor=None, reason="unkind")
    make_appeal(comment=ada, reader=ada.reader, text="I meant no harm at all.")
    mo.goto("/moderation/?queue=appeals")
    mo.get_by_label("Answer").fill("We have looked again.")
    mo.locator("#cases").get_by_role("button", name=button).click()
    expect(mo.locator("#cases .done-row").first).to_be_visible()
    assert state(ada) == becomes


@pytest.mark.parametrize(("button", "becomes"), [("Uphold", "hidden"), ("Decline", "published")])
def test_a_notice_is_answered(mo: Page, ada: Comment, button: str, becomes: str) -> None:
    send_notice(
        comment=ada,
        name="Nora",
        email="nora@example.org",
        explanation="It copies my whole book.",
        address="198.51.100.1",
    )
    mo.goto("/moderation/?queue=notices")
    mo.get_by_label("Answer").fill("Thank you for telling us.")
    mo.locator("#cases").get_by_role("button", name=button).click()
    expect(mo.locator("#cases .done-row").first).to_be_visible()
    assert state(ada) == becomes


KEYS: dict[str, Callable[[Page], None]] = {
    "r": lambda page: expect(page.get_by_text("Read every comment first")).to_be_visible(),
    "d": lambda page: expect(page.get_by_role("button", name="Set slow mode")).to_be_visible(),
    "e": lambda page: expect(page.get_by_role("button", name="Erase")).to_be_visible(),
}


@pytest.mark.parametrize("key", KEYS)
def test_the_rarer_acts_have_keys_too(
    page: Page, ada: Comment, key: str, new_context: NewContext
) -> None:
    moderator("mo")
    page.goto(f"/accounts/login/?next=/moderation/%3Fcase%3D{ada.pk}")
    page.get_by_label("Username").fill("mo")
    page.get_by_label("Password").fill("a long password")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(case(page, "Ada")).to_be_visible()
    page.keyboard.press(key)
    KEYS[key](page)
