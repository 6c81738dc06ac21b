"""Whatever readers, moderators and the alarm do about a burst, in whatever order: the counts are
those of the rows, and no reason to keep an answer out of them undoes another.
"""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from polls.actions.bursts import (
    detect,
    exclude_burst,
    quarantine_burst,
    release_burst,
    undo_burst,
)
from polls.models import Ballot, Burst, CommentVote, Discussion, LimitCount, Reader
from polls.rules.bursts import ASIDE
from polls.rules.limits import ANSWERS_OF_ADDRESS
from tests import factories
from tests.bursting import brigade, past, strangers
from tests.journeys.machines import Moderated

DECISIONS = {
    "quarantine": quarantine_burst,
    "release": release_burst,
    "exclude": exclude_burst,
}
people = st.integers(0, 13)


class Siege(Moderated):
    """Fourteen of one network have come to a page with a past, and may do more."""

    def gather(self, discussion: Discussion) -> list[Reader]:
        past(discussion, enraged=20, sad=6, happy=4)
        self.comment = factories.make_comment(discussion)
        return brigade(discussion, 14)

    @rule(who=people, says=st.sampled_from(["enraged", "sad", "happy", "none", ""]))
    def answer(self, who, says):
        self.do(factories.answer, self.discussion, self.readers[who], says, address="192.0.2.9")

    @rule(who=people, says=st.sampled_from(["good", "not", ""]))
    def vote(self, who, says):
        self.do(factories.vote, self.comment, self.readers[who], says)

    @rule()
    def look(self):
        detect()
        assert not Ballot.objects.waiting().exists()

    @rule()
    def the_address_has_had_its_answers(self):
        answers = LimitCount.objects.filter(key__startswith=f"{ANSWERS_OF_ADDRESS.name}:")
        answers.update(count=ANSWERS_OF_ADDRESS.count)

    @rule(decision=st.sampled_from(sorted(DECISIONS)))
    def decide(self, decision):
        for burst in Burst.objects.order_by("-pk")[:1]:
            self.do(DECISIONS[decision], burst=burst, actor=self.mo, reason="unclear")

    @rule()
    def undo(self):
        for burst in Burst.objects.order_by("-pk")[:1]:
            self.do(undo_burst, burst=burst, actor=self.mo)

    @invariant()
    def what_is_set_aside_is_in_no_count(self):
        for model in (Ballot, CommentVote):
            assert not model.objects.counted().filter(burst__state__in=ASIDE).exists()

    @invariant()
    def no_answer_is_lost(self):
        asked = Ballot.objects.filter(question__discussion=self.discussion, stage="after")
        assert asked.filter(reader__in=self.readers).count() == len(self.readers)


class Gathering(Siege):
    """Fourteen from as many places are watched; then thirty of one network have come."""

    def gather(self, discussion: Discussion) -> list[Reader]:
        past(discussion, enraged=20, sad=6, happy=4)
        self.comment = factories.make_comment(discussion)
        readers = strangers(discussion, happy=14)
        for reader in readers[:3]:
            factories.vote(self.comment, reader, "good")
        detect()
        brigade(discussion, 30)
        return readers


@pytest.mark.django_db
@pytest.mark.parametrize("machine", [Siege, Gathering])
def test_any_interleaving_keeps_the_counts_right(machine):
    few = settings(max_examples=8, stateful_step_count=15, deadline=None)
    run_state_machine_as_test(machine, settings=few)
