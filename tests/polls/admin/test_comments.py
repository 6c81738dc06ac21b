"""Mo reads the comments, and decides; nobody rewrites what a reader said."""

import re

import pytest

from polls.actions.comments import edit_comment
from polls.actions.recount import differences
from polls.models import Comment, CommentVersion, Discussion, ModerationEntry
from polls.queries.comments import total
from tests import factories
from tests.conftest import Browser
from tests.polls.admin.conftest import (
    act_of,
    listed,
    messages,
    page_of,
    press,
    press_in_list,
    queries_for,
)

State = Comment.State


@pytest.fixture
def waiting(discussion: Discussion) -> Comment:
    """Ann is enraged, new here, and so her comment waits."""
    ann = factories.make_reader("Ann")
    factories.answer(discussion, ann, "enraged")
    return factories.make_comment(discussion, ann, "It makes **me** furious.", state=State.PENDING)


def state_of(comment: Comment) -> str:
    return Comment.objects.get(pk=comment.pk).state


def test_mo_publishes_a_waiting_comment_from_its_page(mo: Browser, waiting: Comment) -> None:
    response = press(mo, "publish", waiting)

    assert messages(response) == ["1 comment published."]
    assert state_of(waiting) == State.PUBLISHED
    assert total(waiting.discussion) == 1


def test_mo_publishes_several_from_the_list(mo: Browser, discussion: Discussion) -> None:
    rows = [factories.make_comment(discussion, state=State.PENDING) for _ in range(3)]

    response = press_in_list(mo, "publish", *rows)

    assert messages(response) == ["3 comments published."]
    assert total(discussion) == 3
    assert ModerationEntry.objects.filter(act="publish_comment", actor=mo.user).count() == 3


SEEN = re.compile(r'name="(seen-\d+)" value="([^"]+)"')


@pytest.mark.parametrize("shown", ["its page", "the list", "the page of an act"])
def test_what_its_author_changed_since_is_not_published_unread(
    mo: Browser, waiting: Comment, shown: str
) -> None:
    where = {
        "its page": page_of(waiting),
        "the list": listed(Comment),
        "the page of an act": act_of(waiting, "reject"),
    }[shown]
    [seen] = set(SEEN.findall(mo.get(where).content.decode()))
    press_here = {"the list": press_in_list}.get(shown, press)
    edit_comment(comment=waiting, reader=waiting.reader, body="Buy *pills*.")

    for act in ("publish", "reject"):
        said = {"confirmed": "1", "reason": "unkind"} | dict([seen])
        [told] = messages(press_here(mo, act, waiting, **said))
        assert "changed" in told

    assert state_of(waiting) == State.PENDING
    [seen] = set(SEEN.findall(mo.get(where).content.decode()))
    assert messages(press_here(mo, "publish", waiting, **dict([seen]))) == ["1 comment published."]


@pytest.mark.parametrize(
    ("act", "before", "after"),
    [
        ("reject", State.PENDING, State.REJECTED),
        ("hide", State.PUBLISHED, State.HIDDEN),
        ("erase", State.PUBLISHED, State.ERASED),
    ],
)
def test_a_removal_asks_for_its_reason_first(
    mo: Browser, discussion: Discussion, act: str, before: str, after: str
) -> None:
    row = factories.make_comment(discussion, state=before)

    asked = press_in_list(mo, act, row)
    assert "Reason shown to readers" in asked.content.decode()
    assert state_of(row) == before

    refused = press_in_list(mo, act, row, confirmed=1, reason="")
    assert refused.status_code == 422
    assert "Give a reason: it is shown to readers." in refused.content.decode()
    assert state_of(row) == before

    unknown = press_in_list(mo, act, row, confirmed=1, reason="because")
    assert unknown.status_code == 422
    assert state_of(row) == before

    press_in_list(mo, act, row, confirmed=1, reason="unkind")
    row.refresh_from_db()
    assert (row.state, row.reason) == (after, "unkind")
    assert total(discussion) == 0
    entry = ModerationEntry.objects.get()
    assert (entry.actor, entry.comment, entry.reason) == (mo.user, row, "unkind")


def test_the_page_of_an_act_takes_a_reason_for_one_comment(mo: Browser, comment: Comment) -> None:
    assert "personal remark" in mo.get(act_of(comment, "hide")).content.decode().lower()
    assert press(mo, "hide", comment, confirmed=1).status_code == 422
    press(mo, "hide", comment, confirmed=1, reason="spoiler")
    assert state_of(comment) == State.HIDDEN
    press(mo, "publish", comment)
    assert state_of(comment) == State.PUBLISHED


def test_spam_goes_without_a_question(mo: Browser, comment: Comment) -> None:
    response = press_in_list(mo, "spam", comment)
    assert messages(response) == ["1 comment marked as spam."]
    assert state_of(comment) == State.SPAM
    assert total(comment.discussion) == 0


def test_erasing_leaves_nothing_of_what_was_said(mo: Browser, discussion: Discussion) -> None:
    ann = factories.trust(factories.make_reader("Annabel"))
    row = factories.make_comment(discussion, ann, "a SECRET address")
    edit_comment(comment=row, reader=ann, body="another SECRET address")

    press(mo, "erase", row, confirmed=1, reason="illegal")

    row.refresh_from_db()
    assert (row.state, row.text, row.html, row.name, row.camp) == (State.ERASED, "", "", "", None)
    assert not CommentVersion.objects.exists()
    assert not factories.is_stored("SECRET")
    assert "Published: 2" in mo.get(page_of(row)).content.decode()
    assert differences() == []


