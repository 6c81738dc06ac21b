"""Every act of a moderator, pressed in place and as a plain form."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django import Settings

from polls.actions.appeals import make_appeal
from polls.actions.moderation import hide_comment, lock_thread
from polls.actions.notices import send_notice
from polls.actions.sanctions import block_reader, set_read_first, suspend_reader
from polls.models import Comment, Discussion, Notice, Reader
from tests import factories
from tests.browser.conftest import NewContext
from tests.browser.stage import sign_in
from tests.browser.test_moderation import case, done, held, moderator, report, state

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[True, False], ids=["in place", "without JavaScript"])
def mo(request: pytest.FixtureRequest, new_context: NewContext) -> Page:
    """Mo, signed in, with JavaScript and without."""
    moderator("mo")
    page = new_context(java_script_enabled=request.param).new_page()
    sign_in(page, "mo")
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
    page.get_by_label("Closes after so many days").fill("3000")
    press(page, "Set when it closes")


def _closed(page: Page) -> None:
    page.get_by_label("State").select_option(Discussion.State.READ_ONLY)
    press(page, "Set the state")


def _read_first_of_all(page: Page) -> None:
    page.get_by_label("State").select_option(Discussion.State.READ_FIRST)
    press(page, "Set the state")


def _hidden(page: Page) -> None:
    page.get_by_label("State").select_option(Discussion.State.HIDDEN)
    press(page, "Set the state")


def _reopened(page: Page) -> None:
    _hidden(page)
    page.get_by_label("State").select_option(Discussion.State.OPEN)
    press(page, "Set the state")
    expect(page.get_by_text("Opened a discussion")).to_be_visible()


ON_DISCUSSIONS = {
    "read first": (_read_first_of_all, lambda row: row.state == "read_first"),
    "hidden": (_hidden, lambda row: row.state == "hidden"),
    "reopened": (_reopened, lambda row: row.state == "open"),
    "slow": (_slow, lambda row: row.slow_seconds == 300),
    "to close": (_closing, lambda row: row.close_after_days == 3000),
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
    page.wait_for_load_state()  # the script that hears keys runs when all of the page is there
    page.keyboard.press("j")
    page.keyboard.press(key)
    KEYS[key](page)


def test_unlocking_a_thread(mo: Page, ada: Comment) -> None:
    lock_thread(comment=ada, actor=None)
    open_case(mo, ada)
    case(mo, "Ada").get_by_role("button", name="Unlock the thread").click()
    expect(
        case(mo, "Ada").get_by_role("button", name="Lock the thread", exact=True)
    ).to_be_visible()
    ada.refresh_from_db()
    assert ada.locked_at is None


def _suspend(ada: Comment, actor: User) -> None:
    suspend_reader(reader=ada.reader, actor=actor, days=3, reason="A pause.")


def _block(ada: Comment, actor: User) -> None:
    block_reader(reader=ada.reader, actor=actor, reason="Enough.", votes="hold")


def _read_it_first(ada: Comment, actor: User) -> None:
    set_read_first(reader=ada.reader, actor=actor, on=True)


WAYS_BACK = {
    "Lift the suspension": (_suspend, lambda reader: reader.suspended_until is None),
    "Unblock": (_block, lambda reader: reader.blocked_at is None),
    "Stop reading every comment first": (_read_it_first, lambda reader: not reader.is_read_first),
}


@pytest.mark.parametrize("button", WAYS_BACK)
def test_what_was_done_to_a_reader_has_a_way_back(mo: Page, ada: Comment, button: str) -> None:
    do, is_over = WAYS_BACK[button]
    do(ada, get_user_model().objects.get(username="mo"))
    assert not is_over(Reader.objects.get(pk=ada.reader_id))
    open_case(mo, ada)
    opened(mo, "This reader…")
    press(mo, button)
    assert is_over(Reader.objects.get(pk=ada.reader_id))


@pytest.mark.parametrize("button", ["Grant", "Decline"])
def test_an_answer_to_an_appeal_is_taken_back(mo: Page, ada: Comment, button: str) -> None:
    hide_comment(comment=ada, actor=None, reason="unkind")
    appeal = make_appeal(comment=ada, reader=ada.reader, text="I meant no harm at all.")
    mo.goto("/moderation/?queue=appeals")
    mo.get_by_label("Answer").fill("A slip.")
    mo.locator("#cases").get_by_role("button", name=button).click()
    mo.locator("#cases .done-row").get_by_role("button", name="Undo").click()
    expect(case(mo, "Ada").get_by_role("button", name="Decline")).to_be_visible()
    appeal.refresh_from_db()
    assert (appeal.decided_at, state(ada)) == (None, "hidden")


def test_other_acts_are_offered_while_a_notice_waits(mo: Page, ada: Comment) -> None:
    send_notice(
        comment=ada,
        name="Nora",
        email="",
        explanation="It copies my whole book.",
        address="198.51.100.1",
    )
    mo.goto("/moderation/?queue=notices")
    case(mo, "Ada").get_by_label("Reason shown to readers").select_option("Off topic")
    case(mo, "Ada").get_by_role("button", name="Remove").click()
    expect(done(mo, "Removed Ada’s comment: off topic.")).to_be_visible()
    expect(case(mo, "Ada").get_by_label("Answer")).to_be_visible()
    assert (state(ada), Notice.objects.get().decided_at) == ("hidden", None)


def test_erasing_leads_back_to_the_queue_one_came_from(mo: Page, ada: Comment) -> None:
    mo.goto("/moderation/?queue=reported")
    case(mo, "Ada").get_by_role("link", name="Erase for good…").click()
    mo.get_by_label("Reason shown to readers").select_option("Against the law")
    mo.get_by_role("button", name="Erase").click()
    expect(mo.locator("#queue-reported")).to_have_attribute("aria-current", "true")
    expect(mo.get_by_text("Erased a comment and its replies.").first).to_be_visible()


def test_the_thread_of_a_case_can_be_read(mo: Page, ada: Comment) -> None:
    open_case(mo, ada)
    case(mo, "Ada").get_by_text("The comments around it").click()
    mo.get_by_role("link", name="Read it in its place").click()
    expect(mo.locator(f"#c{ada.pk}")).to_be_in_viewport()
    assert f"comment={ada.pk}" in mo.url


def test_words_are_added_and_from_a_file(mo: Page, tmp_path: Path) -> None:
    file = tmp_path / "words.csv"
    file.write_text("mistral;a wind\n“north wind”;another\n", "utf-8")
    mo.goto("/admin/polls/listedword/add/")
    mo.get_by_label("Words or phrases").fill("cowslip\nlark")
    mo.get_by_label("Or a file of them").set_input_files(file)
    mo.get_by_label("List", exact=True).select_option("banned")
    mo.get_by_role("button", name="Add words").click()
    expect(mo.get_by_text("4 words added.")).to_be_visible()
    expect(mo.get_by_role("link", name="mistral")).to_be_visible()


def test_everybody_reads_the_log_where_the_site_says_so(
    mo: Page, new_context: NewContext, ada: Comment, settings: Settings
) -> None:
    hide_comment(comment=ada, actor=get_user_model().objects.get(username="mo"), reason="unkind")
    page = new_context(java_script_enabled=False).new_page()
    settings.MODERATION_LOG_PUBLIC = True
    page.goto("/moderation/log/")
    expect(page.get_by_text("Hid a comment: personal remark")).to_be_visible()
    expect(page.get_by_text("a moderator", exact=True)).to_be_visible()
    for name in ("Ada", "mo"):
        expect(page.get_by_role("main").get_by_text(name, exact=True)).to_have_count(0)
    mo.goto("/moderation/log/")
    expect(mo.locator(".log").get_by_text("mo", exact=True)).to_be_visible()
