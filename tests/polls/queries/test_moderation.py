"""The queue: in which order, and since when somebody has waited."""

from datetime import UTC, datetime, timedelta

import pytest
from time_machine import travel

from polls.actions.appeals import make_appeal
from polls.actions.moderation import hide_comment, keep_comment
from polls.actions.notices import send_notice
from polls.actions.reports import report_comment
from polls.models import Comment, Report
from polls.queries.moderation import queue, tabs
from tests.factories import make_comment, make_reader

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def clock():
    with travel(NOON, tick=False) as clock:
        yield clock


def report(comment):
    report_comment(comment=comment, reader=make_reader(), reason="unkind")


def notice(comment):
    send_notice(
        comment=comment,
        name="",
        email="",
        explanation="It copies my whole book.",
        address="198.51.100.1",
    )


class TestTheOldest:
    def test_nobody_waits(self, discussion, clock):
        make_comment(discussion)
        clock.shift(DAY)
        assert (tabs("").oldest, tabs("").waited) == (None, "")

    def test_a_report_waits_since_it_was_made(self, discussion, clock, mo):
        comment = make_comment(discussion)
        clock.shift(DAY)
        report(comment)
        assert tabs("").oldest == NOON + DAY
        clock.shift(DAY)
        keep_comment(comment=Comment.objects.get(), actor=mo.user)
        assert tabs("").oldest is None
        report(comment)
        assert tabs("").oldest == NOON + 2 * DAY, "what was decided waits no longer"

    def test_a_held_comment_waits_since_it_was_posted(self, discussion, clock):
        make_comment(discussion, state="pending")
        clock.shift(DAY)
        make_comment(discussion, state="pending")
        assert tabs("").oldest == NOON

    def test_an_appeal_and_a_notice_wait_too(self, discussion, clock, mo):
        comment = make_comment(discussion)
        hide_comment(comment=comment, actor=mo.user, reason="unkind")
        clock.shift(DAY)
        notice(comment)
        assert tabs("").oldest == NOON + DAY
        Comment.objects.get().notices.update(decided_at=NOON)
        clock.shift(DAY)
        make_appeal(comment=comment, reader=comment.reader, text="I meant no harm at all.")
        assert tabs("").oldest == NOON + 2 * DAY


class TestReported:
    def test_what_was_reported_first_stands_first_however_old_it_is(self, discussion, mo):
        old, young, older = (make_comment(discussion) for _ in range(3))
        for comment in (young, older, old, young):
            report(comment)
        shown = queue("reported", mo.user)
        assert [case.comment for case in shown.cases] == [young, older, old]
        first = Report.objects.filter(comment=young).earliest("pk")
        assert shown.cases[0].key == first.pk

    def test_what_was_kept_stands_by_what_came_since(self, discussion, mo):
        kept, other = make_comment(discussion), make_comment(discussion)
        report(kept)
        report(other)
        keep_comment(comment=Comment.objects.get(pk=kept.pk), actor=mo.user)
        report(kept)
        shown = queue("reported", mo.user)
        assert [case.comment for case in shown.cases] == [other, kept]

    def test_it_comes_a_page_at_a_time_and_nothing_twice(self, discussion, mo):
        made = [make_comment(discussion) for _ in range(5)]
        for comment in (*reversed(made), *made):
            report(comment)
        shown, after = [], None
        for _ in range(3):
            page = queue("reported", mo.user, after=after, size=2)
            shown += [case.comment for case in page.cases]
            after = page.last
        assert shown == made[::-1]
        assert not page.has_more