def test_an_erased_comment_stays_erased(mo: Browser, comment: Comment) -> None:
    press(mo, "erase", comment, confirmed=1, reason="illegal")
    for act in ("publish", "spam", "erase"):
        response = press(mo, act, comment, confirmed=1, reason="illegal")
        assert response.status_code == 200
        assert messages(response) != []
    assert state_of(comment) == State.ERASED
    assert ModerationEntry.objects.count() == 1


def test_one_refusal_does_not_stop_the_others(mo: Browser, discussion: Discussion) -> None:
    waiting = factories.make_comment(discussion, state=State.PENDING)
    published = factories.make_comment(discussion)

    response = press_in_list(mo, "hide", waiting, published, confirmed=1, reason="spam")

    assert state_of(published) == State.HIDDEN
    assert state_of(waiting) == State.PENDING
    assert len(messages(response)) == 2


def test_the_list_filters_by_state_held_reason_and_camp(
    mo: Browser, discussion: Discussion, waiting: Comment
) -> None:
    sam = factories.make_reader("Sam")
    factories.answer(discussion, sam, "sad")
    factories.make_comment(discussion, sam, "It weighs on me.")
    nobody = factories.make_comment(discussion, text="I have no reaction.")
    Comment.objects.filter(pk=waiting.pk).update(held_reason="newcomer")

    def seen(query: str) -> set[str]:
        found = mo.get(listed(Comment, query)).context["cl"].result_list
        return {row.name for row in found}

    assert seen("?state__exact=pending") == {"Ann"}
    assert seen("?held_reason__exact=newcomer") == {"Ann"}
    assert seen("?camp=sad") == {"Sam"}
    assert seen("?camp=-") == {nobody.name}
    assert seen("?q=furious") == {"Ann"}
    assert seen("?q=Sam") == {"Sam"}


def test_the_page_shows_text_parent_versions_and_record(
    mo: Browser, discussion: Discussion
) -> None:
    ann = factories.trust(factories.make_reader("Ann"))
    parent = factories.make_comment(discussion, text="The parent speaks.")
    row = factories.make_comment(discussion, ann, "First **words**.", parent=parent)
    edit_comment(comment=row, reader=ann, body="Second **words**.")

    shown = mo.get(page_of(row)).content.decode()

    assert "Second <strong>words</strong>." in shown
    assert "First **words**." in shown
    assert "The parent speaks." in shown
    assert "Published: 3" in shown
    assert str(ann.key) not in shown


def test_the_page_tells_what_was_done_so_far(mo: Browser, comment: Comment) -> None:
    press(mo, "hide", comment, confirmed=1, reason="unkind")
    press(mo, "publish", comment)
    shown = mo.get(page_of(comment)).content.decode()
    for words in ("Hid a comment", "personal remark", "Published a comment"):
        assert words in shown


def test_hostile_text_is_drawn_as_text(mo: Browser, discussion: Discussion) -> None:
    hostile = '<img src=x onerror="alert(1)">'
    row = factories.make_comment(discussion, text=hostile, state=State.PENDING)
    for address in (listed(Comment), page_of(row), act_of(row, "reject")):
        assert hostile not in mo.get(address).content.decode()


@pytest.mark.parametrize("who", ["mo", "ed"])
def test_nobody_adds_deletes_or_rewrites_a_comment(
    request: pytest.FixtureRequest, who: str, comment: Comment, nothing_stored
) -> None:
    browser = request.getfixturevalue(who)
    with nothing_stored():
        assert browser.get(page_of(comment, "delete")).status_code == 403
        assert browser.post(page_of(comment, "delete"), {"post": "yes"}).status_code == 403
        assert browser.get("/admin/polls/comment/add/").status_code == 403
        rewritten = browser.post(page_of(comment), {"text": "I never said that", "_save": "1"})
        assert rewritten.status_code == 403
    assert "delete_selected" not in browser.get(listed(Comment)).content.decode()


def test_bulk_delete_is_no_act_even_for_who_forges_it(ed: Browser, comment: Comment) -> None:
    press_in_list(ed, "delete_selected", comment, post="yes")
    assert Comment.objects.filter(pk=comment.pk).exists()


def test_who_may_only_look_cannot_act(mo: Browser, comment: Comment, nothing_stored) -> None:
    group = mo.user.groups.get()
    group.permissions.remove(group.permissions.get(codename="change_comment"))
    shown = mo.get(page_of(comment)).content.decode()
    assert act_of(comment, "hide") not in shown
    with nothing_stored():
        assert mo.post(act_of(comment, "hide"), {"reason": "spam"}).status_code == 403
        press_in_list(mo, "spam", comment)


def test_a_forged_choice_of_rows_is_refused(mo: Browser, comment: Comment) -> None:
    data = {"action": "spam", "_selected_action": ["1 OR 1", comment.pk]}
    assert mo.post(listed(Comment), data).status_code == 400
    assert mo.post(f"/admin/polls/comment/{comment.pk}/act/burn/").status_code == 404
    assert state_of(comment) == State.PUBLISHED


def test_the_list_costs_the_same_for_5_and_for_50(
    mo: Browser, discussion: Discussion, queries_of
) -> None:
    few, many = queries_for(
        queries_of, mo, listed(Comment), lambda n: factories.make_comments(discussion, n)
    )
    assert few == many


def test_the_first_page_says_how_much_waits(mo: Browser, waiting: Comment) -> None:
    shown = mo.get("/admin/").content.decode()
    assert "Waiting for somebody" in shown
    assert listed(Comment, "?state__exact=pending") in shown
