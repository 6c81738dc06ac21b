"""One answer a reader: what it moves, and when it is refused."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polls.errors import Closed, Refused
from polls.rules.voting import NONE, check_answer, moves

STAGES = ("before", "after")

CAMPS = ("enraged", "sad", "happy")
answers = st.sampled_from([None, *CAMPS, NONE])


def answer(**changed: Any) -> None:
    """Ann answers "enraged" after reading, in an open discussion, but for what is `changed`."""
    asked: dict[str, Any] = {
        "choice": "enraged",
        "choices": [*CAMPS, NONE],
        "stage": "after",
        "stages": STAGES,
        "is_open": True,
    }
    asked.update(changed)
    check_answer(**asked)


def test_a_first_answer_adds_one():
    assert moves(None, "enraged") == {"enraged": 1}


def test_a_changed_answer_moves_one_from_the_old_to_the_new():
    assert moves("sad", "happy") == {"sad": -1, "happy": 1}


def test_a_withdrawn_answer_takes_one_away():
    assert moves("sad", None) == {"sad": -1}


@pytest.mark.parametrize("same", [None, "sad", NONE])
def test_the_same_answer_again_moves_nothing(same):
    assert moves(same, same) == {}


@given(st.lists(st.tuples(st.sampled_from(["Ann", "Sam", "Hana"]), answers)))
def test_whatever_readers_do_the_counts_are_those_of_their_last_answers(acts):
    last: dict[str, str | None] = {}
    counts: Counter[str] = Counter()
    for reader, choice in acts:
        counts.update(moves(last.get(reader), choice))
        last[reader] = choice
    standing = Counter(choice for choice in last.values() if choice is not None)
    assert {key: n for key, n in counts.items() if n} == dict(standing)


@pytest.mark.parametrize("choice", [*CAMPS, NONE, None])
@pytest.mark.parametrize("stage", STAGES)
def test_every_offered_answer_and_a_withdrawal_pass_at_both_stages(choice, stage):
    answer(choice=choice, stage=stage)


@pytest.mark.parametrize("choice", ["furious", "", "Enraged", "try", "enraged\x00"])
def test_an_unknown_key_is_refused(choice):
    with pytest.raises(Refused, match="not one of the choices"):
        answer(choice=choice)


@pytest.mark.parametrize("stage", ["before", "", "during"])
def test_a_stage_that_is_not_offered_is_refused(stage):
    with pytest.raises(Refused, match="not asked here"):
        answer(stage=stage, stages=["after"])


def test_a_closed_discussion_still_lets_a_reader_withdraw():
    answer(choice=None, is_open=False)


@pytest.mark.parametrize("choice", ["happy", "furious"])
def test_a_closed_discussion_takes_no_answers(choice):
    with pytest.raises(Closed) as refusal:
        answer(choice=choice, is_open=False)
    assert refusal.value.message == "This discussion is closed. You can still read it."
