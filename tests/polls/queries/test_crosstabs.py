"""The tables by camp, whatever happens to the answers, against a count by hand."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from polls.actions._ballots import drop_ballots, hold_ballots
from polls.actions.recount import differences
from polls.models import Ballot, Reader
from polls.models.questions import Stage
from polls.queries.crosstabs import by_camp, by_reaction
from tests.factories import answer, crowd, make_article, make_reader

pytestmark = pytest.mark.django_db

CAMPS = ("enraged", "sad", "happy", "none")
ANSWERS = {
    ("reaction", "before"): CAMPS,
    ("reaction", "after"): CAMPS,
    ("intent", "after"): ("try", "stay_away"),
    ("reason", "after"): ("genre", "sold"),
}


def gather(discussion) -> dict[str, Counter]:
    """Each table as a walk over all readers has it: {question: {(reaction, choice): readers}}."""
    tables = {"intent": Counter(), "reason": Counter(), "before": Counter()}
    for reader in Reader.objects.all():
        ballots = Ballot.objects.filter(reader=reader, question__discussion=discussion)
        given = {
            (ballot.question.key, ballot.stage): ballot.choice.key
            for ballot in ballots.select_related("question", "choice")
            if ballot.choice and not ballot.is_held and not ballot.is_set_aside
        }
        camp = given.pop(("reaction", "after"), None)
        for (question, stage), choice in given.items() if camp else ():
            tables["before" if stage == "before" else question][camp, choice] += 1
    return tables


def flat(table) -> Counter:
    return Counter({(camp, key): n for camp, row in table.items() for key, n in row.items()})


class CrosstabsTest(TestCase):
    """Answering, changing, withdrawing, being held and counted again, in any order."""

    act = st.one_of(
        st.tuples(
            st.integers(0, 3),
            st.sampled_from(sorted(ANSWERS)).flatmap(
                lambda asked: st.tuples(st.just(asked), st.sampled_from(["", *ANSWERS[asked]]))
            ),
        ),
        st.tuples(st.integers(0, 3), st.sampled_from(["hold", "release", "drop"])),
    )

    @settings(max_examples=25, deadline=None)
    @given(st.lists(act, max_size=24))
    def test_each_reader_is_counted_once_in_each_table(self, acts):
        here = make_article().discussion
        elsewhere = make_article("What is tsundere?", slug="tsundere").discussion
        readers = [make_reader() for _ in range(4)]
        for reader in readers:
            answer(elsewhere, reader, "happy")
            answer(elsewhere, reader, "try", question="intent")
        for number, what in acts:
            reader = readers[number]
            if isinstance(what, tuple):
                self.say(here, reader, *what)
            elif what == "drop":
                drop_ballots(reader)
            else:
                hold_ballots(reader, held=what == "hold")
        expected = gather(here)
        assert flat(by_reaction(here, "intent")) == expected["intent"]
        assert flat(by_reaction(here, "reason")) == expected["reason"]
        assert flat(by_reaction(here, "reaction", Stage.BEFORE)) == expected["before"]
        assert differences() == []

    def say(self, discussion, reader, asked, choice):
        question, stage = asked
        after = Ballot.objects.filter(
            reader=reader, question__key="reaction", question__discussion=discussion, stage="after"
        )
        if stage == "before" and after.filter(choice__isnull=False).exists():
            return  # not asked any more
        answer(discussion, reader, choice, question=question, stage=stage)


def test_none_of_these_is_no_camp(discussion):
    crowd(discussion, none=(5, 2), happy=(3, 1))
    assert by_camp(discussion, "intent") == {"happy": {"try": 3, "stay_away": 1}}
    assert by_reaction(discussion, "intent")["none"] == {"try": 5, "stay_away": 2}


def test_a_table_is_one_query_and_looks_at_no_answer(discussion, django_assert_num_queries):
    crowd(discussion, sad=(4, 4))
    with django_assert_num_queries(1) as captured:
        by_camp(discussion, "intent")
    assert "polls_ballot " not in captured[0]["sql"].replace('"', " ")
