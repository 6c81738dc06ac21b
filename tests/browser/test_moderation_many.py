"""Many cases at once, by pointer, by keyboard alone and as a plain form; and one way back."""

import pytest
from playwright.sync_api import Locator, Page, expect

from polls.actions.moderation import publish_comment
from polls.models import Comment, Discussion, ModerationEntry
from tests import factories
from tests.browser.conftest import NewContext, Watch
from tests.browser.stage import sign_in, without_reload
from tests.browser.test_moderation import QUEUE, case, held, moderator, report, state

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[True, False], ids=["in place", "without JavaScript"])
def has_script(request: pytest.FixtureRequest) -> bool:
    return request.param


@pytest.fixture
def mo(has_script: bool, new_context: NewContext) -> Page:
    """Mo, signed in, with JavaScript and without."""
    return signed_in(new_context, java_script_enabled=has_script)


@pytest.fixture
def keyboard(new_context: NewContext) -> Page:
    """Mo again, who only has a keyboard."""
    return signed_in(new_context)


def signed_in(new_context: NewContext, **options: object) -> Page:
    moderator("mo")
    page = new_context(**options).new_page()
    sign_in(page, "mo")
    return page


@pytest.fixture
def discussion() -> Discussion:
    return factories.make_article().discussion


def tick(page: Page, *names: str) -> None:
    for name in names:
        case(page, name).get_by_role("checkbox").check()


def bar(page: Page) -> Locator:
    return page.get_by_role("form", name="All that are ticked")


def states(*comments: Comment) -> list[str]:
    return [state(comment) for comment in comments]


def test_all_that_are_ticked_and_one_undo(mo: Page, discussion: Discussion) -> None:
    comments = held(discussion, "Ada", "Rolf", "Lena")
    mo.goto(QUEUE)
    tick(mo, "Ada", "Rolf")
    bar(mo).get_by_label("Reason shown to readers").select_option("Off topic")
    bar(mo).get_by_role("button", name="Remove").click()
    result = mo.locator("#result")
    expect(result.get_by_text("2 comments decided.")).to_be_visible()
    expect(result).to_be_focused()
    assert states(*comments) == ["rejected", "rejected", "pending"]

    result.get_by_role("button", name="Undo all 2 decisions").click()
    expect(result.get_by_text("2 decisions taken back.")).to_be_visible()
    expect(result).to_be_focused()
    assert states(*comments) == ["pending"] * 3
    expect(case(mo, "Ada")).to_be_visible()


def test_an_undo_of_many_says_what_it_could_not_take_back(mo: Page, discussion: Discussion) -> None:
    ada, rolf = held(discussion, "Ada", "Rolf")
    mo.goto(QUEUE)
    tick(mo, "Ada", "Rolf")
    bar(mo).get_by_role("button", name="Spam").click()
    undo = mo.get_by_role("button", name="Undo all 2 decisions")
    expect(undo).to_be_visible()
    publish_comment(comment=Comment.objects.get(pk=rolf.pk), actor=None)
    undo.click()
    expect(mo.get_by_text("1 decision taken back.")).to_be_visible()
    expect(mo.get_by_text("1 decision could not be taken back any more.")).to_contain_text("Rolf")
    assert states(ada, rolf) == ["pending", "published"]


@pytest.mark.parametrize(
    ("names", "button", "problem"),
    [
        (("Ada", "Lena"), "Remove", "Choose a reason: its author is shown it."),
        ((), "Publish", "Choose at least one comment."),
    ],
    ids=["no reason", "no tick"],
)
def test_what_is_missing_is_said_at_the_bar_and_the_ticks_stay(
    mo: Page,
    has_script: bool,
    discussion: Discussion,
    watch: Watch,
    names: tuple[str, ...],
    button: str,
    problem: str,
) -> None:
    held(discussion, "Ada", "Rolf", "Lena")
    watch.expected_statuses = {422}
    mo.goto(QUEUE)
    tick(mo, *names)
    bar(mo).get_by_role("button", name=button).click()
    said = bar(mo).get_by_role("alert")
    expect(said).to_contain_text(problem)
    expect(said).to_be_in_viewport()
    if has_script:
        expect(said).to_be_focused()
    for name in ("Ada", "Rolf", "Lena"):
        expect(case(mo, name).get_by_role("checkbox")).to_be_checked(checked=name in names)
    assert mo.title().startswith("Error: Queue (3)")


