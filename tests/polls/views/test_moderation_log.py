"""The log, with names for moderators and without for everybody; and the fairness report."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from pytest_django import Settings

from polls.actions.appeals import decide_appeal, make_appeal
from polls.actions.discussions import set_discussion_state
from polls.actions.moderation import hide_comment, mark_spam, publish_comment, undo
from polls.actions.reports import report_comment
from polls.actions.roles import ANALYSTS
from polls.actions.sanctions import block_reader
from polls.models import Comment, CommentTally, Discussion, ModerationEntry, Topic
from polls.queries import fairness, log
from tests import factories
from tests.conftest import Browser

LOG = "/moderation/log/"


def body(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def decided(mo: Browser, discussion: Discussion) -> Comment:
    """Mo has hidden what Rolf said, and blocked him with words of his own."""
    rolf = factories.make_reader("Rolf")
    comment = factories.make_comment(discussion, rolf, "SECRET")
    hide_comment(comment=comment, actor=mo.user, reason="unkind")
    block_reader(reader=rolf, actor=mo.user, reason="Rolf threatened Ann.")
    return comment


def test_moderators_read_who_did_what_to_whom_and_why(mo: Browser, decided: Comment) -> None:
    page = body(mo.get(LOG))
    assert "Hid a comment" in page
    assert "personal remark" in page
    assert "Rolf threatened Ann." in page
    assert "<span>mo</span>" in page


def test_without_the_setting_it_does_not_exist_for_anybody_else(
    ann: Browser, decided: Comment
) -> None:
    assert ann.get(LOG).status_code == 404
    assert Browser(user=factories.make_user("des", is_staff=True)).get(LOG).status_code == 404


@pytest.mark.parametrize("who", ["ann", "des"])
def test_everybody_reads_it_without_names_where_the_site_says_so(
    db: None, ann: Browser, decided: Comment, settings: Settings, who: str
) -> None:
    settings.MODERATION_LOG_PUBLIC = True
    browser = ann if who == "ann" else Browser(user=factories.make_user("des"))
    page = body(browser.get(LOG))
    assert "Hid a comment</b>: personal remark" in page
    assert "a moderator" in page
    assert "What is isekai?" in page
    main = page[page.index("<main") : page.index("</main>")]
    for name in ("Rolf", "Ann", "SECRET", ">mo<", "threatened", f"c{decided.pk}"):
        assert name not in main


def test_the_public_log_names_no_page_that_is_not_public(
    ann: Browser, mo: Browser, settings: Settings
) -> None:
    settings.MODERATION_LOG_PUBLIC = True
    draft = factories.make_article("What is a draft?", slug="draft", status="draft").discussion
    set_discussion_state(discussion=draft, state="read_first", actor=mo.user)
    page = body(ann.get(LOG))
    assert "Had every comment of a discussion read first" in page
    assert "draft" not in page


def test_the_log_is_filtered_by_act_and_by_whom(
    mo: Browser, ann: Browser, decided: Comment
) -> None:
    ann.post("/articles/isekai/comments/", {"body": "An escape.", "name": "Ann"})
    assert [line.what for line in mo.get(LOG, {"by": "rule"}).context["lines"]][:1] == [
        "Held a comment"
    ]
    assert {line.who for line in mo.get(LOG, {"by": "mo"}).context["lines"]} == {"mo"}
    [line] = mo.get(LOG, {"act": "hide_comment"}).context["lines"]
    assert line.to == "Rolf"
    nonsense = mo.get(LOG, {"act": "nonsense", "by": "no\0body"})
    assert len(nonsense.context["lines"]) == ModerationEntry.objects.count() == 3


def test_the_log_comes_a_page_at_a_time(
    mo: Browser, ann: Browser, comment: Comment, settings: Settings, queries_of
) -> None:
    settings.MODERATION_LOG_PUBLIC = True
    for browser in (mo, ann):
        browser.get(LOG)
    few = [len(queries_of(lambda: browser.get(LOG))) for browser in (mo, ann)]  # noqa: B023
    for _ in range(log.PAGE + 5):
        ModerationEntry.objects.create(
            act="hide_comment", comment=comment, actor=mo.user, discussion=comment.discussion
        )
    total = ModerationEntry.objects.count()
    for browser, cost in zip((mo, ann), few, strict=True):
        first = browser.get(LOG)
        assert len(queries_of(lambda: browser.get(LOG))) <= cost  # noqa: B023
        second = browser.get(first.context["more_url"])
        assert len(first.context["lines"]) == log.PAGE
        assert len(second.context["lines"]) == total - log.PAGE
        assert second.context["more_url"] is None
    assert mo.get(LOG, {"before": "x"}).status_code == 200


def test_an_entry_stays_readable_when_what_it_names_is_gone(mo: Browser) -> None:
    topic = factories.make_topic("a heist story")
    ModerationEntry.objects.create(act="topic_open", topic=topic, actor=mo.user)
    topic.aliases.all().delete()
    topic.delete()
    assert "Listed a topic" in body(mo.get(LOG))


LOGGING = {"note", "note_comment", "_decide", "_set_lock", "create", "ModerationEntry"}


def acts_in(source: str) -> set[str]:
    """The acts that a module of actions writes into the log; one ends with _ for a state."""
    found = set()
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call) or name_of(call) not in LOGGING:
            continue
        named = [keyword.value for keyword in call.keywords if keyword.arg == "act"]
        for argument in named or call.args[:3]:
            found |= {node.value for node in ast.walk(argument) if isinstance(node, ast.Constant)}
    return {act for act in found if (isinstance(act, str) and "_" in act) or act == "undo"}


def name_of(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def test_every_act_that_is_logged_has_its_words() -> None:
    modules = (Path(settings.BASE_DIR) / "polls" / "actions").glob("*.py")
    written = set().union(*(acts_in(path.read_text()) for path in modules))
    assert {"hide_comment", "read_first", "lock_thread", "approve_work", "undo"} <= written
    states = {f"topic_{status}" for status in Topic.Status.values}
    states |= {f"discussion_{state}" for state in Discussion.State.values}
    assert (written - {"topic_", "discussion_"}) | states <= set(log.ACTS)


# --- fairness ---


def camp_of(camp: str, posted: int, removed: int, mo: Browser) -> None:
    """So many comments of a camp below an article of its own, so many of them removed by Mo."""
    article = factories.make_article(f"What is {camp}?", slug=f"about-{factories.number()}")
    discussion = article.discussion
    made = factories.make_comments(discussion, posted)
    choice = factories.choice_of(discussion, camp)
    Comment.objects.filter(pk__in=[comment.pk for comment in made]).update(camp=choice)
    CommentTally.objects.filter(discussion=discussion, camp_id=0).update(camp_id=choice.pk)
    for comment in made[:removed]:
        hide_comment(comment=Comment.objects.get(pk=comment.pk), actor=mo.user, reason="unkind")


def test_the_shares_of_each_camp_come_with_their_intervals(
    mo: Browser, discussion: Discussion
) -> None:
    camp_of("enraged", 30, 20, mo)
    camp_of("happy", 30, 1, mo)
    camp_of("sad", 4, 1, mo)

    page = body(mo.get("/moderation/fairness/"))

    assert "67% (20), 48 to 81%" in page
    assert "Removed: Enraged lies above Happy by more than chance explains." in page
    enraged, sad, happy, nobody = fairness.report(90).camps
    assert (enraged.total, enraged.removed.count) == (30, 20)
    assert sad.removed is None, "four comments are too few to say anything"
    assert (happy.removed.percent, nobody.total) == (3, 0)


def test_restored_is_what_was_undone_published_again_or_appealed(
    mo: Browser, discussion: Discussion
) -> None:
    made = factories.make_comments(discussion, 20)
    for comment in made:
        hide_comment(comment=comment, actor=mo.user, reason="unkind")
    undo(entry=ModerationEntry.objects.get(comment=made[0]), actor=mo.user)
    publish_comment(comment=Comment.objects.get(pk=made[1].pk), actor=mo.user)
    appeal = make_appeal(comment=made[2], reader=made[2].reader, text="I meant no harm at all.")
    decide_appeal(appeal=appeal, actor=mo.user, granted=True, answer="We looked again.")
    mark_spam(comment=Comment.objects.get(pk=made[3].pk), actor=mo.user)

    report = fairness.report(90)

    [moderator] = report.moderators
    assert (moderator.total, moderator.removed.count, moderator.restored.count) == (20, 20, 3)
    assert report.camps[-1].restored.count == 3


def test_held_counts_each_comment_once(mo: Browser, discussion: Discussion) -> None:
    made = factories.make_comments(discussion, 20)
    for reader in factories.make_readers(5):
        report_comment(comment=made[0], reader=reader, reason="unkind")
    assert fairness.report(90).camps[-1].held.count == 1


def test_old_comments_are_out_of_a_short_period(mo: Browser, discussion: Discussion) -> None:
    camp_of("sad", 6, 5, mo)
    Comment.objects.update(created_at=factories.LONG_AGO)
    report = mo.get("/moderation/fairness/", {"days": "30"}).context["report"]
    assert report.days == 30
    assert [row.total for row in report.camps] == [0, 0, 0, 0]
    assert mo.get("/moderation/fairness/", {"days": "12"}).context["report"].days == 90


def test_analysts_read_it_and_may_not_judge(discussion: Discussion) -> None:
    user = factories.make_user("ada", is_staff=True)
    user.groups.add(Group.objects.get(name=ANALYSTS))
    ada = Browser(user=user)
    assert ada.get("/moderation/fairness/").status_code == 200
    assert ada.get("/moderation/").status_code == 403


def test_the_report_costs_the_same_for_few_and_for_many(
    mo: Browser, discussion: Discussion, queries_of
) -> None:
    camp_of("sad", 5, 2, mo)
    mo.get("/moderation/fairness/")
    few = len(queries_of(lambda: mo.get("/moderation/fairness/")))
    camp_of("happy", 30, 20, mo)
    assert len(queries_of(lambda: mo.get("/moderation/fairness/"))) == few <= 16
