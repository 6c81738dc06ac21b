"""The queue by keyboard: what a key acts on, what comes up by itself, what is opened and closed."""

import pytest
from playwright.sync_api import Page, expect

from polls.actions.appeals import make_appeal
from polls.actions.moderation import hide_comment
from polls.actions.notices import send_notice
from polls.models import Appeal, Comment, Discussion, Notice
from tests import factories
from tests.browser.conftest import Watch
from tests.browser.stage import sign_in, without_reload
from tests.browser.test_moderation import QUEUE, case, done, held, moderator, state

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HALF_A_MINUTE = 30_000  # ms


@pytest.fixture
def discussion() -> Discussion:
    return factories.make_article().discussion


@pytest.fixture
def mo(page: Page) -> Page:
    """Mo, signed in."""
    moderator("mo")
    sign_in(page, "mo")
    return page


@pytest.mark.parametrize("starts", ["nowhere", "at the first"])
def test_a_key_acts_on_nothing_that_is_off_the_screen(
    mo: Page, discussion: Discussion, starts: str
) -> None:
    comments = held(discussion, "Ada", "Rolf", "Lena", "Jon", "Kim")
    mo.goto(QUEUE)
    if starts == "at the first":
        mo.keyboard.press("j")
        expect(case(mo, "Ada")).to_be_focused()
    case(mo, "Kim").evaluate("place => place.scrollIntoView({ behavior: 'instant' })")
    expect(case(mo, "Ada")).not_to_be_in_viewport()
    mo.keyboard.press("s")
    marked = mo.locator("#cases .case:focus")
    expect(marked).to_have_count(1)
    expect(marked).to_be_in_viewport()
    expect(case(mo, "Ada")).not_to_be_focused()
    assert {state(comment) for comment in comments} == {"pending"}
    mo.keyboard.press("s")
    expect(mo.locator("#cases .done-row")).to_have_count(1)
    assert state(comments[0]) == "pending"


def test_new_cases_come_up_by_themselves_where_nothing_was_waiting(
    mo: Page, discussion: Discussion
) -> None:
    mo.clock.install()
    mo.goto(QUEUE)
    expect(mo.get_by_role("heading", name="Nothing is waiting")).to_be_visible()
    expect(mo).to_have_title("Queue – What is…?")
    ada, rolf = held(discussion, "Ada", "Rolf")
    with without_reload(mo):
        mo.clock.run_for(HALF_A_MINUTE)
        expect(case(mo, "Ada")).to_be_visible()
        expect(case(mo, "Rolf")).to_be_visible()
        expect(mo).to_have_title("Queue (2) – What is…?")
        expect(mo.locator("#queue-waiting .num")).to_have_text("2")
        expect(mo.get_by_role("heading", name="Nothing is waiting")).to_be_hidden()
        mo.keyboard.press("j")
        mo.keyboard.press("p")
        expect(case(mo, "Rolf")).to_be_focused()
    assert [state(ada), state(rolf)] == ["published", "pending"]


def test_a_case_that_is_undone_as_it_comes_up_stands_there_once(
    mo: Page, discussion: Discussion
) -> None:
    mo.clock.install()
    (ada,) = held(discussion, "Ada")
    mo.goto(QUEUE)
    mo.keyboard.press("j")
    mo.keyboard.press("s")
    expect(done(mo, "Marked Ada’s comment as spam.")).to_be_visible()
    Comment.objects.filter(pk=ada.pk).update(state="pending")  # by somebody else
    mo.clock.run_for(HALF_A_MINUTE)
    expect(case(mo, "Ada")).to_have_count(1)
    Comment.objects.filter(pk=ada.pk).update(state="spam")
    mo.keyboard.press("u")
    expect(mo.locator("#cases .done-row")).to_have_count(0)
    expect(case(mo, "Ada")).to_have_count(1)


def test_after_a_single_case_the_queue_is_offered(mo: Page, discussion: Discussion) -> None:
    ada, _rolf, _lena = held(discussion, "Ada", "Rolf", "Lena")
    mo.goto(f"/moderation/?case={ada.pk}")
    expect(mo.get_by_role("link", name="Back to “Waiting” (3)")).to_be_visible()
    mo.keyboard.press("j")
    mo.keyboard.press("p")
    expect(mo.get_by_role("heading", name="This case is done")).to_be_focused()
    mo.get_by_role("link", name="Go on with “Waiting” 2").click()
    expect(case(mo, "Rolf")).to_be_visible()


def test_only_what_one_rule_held(mo: Page, discussion: Discussion) -> None:
    ada, rolf, lena, jon = held(discussion, "Ada", "Rolf", "Lena", "Jon")
    linked = (ada.pk, lena.pk, jon.pk)
    Comment.objects.filter(pk__in=linked).update(held_reason="link")
    mo.goto(QUEUE)
    mo.get_by_role("link", name="Has links 3").click()
    expect(mo.locator("#cases .case")).to_have_count(3)
    with without_reload(mo):
        mo.keyboard.press("j")
        mo.keyboard.press("p")
        expect(case(mo, "Lena")).to_be_focused()
        mo.keyboard.press("p")
        expect(case(mo, "Jon")).to_be_focused()
        mo.keyboard.press("p")
        expect(mo.get_by_role("heading", name="Nothing is waiting here")).to_be_focused()
        expect(mo.locator("#rule-link .num")).to_have_text("0")
    assert state(rolf) == "pending"


