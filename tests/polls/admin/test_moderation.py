"""The log is read, never written."""

import pytest
from django.apps import apps
from django.contrib import admin

from polls.models import Comment, Discussion, ModerationEntry
from tests import factories
from tests.conftest import Browser
from tests.polls.admin.conftest import listed, page_of, press, queries_for

COUNTED = {"Ballot", "BallotTally", "CommentTally", "FavouriteTally", "Favourite", "TopicVote"}


def test_every_act_stands_in_the_log_with_who_what_and_why(mo: Browser, comment: Comment) -> None:
    press(mo, "hide", comment, confirmed=1, reason="unkind")
    shown = mo.get(listed(ModerationEntry)).content.decode()
    for words in ("Hid a comment", "Priya", "personal remark", "mo"):
        assert words in shown


def test_the_log_is_filtered_by_act(mo: Browser, comment: Comment) -> None:
    press(mo, "hide", comment, confirmed=1, reason="unkind")
    press(mo, "publish", comment)
    found = mo.get(listed(ModerationEntry, "?act=hide_comment")).context["cl"].result_list
    assert [entry.act for entry in found] == ["hide_comment"]


@pytest.mark.parametrize("who", ["mo", "ed"])
def test_nobody_writes_the_log(
    request: pytest.FixtureRequest, who: str, comment: Comment, nothing_stored
) -> None:
    browser = request.getfixturevalue(who)
    entry = ModerationEntry.objects.create(act="publish_comment", comment=comment)
    with nothing_stored():
        assert browser.get("/admin/polls/moderationentry/add/").status_code == 403
        assert browser.post(page_of(entry, "delete"), {"post": "yes"}).status_code == 403
        assert browser.post(page_of(entry), {"reason": "another"}).status_code == 403
    assert browser.get(page_of(entry)).status_code == 200


def test_what_counts_stand_on_is_not_in_the_panel() -> None:
    registered = {model.__name__ for model in admin.site._registry}
    assert not COUNTED & registered
    assert {"Article", "Comment", "Topic", "Work", "Reader", "Question"} <= registered
    assert {model.__name__ for model in apps.get_app_config("auth").get_models()} >= {"User"}


def test_no_list_of_ours_offers_a_bulk_delete(ed: Browser) -> None:
    for model in admin.site._registry:
        if model._meta.app_label in {"polls", "explainer"}:
            page = ed.get(listed(model))
            assert page.status_code == 200, model
            assert 'value="delete_selected"' not in page.content.decode(), model


def test_the_list_costs_the_same_for_5_and_for_50(
    mo: Browser, discussion: Discussion, queries_of
) -> None:
    def make(how_many: int) -> None:
        for row in factories.make_comments(discussion, how_many):
            ModerationEntry.objects.create(act="publish_comment", comment=row, actor=mo.user)
            topic = factories.make_topic()
            ModerationEntry.objects.create(act="topic_open", topic=topic, reader=row.reader)

    few, many = queries_for(queries_of, mo, listed(ModerationEntry), make)
    assert few == many
