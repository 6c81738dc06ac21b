"""A discussion is opened, read first, closed or hidden; its page owns the rest."""

import pytest

from polls.errors import Closed
from polls.models import Comment, Discussion, ModerationEntry
from tests import factories
from tests.conftest import Browser
from tests.polls.admin.conftest import listed, page_of, press, press_in_list, queries_for


@pytest.mark.parametrize(
    ("act", "state"),
    [("read_first", "read_first"), ("close", "read_only"), ("hide", "hidden"), ("open", "open")],
)
def test_mo_sets_the_state(mo: Browser, discussion: Discussion, act: str, state: str) -> None:
    Discussion.objects.update(state="hidden" if act == "open" else "open")
    press_in_list(mo, act, discussion)
    discussion.refresh_from_db()
    assert discussion.state == state
    assert ModerationEntry.objects.get().act == f"discussion_{state}"


def test_setting_the_same_state_again_is_no_act(mo: Browser, discussion: Discussion) -> None:
    press(mo, "close", discussion)
    press(mo, "close", discussion)
    assert ModerationEntry.objects.count() == 1


def test_a_closed_discussion_takes_no_answer(mo: Browser, discussion: Discussion) -> None:
    press(mo, "close", discussion)
    discussion.refresh_from_db()
    with pytest.raises(Closed):
        factories.answer(discussion, factories.make_reader(), "sad")


def test_the_page_leads_to_the_questions(ed: Browser, discussion: Discussion) -> None:
    shown = ed.get(page_of(discussion)).content.decode()
    assert page_of(factories.question_of(discussion)) in shown
    assert f"/admin/polls/question/add/?discussion={discussion.pk}" in shown


def test_nobody_adds_deletes_or_rewrites_a_discussion(
    ed: Browser, discussion: Discussion, nothing_stored
) -> None:
    with nothing_stored():
        assert ed.get("/admin/polls/discussion/add/").status_code == 403
        assert ed.post(page_of(discussion, "delete"), {"post": "yes"}).status_code == 403
        assert ed.post(page_of(discussion), {"key": "another"}).status_code == 403


def test_the_list_shows_how_many_comments_are_public(mo: Browser, discussion: Discussion) -> None:
    factories.make_comments(discussion, 3)
    factories.make_comment(discussion, state=Comment.State.PENDING)
    assert mo.get(listed(Discussion)).context["cl"].result_list[0].published_count == 3


def test_the_list_costs_the_same_for_5_and_for_50(mo: Browser, queries_of) -> None:
    def make(how_many: int) -> None:
        for _ in range(how_many):
            factories.make_article(slug=f"article-{factories.number()}")

    few, many = queries_for(queries_of, mo, listed(Discussion), make)
    assert few == many


def test_slow_mode_and_the_day_of_closing(mo: Browser, discussion: Discussion) -> None:
    assert press(mo, "slow", discussion, confirmed=1, seconds="often").status_code == 422
    press(mo, "slow", discussion, confirmed=1, seconds="300")
    press(mo, "close_after", discussion, confirmed=1, days="3000")
    discussion.refresh_from_db()
    assert (discussion.slow_seconds, discussion.close_after_days) == (300, 3000)
    press(mo, "close_after", discussion, confirmed=1, days="")
    discussion.refresh_from_db()
    assert discussion.close_after_days is None
