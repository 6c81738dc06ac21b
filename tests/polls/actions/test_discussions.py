"""A discussion is made with its page and follows it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from time_machine import travel

from polls.actions.discussions import (
    close_after,
    open_discussion,
    set_discussion_state,
    set_slow_mode,
    update_discussion,
)
from polls.actions.revisions import touch
from polls.errors import Refused
from polls.models import Discussion, ModerationEntry

pytestmark = pytest.mark.django_db
FACTS = {
    "key": "isekai",
    "title": "What is isekai?",
    "subject": "isekai",
    "url": "/articles/isekai/",
    "opens_at": None,
}


def test_it_opens_with_its_questions():
    discussion = open_discussion(**FACTS, intent_prompt="Will you read any?")
    prompts = [question.prompt for question in discussion.questions.all()]
    assert prompts == [
        "How does isekai leave you?",
        "What is it about, above all?",
        "Will you read any?",
    ]


def test_it_asks_whether_readers_will_try_it_unless_told_how_to_ask():
    discussion = open_discussion(**FACTS, intent_prompt="")
    assert discussion.questions.get(key="intent").prompt == "Will you try it?"


def test_it_follows_its_page_and_writes_only_what_changed(django_assert_num_queries):
    discussion = open_discussion(**FACTS, intent_prompt="")
    with django_assert_num_queries(0):
        update_discussion(discussion, **FACTS)
    touch(discussion.pk)
    with django_assert_num_queries(2):  # the row, and that its page has changed
        update_discussion(discussion, **FACTS | {"title": "What is an isekai?"})
    assert Discussion.objects.get().title == "What is an isekai?"


def test_a_change_of_state_is_logged_with_its_discussion(discussion, mo):
    set_discussion_state(discussion=discussion, state="read_only", actor=mo.user)
    entry = ModerationEntry.objects.get()
    assert (entry.act, entry.discussion) == ("discussion_read_only", discussion)


def test_slow_mode_is_set_and_logged_once(discussion, mo, nothing_stored):
    set_slow_mode(discussion=discussion, actor=mo.user, seconds=120)
    assert Discussion.objects.get().slow_seconds == 120
    entry = ModerationEntry.objects.get()
    told = (entry.act, entry.discussion, entry.reason)
    assert told == ("slow_mode", discussion, "120 seconds")
    with nothing_stored():
        set_slow_mode(discussion=discussion, actor=mo.user, seconds=120)


@pytest.mark.parametrize("seconds", [-1, 3601])
def test_slow_is_an_hour_at_most(discussion, mo, seconds, nothing_stored):
    with nothing_stored(), pytest.raises(Refused) as refusal:
        set_slow_mode(discussion=discussion, actor=mo.user, seconds=seconds)
    assert refusal.value.field == "seconds"


def test_a_discussion_closes_by_itself_and_can_be_left_open(discussion, mo):
    discussion.opens_at = timezone.now() - timedelta(days=3)
    discussion.save()
    close_after(discussion=discussion, actor=mo.user, days=4)
    assert Discussion.objects.get().is_open
    with travel(timezone.now() + timedelta(days=2)):
        assert Discussion.objects.get().is_over
        assert not Discussion.objects.get().is_open
        close_after(discussion=discussion, actor=mo.user, days=6)
        assert Discussion.objects.get().is_open
    close_after(discussion=discussion, actor=mo.user, days=None)
    assert Discussion.objects.get().closes_at is None
    told = ModerationEntry.objects.order_by("id").values_list("act", "reason")
    assert list(told) == [
        ("close_after", "4 days"),
        ("close_after", "6 days"),
        ("close_after", "never"),
    ]


@pytest.mark.parametrize("days", [1, 30])
def test_a_day_that_is_past_is_refused_with_its_date(discussion, mo, days, nothing_stored):
    with travel(datetime(2026, 5, 31, 12, tzinfo=UTC), tick=False):
        Discussion.objects.update(opens_at=datetime(2026, 5, 1, 12, tzinfo=UTC))
        discussion.refresh_from_db()
        with nothing_stored(), pytest.raises(Refused) as refusal:
            close_after(discussion=discussion, actor=mo.user, days=days)
        assert refusal.value.field == "days"
        assert f"on {1 + days} May 2026, 12:00" in refusal.value.message
        close_after(discussion=discussion, actor=mo.user, days=31)
        assert discussion.closes_at == datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_one_whose_page_is_a_draft_closes_counted_from_later(discussion, mo):
    Discussion.objects.update(opens_at=None)
    discussion.refresh_from_db()
    close_after(discussion=discussion, actor=mo.user, days=1)
    assert discussion.closes_at is None


@pytest.mark.parametrize("days", [0, -1, 3651])
def test_a_day_at_least_and_ten_years_at_most(discussion, mo, days, nothing_stored):
    with nothing_stored(), pytest.raises(Refused) as refusal:
        close_after(discussion=discussion, actor=mo.user, days=days)
    assert refusal.value.field == "days"
