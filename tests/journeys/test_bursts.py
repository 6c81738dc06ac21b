"""Whatever readers, moderators and the alarm do about a burst, in whatever order: the counts are
those of the rows, and no reason to keep an answer out of them undoes another.
"""

from contextlib import suppress
from unittest.mock import patch

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from polls.actions import limits
from polls.actions.bursts import (
    detect,
    exclude_burst,
    quarantine_burst,
    release_burst,
    undo_burst,
)
from polls.actions.readers import block_reader, unblock_reader
from polls.actions.recount import differences
from polls.errors import Refused
from polls.models import Ballot, Burst, CommentVote
from polls.rules.bursts import ASIDE
from tests import factories
from tests.bursting import brigade, past

DECISIONS = {
    "quarantine": quarantine_burst,
    "release": release_burst,
    "exclude": exclude_burst,
}
people = st.integers(0, 13)


class Siege(RuleBasedStateMachine):
    """Fourteen of one network have come to a page with a past, and may do more."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.discussion = factories.make_article(slug=f"siege-{factories.number()}").discussion
        past(self.discussion, enraged=20, sad=6, happy=4)
        self.comment = factories.make_comment(self.discussion)
        self.readers = brigade(self.discussion, 14)
        self.mo = factories.make_user(f"mo-{factories.number()}", is_staff=True)

    def teardown(self) -> None:
        """The next run begins with nothing."""
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def do(self, act, *args, **facts) -> None:
        """An act that the rules may refuse; then nothing has happened."""
        with suppress(Refused), patch.object(limits, "refuse"):
            act(*args, **facts)

    @rule(who=people, says=st.sampled_from(["enraged", "sad", "happy", "none", ""]))
    def answer(self, who, says):
        self.do(factories.answer, self.discussion, self.readers[who], says, address="192.0.2.9")

    @rule(who=people, says=st.sampled_from(["good", "not", ""]))
    def vote(self, who, says):
        self.do(factories.vote, self.comment, self.readers[who], says)

    @rule()
    def look(self):
        detect()

    @rule(decision=st.sampled_from(sorted(DECISIONS)))
    def decide(self, decision):
        for burst in Burst.objects.order_by("-pk")[:1]:
            self.do(DECISIONS[decision], burst=burst, actor=self.mo, reason="unclear")

    @rule()
    def undo(self):
        for burst in Burst.objects.order_by("-pk")[:1]:
            self.do(undo_burst, burst=burst, actor=self.mo)

    @rule(who=people, votes=st.sampled_from(["keep", "hold", "withdraw", ""]))
    def block(self, who, votes):
        reader = self.readers[who]
        if votes:
            self.do(block_reader, reader=reader, actor=self.mo, reason="spam", votes=votes)
        else:
            self.do(unblock_reader, reader=reader, actor=self.mo)

    @invariant()
    def every_count_is_proved(self):
        assert differences() == []

    @invariant()
    def what_is_set_aside_is_in_no_count(self):
        for model in (Ballot, CommentVote):
            assert not model.objects.counted().filter(burst__state__in=ASIDE).exists()

    @invariant()
    def no_answer_is_lost(self):
        asked = Ballot.objects.filter(question__discussion=self.discussion, stage="after")
        assert asked.filter(reader__in=self.readers).count() == len(self.readers)


@pytest.mark.django_db
def test_any_interleaving_keeps_the_counts_right():
    few = settings(max_examples=8, stateful_step_count=15, deadline=None)
    run_state_machine_as_test(Siege, settings=few)
