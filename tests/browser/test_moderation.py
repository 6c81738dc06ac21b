"""The moderators' queue in a browser: by keyboard alone, without JavaScript, in both themes."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import Locator, Page, expect

from explainer.models import Article
from polls.actions.appeals import make_appeal
from polls.actions.moderation import hide_comment
from polls.actions.notices import send_notice
from polls.actions.reports import report_comment
from polls.actions.roles import MODERATORS, make_roles
from polls.models import Comment, Discussion
from tests import factories
from tests.browser.conftest import NewContext, Watch
from tests.browser.inspection import accessibility, layout
from tests.browser.stage import sign_in, without_reload

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

QUEUE = "/moderation/?queue=waiting"


@pytest.fixture
def discussion() -> Discussion:
    return factories.make_article().discussion


@pytest.fixture
def mo(page: Page) -> Page:
    """Mo, signed in."""
    moderator("mo")
    sign_in(page, "mo")
    return page


def moderator(name: str) -> None:
    make_roles()
    user = factories.make_user(name, is_staff=True)
    user.groups.add(Group.objects.get(name=MODERATORS))


def held(discussion: Discussion, *names: str) -> list[Comment]:
    """First comments by so many, each held for a moderator."""
    return [
        factories.make_comment(
            discussion, factories.make_reader(name), f"{name} says so.", state="pending"
        )
        for name in names
    ]


def report(comment: Comment, reason: str = "unkind", note: str = "") -> None:
    reader = factories.make_reader()
    report_comment(comment=comment, reader=reader, reason=reason, note=note)


def case(page: Page, name: str) -> Locator:
    return page.locator("#cases .case").filter(has_text=f"{name} says so.")


def done(page: Page, sentence: str) -> Locator:
    return page.locator("#cases .done-row").filter(has_text=sentence)


def state(comment: Comment) -> str:
    return Comment.objects.get(pk=comment.pk).state


def test_the_queue_is_worked_through_by_keys_alone(mo: Page, discussion: Discussion) -> None:
    ada, rolf, lena, jon = held(discussion, "Ada", "Rolf", "Lena", "Jon")
    mo.goto(QUEUE)
    with without_reload(mo):
        mo.keyboard.press("j")
        expect(case(mo, "Ada")).to_be_focused()
        mo.keyboard.press("j")
        expect(case(mo, "Rolf")).to_be_focused()
        mo.keyboard.press("k")
        mo.keyboard.press("p")
        expect(done(mo, "Published Ada’s comment.")).to_be_visible()
        expect(case(mo, "Rolf")).to_be_focused()

        mo.keyboard.press("h")
        expect(case(mo, "Rolf").get_by_label("Reason shown to readers")).to_be_focused()
        mo.keyboard.press("p")  # typing chooses "Personal remark"; it publishes nothing
        mo.keyboard.press("Tab")
        expect(case(mo, "Rolf").get_by_role("button", name="Remove")).to_be_focused()
        mo.keyboard.press("Enter")
        expect(done(mo, "Removed Rolf’s comment: personal remark.")).to_be_visible()
        expect(case(mo, "Lena")).to_be_focused()

        mo.keyboard.press("s")
        expect(done(mo, "Marked Lena’s comment as spam.")).to_be_visible()
        expect(case(mo, "Jon")).to_be_focused()
        mo.keyboard.press("l")
        expect(case(mo, "Jon").get_by_role("button", name="Unlock the thread")).to_be_visible()
        mo.keyboard.press("x")
        expect(case(mo, "Jon").get_by_role("checkbox")).to_be_checked()
        mo.keyboard.press("u")  # the latest decision, not the topmost
        expect(case(mo, "Lena")).to_be_focused()
    states = [state(comment) for comment in (ada, rolf, lena, jon)]
    assert states == ["published", "rejected", "pending", "pending"]
    assert Comment.objects.get(pk=jon.pk).locked_at


def test_the_keys_are_listed_and_can_be_turned_off(mo: Page, discussion: Discussion) -> None:
    held(discussion, "Ada")
    mo.goto(QUEUE)
    mo.keyboard.press("?")
    expect(mo.get_by_text("mark it as spam")).to_be_visible()
    mo.get_by_label("Use these keys on this device").uncheck()
    mo.reload()
    mo.keyboard.press("j")
    expect(case(mo, "Ada")).not_to_be_focused()
    mo.locator("#keys summary").click()
    mo.get_by_label("Use these keys on this device").check()
    mo.keyboard.press("j")
    expect(case(mo, "Ada")).to_be_focused()


def test_every_act_is_reached_by_tab(mo: Page, discussion: Discussion) -> None:
    held(discussion, "Ada")
    mo.goto(QUEUE)
    case(mo, "Ada").focus()
    reached = []
    for _ in range(13):
        mo.keyboard.press("Tab")
        reached.append(
            mo.evaluate("(document.activeElement.innerText || document.activeElement.name).trim()")
        )
    for name in (
        "chosen",
        "Publish",
        "Spam",
        "Remove",
        "Lock the thread",
        "This reader…",
        "This discussion…",
        "Erase for good…",
    ):
        assert name in reached


def test_the_next_case_comes_up_and_the_counts_move(mo: Page, discussion: Discussion) -> None:
    factories.make_comments(discussion, 22)
    Comment.objects.update(state="pending")
    mo.goto(QUEUE)
    expect(mo.locator("#cases .case")).to_have_count(20)
    with without_reload(mo):
        for left in (21, 20, 19):
            mo.get_by_role("button", name="Publish", exact=True).first.click()
            expect(mo.locator("#queue-waiting .num")).to_have_text(str(left))
        expect(mo.locator("#cases .case")).to_have_count(19)
        expect(mo.locator("#cases .done-row")).to_have_count(3)


def test_the_counts_are_fresh_when_somebody_comes_back(mo: Page, discussion: Discussion) -> None:
    mo.goto(QUEUE)
    expect(mo.locator("#queue-waiting .num")).to_have_text("0")
    held(discussion, "Ada")
    mo.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(mo.locator("#queue-waiting .num")).to_have_text("1")
    expect(mo.locator("#queue-waiting")).to_have_attribute("aria-current", "true")


def test_the_last_case_leaves_an_empty_queue(mo: Page, discussion: Discussion) -> None:
    held(discussion, "Ada")
    mo.goto(QUEUE)
    expect(mo.get_by_role("heading", name="Nothing is waiting")).to_be_hidden()
    mo.keyboard.press("j")
    mo.keyboard.press("p")
    expect(mo.get_by_role("heading", name="Nothing is waiting")).to_be_focused()


def test_what_somebody_else_decided_meanwhile_says_so(
    mo: Page, discussion: Discussion, watch: Watch
) -> None:
    [ada] = held(discussion, "Ada")
    mo.goto(QUEUE)
    Comment.objects.filter(pk=ada.pk).update(state="spam")
    watch.expected_statuses = {422}
    mo.keyboard.press("j")
    mo.keyboard.press("p")
    expect(case(mo, "Ada").get_by_role("alert")).to_contain_text("Somebody has decided this")
    assert state(ada) == "spam"


def test_a_reader_is_warned_in_place(mo: Page, discussion: Discussion, watch: Watch) -> None:
    [ada] = held(discussion, "Ada")
    mo.goto(QUEUE)
    watch.expected_statuses = {422}
    with without_reload(mo):
        mo.get_by_role("link", name="This reader…").click()
        panel = mo.locator(f"#reader-{ada.reader_id}")
        panel.get_by_text("Warn…").click()
        panel.get_by_role("button", name="Warn", exact=True).click()
        expect(panel.get_by_text("Write what this reader should know.")).to_be_visible()
        panel.get_by_label("What this reader is told").fill("Be kind.")
        panel.get_by_role("button", name="Warn", exact=True).click()
        expect(panel.get_by_role("status")).to_have_text("Done.")
    ada.reader.refresh_from_db()
    assert ada.reader.warning == "Be kind."


def test_an_appeal_is_answered_by_keys(mo: Page, discussion: Discussion) -> None:
    comment = factories.make_comment(discussion, None, "Ada says so.")
    hide_comment(comment=comment, actor=None, reason="unkind")
    make_appeal(comment=comment, reader=comment.reader, text="I meant no harm at all.")
    mo.goto("/moderation/?queue=appeals")
    mo.keyboard.press("j")
    mo.keyboard.press("h")
    mo.keyboard.type("We looked again.")
    mo.keyboard.press("Tab")
    mo.keyboard.press("Enter")
    expect(mo.get_by_role("heading", name="Nothing is waiting")).to_be_focused()
    assert state(comment) == "published"


def test_the_queue_works_without_javascript(new_context: NewContext) -> None:
    discussion = factories.make_article().discussion
    ada, rolf, lena = held(discussion, "Ada", "Rolf", "Lena")
    moderator("mo")
    page = new_context(java_script_enabled=False).new_page()
    page.goto(QUEUE)
    page.get_by_label("Username").fill("mo")
    page.get_by_label("Password").fill("a long password")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()

    case(page, "Ada").get_by_role("button", name="Publish").click()
    expect(done(page, "Published Ada’s comment.")).to_be_visible()
    done(page, "Published Ada’s comment.").get_by_role("button", name="Undo").click()
    expect(case(page, "Ada")).to_be_visible()
    assert state(ada) == "pending"

    page.goto(QUEUE)
    case(page, "Rolf").get_by_role("checkbox").check()
    case(page, "Lena").get_by_role("checkbox").check()
    bar = page.get_by_role("form", name="All that are ticked")
    bar.get_by_label("Reason shown to readers").select_option("Off topic")
    bar.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("2 comments decided.")).to_be_visible()
    assert {state(rolf), state(lena)} == {"rejected"}

    page.get_by_role("link", name="This reader…").first.click()
    page.get_by_role("button", name="Read every comment first").click()
    expect(page.get_by_role("button", name="Stop reading every comment first")).to_be_visible()


def furnish_queue() -> Article:
    """Every kind of case."""
    article = factories.make_article()
    discussion = article.discussion
    held(discussion, "Ada", "Rolf")
    Comment.objects.filter(name="Rolf").update(held_reason="word", held_detail="so")
    parent = factories.make_comment(discussion, None, "`code` and " + "unbroken" * 40)
    said = factories.make_comment(discussion, factories.make_reader("N" * 60), parent=parent)
    report(said, note="unbroken" * 30)
    report(said, "off_topic")
    for comment in factories.make_comments(discussion, 2):
        hide_comment(comment=comment, actor=None, reason="unkind")
    make_appeal(comment=comment, reader=comment.reader, text="I meant no harm at all.")
    send_notice(
        comment=parent,
        name="Nora",
        email="nora@example.org",
        explanation="It copies my whole book.",
        address="198.51.100.1",
    )
    return article


PAGES = [
    *(f"/moderation/?queue={key}" for key in ("waiting", "reported", "appeals", "notices", "spam")),
    "/moderation/log/",
    "/moderation/fairness/",
    "/moderation/cases/{comment}/erase/",
    "/moderation/readers/{reader}/",
    "/moderation/discussions/{discussion}/",
]


def addresses() -> list[str]:
    comment = Comment.objects.earliest("pk")
    rows = {"comment": comment.pk, "reader": comment.reader_id, "discussion": comment.discussion_id}
    return [path.format(**rows) for path in PAGES]


@pytest.mark.parametrize("look", [accessibility, layout])
def test_nothing_is_wrong_while_the_comments_around_are_fetched(
    mo: Page, watch: Watch, discussion: Discussion, look: Callable[[Page, Watch], list[str]]
) -> None:
    held(discussion, "Ada")
    mo.route("**/around/", lambda route: None)
    mo.goto(QUEUE)
    mo.get_by_text("The comments around it").first.click()
    expect(mo.get_by_role("link", name="Read it in its place")).to_be_visible()
    assert list(look(mo, watch)) == []


@pytest.mark.parametrize("look", [accessibility, layout])
def test_nothing_is_wrong_with_the_moderators_pages(
    mo: Page, watch: Watch, look: Callable[[Page, Watch], list[str]]
) -> None:
    furnish_queue()
    found = []
    for path in addresses():
        mo.goto(path)
        found += [f"{path}: {problem}" for problem in look(mo, watch)]
    mo.goto("/moderation/?queue=waiting")
    mo.get_by_role("button", name="Publish", exact=True).first.click()
    expect(done(mo, "Published")).to_be_visible()
    mo.get_by_role("link", name="This reader…").click()
    expect(mo.locator(".case-more .panel")).to_be_visible()
    found += [f"opened: {problem}" for problem in look(mo, watch)]
    watch.expected_statuses = {422}
    mo.goto("/moderation/?queue=reported&ticked=all")
    mo.get_by_text("The comments around it").first.click()
    expect(mo.get_by_text("Nobody has replied to it.")).to_be_visible()
    mo.locator("#chosen").get_by_role("button", name="Remove").click()
    expect(mo.locator("#chosen-problem")).to_be_focused()
    found += [f"refused: {problem}" for problem in look(mo, watch)]
    assert found == []
