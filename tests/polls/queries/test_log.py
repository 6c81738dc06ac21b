"""How an entry of the log is told: to staff, and to everybody."""

import pytest

from polls.actions.erasures import erase_branch, erase_comment
from polls.actions.moderation import hide_comment, publish_comment, undo
from polls.models import Comment, ModerationEntry
from polls.queries import fairness, log
from tests.conftest import Browser
from tests.factories import make_comment, make_comments, make_user
from tests.reading import words

pytestmark = pytest.mark.django_db
LOG = "/moderation/log/"


def told(by="", act=""):
    return log.page(act=act, by=by, before=None)[0]


def public():
    return log.public_page(None)[0]


@pytest.fixture
def gone(comment):
    """A comment that was hidden by a moderator whose account was deleted since."""
    user = make_user("exmod", is_staff=True)
    hide_comment(comment=comment, actor=user, reason="unkind")
    user.delete()
    return comment


def test_what_was_taken_back_says_so_to_everybody(comment, mo, ann, settings):
    settings.MODERATION_LOG_PUBLIC = True
    hide_comment(comment=comment, actor=mo.user, reason="unkind")
    assert [line.is_undone for line in public()] == [False]
    assert "taken back" not in words(ann.get(LOG), "main")
    undo(entry=ModerationEntry.objects.get(), actor=mo.user)
    assert [line.is_undone for line in public()] == [True]
    assert "Hid a comment: personal remark taken back" in words(ann.get(LOG), "main")
    assert "personal remark taken back" in words(mo.get(LOG), "main")


@pytest.mark.parametrize("erase", [erase_comment, erase_branch])
def test_an_erasure_says_why_to_everybody(discussion, comment, mo, erase):
    make_comment(discussion, parent=comment)
    erase(comment=comment, actor=mo.user, reason="illegal")
    assert public()[0].why == "against the law"


@pytest.mark.parametrize(("is_public", "links"), [(True, True), (False, False)])
def test_the_rules_lead_to_it_where_everybody_may_read_it(ann, settings, is_public, links):
    settings.MODERATION_LOG_PUBLIC = is_public
    assert (f'href="{LOG}"' in ann.get("/rules/").content.decode()) == links


def test_whose_account_is_gone_was_no_rule(gone, mo, ann):
    ann.post("/articles/isekai/comments/", {"body": "An escape.", "name": "Ann"})
    assert [line.who for line in told()] == ["a rule", "an account that is gone"]
    assert [line.who for line in public()] == ["a rule", "a moderator"]
    assert [line.what for line in told(by=log.GONE)] == ["Hid a comment"]
    assert [line.what for line in told(by=log.RULE)] == ["Held a comment"]
    assert log.moderators() == [log.GONE]
    page = mo.get(LOG, {"by": log.GONE})
    assert len(page.context["lines"]) == 1
    assert "an account that is gone" in words(page, "main")


def test_fairness_counts_whose_account_is_gone(gone, mo, discussion):
    made = make_comments(discussion, 20)
    user = make_user("other", is_staff=True)
    for row in made[:10]:
        hide_comment(comment=row, actor=user, reason="unkind")
    user.delete()
    hide_comment(comment=made[10], actor=mo.user, reason="unkind")
    rows = fairness.report(90).moderators
    assert [(row.label, row.total) for row in rows] == [("mo", 1), ("an account that is gone", 11)]


@pytest.mark.parametrize("erase", [erase_comment, erase_branch])
def test_fairness_counts_what_was_erased_and_not_what_went_along(discussion, mo, erase):
    for comment in make_comments(discussion, 10):
        make_comment(discussion, parent=comment)
        erase(comment=comment, actor=mo.user, reason="illegal")
    report = fairness.report(90)
    assert report.moderators[0].removed.count == 10
    assert report.camps[-1].removed.count == 10


@pytest.mark.parametrize(
    ("state", "where"),
    [
        ("published", "/articles/isekai/?comment={pk}#c{pk}"),
        ("hidden", "/moderation/?case={pk}"),
        ("pending", "/moderation/?case={pk}"),
        ("erased", "/moderation/?case={pk}"),
    ],
)
def test_an_entry_leads_staff_to_where_its_comment_is_seen(discussion, mo, state, where):
    comment = make_comment(discussion)
    Comment.objects.update(state=state)
    ModerationEntry.objects.create(act="hide_comment", comment=comment, discussion=discussion)
    [line] = told()
    assert line.url == where.format(pk=comment.pk)
    assert mo.get(line.url).status_code == 200


def test_what_went_with_a_branch_offers_no_undo(discussion, mo):
    top = make_comment(discussion, state="pending")
    top = publish_comment(comment=top, actor=mo.user)
    reply = make_comment(discussion, parent=top, state="pending")
    publish_comment(comment=reply, actor=mo.user)
    assert [line.can_undo for line in log.latest_acts(mo.user)] == [True, True]
    erase_branch(comment=Comment.objects.get(pk=top.pk), actor=mo.user, reason="unkind")
    assert [line.can_undo for line in log.latest_acts(mo.user)] == [False] * 3


def test_what_its_author_has_deleted_offers_no_undo(discussion, ann, mo):
    ann.post("/articles/isekai/comments/", {"body": "An escape.", "name": "Ann"})
    comment = publish_comment(comment=Comment.objects.get(), actor=mo.user)
    ann.post(f"/articles/isekai/comments/{comment.pk}/delete/")
    assert [line.can_undo for line in log.latest_acts(mo.user)] == [False]


def test_somebody_else_is_shown_no_staff_address(gone, settings):
    settings.MODERATION_LOG_PUBLIC = True
    page = Browser().get(LOG)
    assert "?case=" not in page.content.decode()