def test_what_is_reported_is_kept(mo: Page, discussion: Discussion) -> None:
    ada, rolf = (
        factories.make_comment(discussion, factories.make_reader(name), f"{name} says so.")
        for name in ("Ada", "Rolf")
    )
    for comment in (ada, rolf):
        report(comment)
    mo.goto("/moderation/?queue=reported")
    tick(mo, "Ada", "Rolf")
    bar(mo).get_by_role("button", name="Keep").click()
    expect(mo.get_by_text("2 comments decided.")).to_be_visible()
    kept = ModerationEntry.objects.filter(act="keep_comment").values_list("comment", flat=True)
    assert set(kept) == {ada.pk, rolf.pk}


def test_all_can_be_ticked_at_once(mo: Page, discussion: Discussion) -> None:
    held(discussion, "Ada", "Rolf")
    mo.goto(QUEUE)
    bar(mo).get_by_role("link", name="Tick all").click()
    for name in ("Ada", "Rolf"):
        expect(case(mo, name).get_by_role("checkbox")).to_be_checked()


def test_many_by_keyboard_alone(keyboard: Page, discussion: Discussion) -> None:
    comments = held(discussion, "Ada", "Rolf", "Lena")
    keyboard.goto(QUEUE)
    with without_reload(keyboard):
        keyboard.keyboard.press("a")
        keyboard.keyboard.press("j")
        keyboard.keyboard.press("j")
        keyboard.keyboard.press("x")  # all but Rolf's
        expect(keyboard.locator("#ticked")).to_have_text("(2)")
        keyboard.keyboard.press("b")
        expect(bar(keyboard).get_by_role("heading")).to_be_focused()
        keyboard.keyboard.press("Tab")
        expect(bar(keyboard).get_by_role("link", name="Tick all")).to_be_focused()
        keyboard.keyboard.press("Tab")
        expect(bar(keyboard).get_by_role("button", name="Publish")).to_be_focused()
    keyboard.keyboard.press("Enter")
    expect(keyboard.locator("#result")).to_be_focused()
    assert states(*comments) == ["published", "pending", "published"]
    keyboard.keyboard.press("u")
    expect(keyboard.get_by_text("2 decisions taken back.")).to_be_visible()
    assert states(*comments) == ["pending"] * 3


# What has the focus: its place among all that can have it, and whether the middle of the part of
# it that is on the screen is its own.
FOCUSED = """() => {
  const found = document.activeElement;
  const box = (found.closest("label") ?? found).getBoundingClientRect();
  const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
  const at = document.elementFromPoint(box.left + box.width / 2, (top + bottom) / 2);
  const isOwn = found.contains(at) || at?.contains(found);
  return [window.stops.indexOf(found), bottom > top && Boolean(isOwn)];
}"""
# All that Tab should reach in the list and at the bar.
STOPS = """() => {
  const all = document.querySelectorAll(
    "#cases :is(a[href], button, input:not([type=hidden]), select, summary), " +
    "#chosen :is(a[href], button, select)"
  );
  window.stops = [...all].filter((place) => place.checkVisibility());
  return window.stops.length;
}"""


@pytest.mark.parametrize("size", [(390, 844), (1440, 900)], ids=["phone", "desk"])
def test_every_control_of_a_full_queue_is_reached_by_tab_and_never_covered(
    new_context: NewContext, discussion: Discussion, size: tuple[int, int]
) -> None:
    factories.make_comments(discussion, 20)
    Comment.objects.update(state="pending")
    page = signed_in(new_context, viewport={"width": size[0], "height": size[1]})
    page.goto(QUEUE)
    page.locator("#cases .case").first.focus()
    page.keyboard.press("x")
    expect(page.locator("#chosen")).to_have_css("position", "sticky")
    stops = page.evaluate(STOPS)
    assert stops > 20 * 8
    reached, covered = set(), []
    for _ in range(stops):
        page.keyboard.press("Tab")
        index, is_seen = page.evaluate(FOCUSED)
        reached.add(index)
        covered += [] if is_seen else [index]
    assert reached == set(range(stops))
    assert covered == []
