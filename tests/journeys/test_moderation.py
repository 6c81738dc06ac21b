"""Whatever readers and moderators do to each other's comments, in whatever order: every count can
be proved, every state is one the rules know, and the log says how each comment came to its own.
"""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from polls.actions.answers import undo_answer
from polls.actions.appeals import decide_appeal, make_appeal
from polls.actions.comments import edit_comment, post_comment, withdraw_comment
from polls.actions.erasures import erase_branch, erase_comment
from polls.actions.moderation import (
    hide_comment,
    keep_comment,
    mark_spam,
    publish_comment,
    reject_comment,
    undo,
)
from polls.actions.notices import decide_notice, send_notice
from polls.actions.picks import pick_comment
from polls.actions.reports import report_comment
from polls.models import (
    Appeal,
    Comment,
    Discussion,
    ModerationEntry,
    Notice,
    Pick,
    Reader,
)
from polls.rules.moderation import ANSWERS, BESIDE, HELD_REASONS, REPORTS_TO_HOLD, STATES
from tests.factories import (
    make_old_stamp,
    make_reader,
    make_readers,
    number,
    trust,
)
from tests.journeys.machines import Moderated

State = Comment.State
GONE = {State.WITHDRAWN, State.ERASED}
people, places = st.integers(0, 6), st.integers(0, 9)
DECISIONS = {
    "publish": publish_comment,
    "keep": keep_comment,
    "spam": mark_spam,
    "hide": hide_comment,
    "reject": reject_comment,
    "erase": erase_comment,
    "erase branch": erase_branch,
}
# What the log may say last of a comment in a state.
PLACED = {
    State.HIDDEN: {"hide_comment", "notice_upheld", "undo"},
    State.REJECTED: {"reject_comment", "notice_upheld", "undo"},
    State.SPAM: {"mark_spam", "notice_upheld", "undo"},
    State.PENDING: {"hold_comment", "undo"},
}
WITH_REASON = {"hide", "reject", "erase", "erase branch"}


class Quarrel(Moderated):
    """Seven readers, three of them trusted, and a moderator."""

    def gather(self, discussion: Discussion) -> list[Reader]:
        return make_readers(4) + [trust(make_reader()) for _ in range(3)]

    @property
    def comments(self) -> list[Comment]:
        return list(self.discussion.comments.order_by("pk"))

    def at(self, place: int) -> Comment:
        return self.comments[place % len(self.comments)]

    def has_comments(self) -> bool:
        return bool(self.comments)

    @rule(who=people, place=st.none() | places)
    def post(self, who, place):
        self.do(
            post_comment,
            discussion=self.discussion,
            reader=self.readers[who],
            body=f"Comment {number()}",
            name="Ann",
            show_reaction=False,
            parent=None if place is None or not self.comments else self.at(place),
            address="203.0.113.1",
            stamp=make_old_stamp(),
        )

    @precondition(has_comments)
    @rule(place=places)
    def edit(self, place):
        comment = self.at(place)
        body = f"Other words {number()}"
        self.do(edit_comment, comment=comment, reader=comment.reader, body=body)

    @precondition(has_comments)
    @rule(place=places)
    def withdraw(self, place):
        self.do(withdraw_comment, comment=self.at(place), reader=self.at(place).reader)

    @precondition(has_comments)
    @rule(readers=st.lists(people, min_size=1, max_size=7), place=places)
    def report(self, readers, place):
        for who in readers:
            reader = self.readers[who]
            self.do(report_comment, comment=self.at(place), reader=reader, reason="unkind")

    @precondition(has_comments)
    @rule(decision=st.sampled_from(sorted(DECISIONS)), place=places)
    def decide(self, decision, place):
        more = {"reason": "unkind"} if decision in WITH_REASON else {}
        self.do(DECISIONS[decision], comment=self.at(place), actor=self.mo, **more)

    @precondition(has_comments)
    @rule(back=st.integers(0, 3))
    def undo(self, back):
        for entry in ModerationEntry.objects.all()[back : back + 1]:
            act = undo_answer if entry.act in ANSWERS else undo
            self.do(act, entry=entry, actor=self.mo)

    @precondition(has_comments)
    @rule(place=places, granted=st.none() | st.booleans())
    def appeal(self, place, granted):
        """Made, and answered at once or later."""
        comment = self.at(place)
        words = "It was about the film."
        self.do(make_appeal, comment=comment, reader=comment.reader, text=words)
        for appeal in Appeal.objects.filter(decided_at=None) if granted is not None else ():
            self.do(decide_appeal, appeal=appeal, actor=self.mo, granted=granted, answer="")

    @precondition(has_comments)
    @rule(place=places, upheld=st.booleans())
    def notice(self, place, upheld):
        self.do(
            send_notice,
            comment=self.at(place),
            name="",
            email="",
            explanation="It is against the law, and this is why.",
            address="203.0.113.1",
        )
        for notice in Notice.objects.filter(decided_at=None):
            self.do(decide_notice, notice=notice, actor=self.mo, upheld=upheld, answer="Read.")

    @precondition(has_comments)
    @rule(place=places)
    def pick(self, place):
        self.do(pick_comment, comment=self.at(place), actor=self.mo, pinned=False)

    @invariant()
    def every_state_is_legal(self):
        for row in self.comments:
            assert row.state in STATES
            assert (row.held_reason in HELD_REASONS) == (row.state == State.PENDING)
            assert not (row.reason and row.state in {State.PUBLISHED, State.PENDING})
            assert bool(row.text) == (row.state not in GONE)
            assert row.report_count == 0 or row.state in {State.PUBLISHED, State.PENDING}
            assert row.state != State.PUBLISHED or row.report_count < REPORTS_TO_HOLD

    @invariant()
    def only_what_is_on_the_page_is_picked(self):
        assert not Pick.objects.exclude(comment__state=State.PUBLISHED).exists()

    @invariant()
    def the_log_says_why_a_comment_is_not_on_the_page(self):
        for row in self.comments:
            entry = row.moderation.exclude(act__in=BESIDE).order_by("-id").first()
            if row.state in PLACED:
                assert entry.act in PLACED[row.state]


@pytest.mark.django_db
def test_any_interleaving_keeps_counts_and_states_right():
    few = settings(max_examples=12, stateful_step_count=20, deadline=None)
    run_state_machine_as_test(Quarrel, settings=few)