@pytest.mark.parametrize("key", ["r", "d"])
@pytest.mark.parametrize("how", ["key", "Escape", "button"])
def test_what_was_opened_below_a_case_is_closed(
    mo: Page, discussion: Discussion, key: str, how: str
) -> None:
    held(discussion, "Ada")
    mo.goto(QUEUE)
    mo.keyboard.press("j")
    mo.keyboard.press(key)
    panel = mo.locator(".case .panel")
    expect(panel.get_by_role("heading").first).to_be_focused()
    if how == "button":
        panel.get_by_role("link", name="Close").click()
    else:
        mo.keyboard.press(key if how == "key" else "Escape")
    expect(panel).to_have_count(0)
    expect(mo.locator(f'.further [data-key="{key}"]')).to_be_focused()


def test_escape_leaves_a_field_before_it_closes_anything(mo: Page, discussion: Discussion) -> None:
    held(discussion, "Ada")
    mo.goto(QUEUE)
    mo.keyboard.press("j")
    mo.keyboard.press("h")
    mo.keyboard.press("Escape")
    expect(case(mo, "Ada")).to_be_focused()
    mo.keyboard.press("r")
    panel = mo.locator(".case .panel")
    panel.get_by_text("Warn…").click()
    panel.get_by_label("What this reader is told").fill("Be kind.")
    mo.keyboard.press("Escape")
    expect(panel.get_by_label("What this reader is told")).to_have_value("Be kind.")
    mo.keyboard.press("Escape")
    expect(panel).to_have_count(0)


def test_the_comments_around_a_case_are_loaded_in_place(mo: Page, discussion: Discussion) -> None:
    top = factories.make_comment(discussion, None, "The top of it.")
    middle = factories.make_comment(discussion, None, "The middle of it.", parent=top)
    reader = factories.make_reader("Ada")
    said = factories.make_comment(discussion, reader, "Ada says so.", parent=middle)
    factories.make_comment(discussion, None, "A reply to it.", parent=said)
    mo.goto(f"/moderation/?case={said.pk}")
    with without_reload(mo):
        mo.keyboard.press("j")
        mo.keyboard.press("t")
        for words in ("The top of it.", "The middle of it.", "A reply to it."):
            expect(mo.locator(".around").get_by_text(words)).to_be_visible()


@pytest.fixture
def notice(discussion: Discussion) -> Notice:
    comment = factories.make_comment(discussion, factories.make_reader("Ada"), "Ada says so.")
    return send_notice(
        comment=comment,
        name="Nora",
        email="",
        explanation="It copies my whole book.",
        address="198.51.100.1",
    )


def test_a_case_stays_until_its_notice_is_answered(mo: Page, notice: Notice, watch: Watch) -> None:
    mo.goto("/moderation/?queue=notices")
    with without_reload(mo):
        case(mo, "Ada").get_by_role("button", name="Spam").click()
        expect(done(mo, "Marked Ada’s comment as spam.")).to_be_visible()
        expect(case(mo, "Ada")).to_be_focused()
        mo.keyboard.press("u")
        expect(mo.locator("#cases .done-row")).to_have_count(0)
        expect(case(mo, "Ada")).to_have_count(1)
        expect(case(mo, "Ada").get_by_label("Answer")).to_be_visible()
        assert state(notice.comment) == "published"
        case(mo, "Ada").get_by_label("Answer").fill("It stays.")
        case(mo, "Ada").get_by_role("button", name="Decline").click()
        expect(done(mo, "Declined a notice of illegal content.")).to_be_visible()
        expect(mo.get_by_role("heading", name="Nothing is waiting")).to_be_focused()


def test_a_slip_in_an_answer_is_taken_back_by_a_key(mo: Page, discussion: Discussion) -> None:
    comment = factories.make_comment(discussion, factories.make_reader("Ada"), "Ada says so.")
    hide_comment(comment=comment, actor=None, reason="unkind")
    make_appeal(comment=comment, reader=comment.reader, text="I meant no harm at all.")
    mo.goto("/moderation/?queue=appeals")
    with without_reload(mo):
        case(mo, "Ada").get_by_label("Answer").fill("A slip.")
        case(mo, "Ada").get_by_role("button", name="Decline").click()
        expect(done(mo, "Declined an appeal.")).to_be_visible()
        mo.keyboard.press("u")
        expect(case(mo, "Ada")).to_be_focused()
        expect(case(mo, "Ada").get_by_label("Answer")).to_have_value("")
    assert Appeal.objects.get().decided_at is None
