"""What the cards show to one reader."""

import pytest

from polls.models import Reader
from polls.queries.questions import Poll
from tests.factories import answer, answers, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann_reader():
    return make_reader("Ann")


def card(discussion, reader=None, **more):
    return Poll(discussion, reader or Reader()).card(**more)


def test_four_queries_whatever_was_answered(discussion, ann_reader, django_assert_num_queries):
    answers(discussion, happy=3, sad=2)
    answer(discussion, ann_reader, "sad")
    with django_assert_num_queries(4):
        Poll(discussion, ann_reader)


def test_no_count_leaves_the_query_before_the_answer(discussion):
    answers(discussion, happy=25)
    shown = card(discussion)
    assert shown.total == 25
    assert not shown.shown
    every = [*shown.choices, shown.nothing]
    assert {(choice.count, choice.percent) for choice in every} == {(None, None)}
    assert shown.intent is None
    assert shown.more == []


@pytest.mark.parametrize(
    ("readers", "count", "percent"),
    [(3, None, None), (4, 5, None), (18, 19, None), (19, 20, 100)],
)
def test_counts_from_five_and_percents_from_twenty(discussion, ann_reader, readers, count, percent):
    answers(discussion, happy=readers)
    answer(discussion, ann_reader, "happy")
    happy = card(discussion, ann_reader).choices[2]
    assert (happy.count, happy.percent, happy.mine) == (count, percent, True)


def test_asking_shows_counts_but_asks_nothing_more(discussion):
    answers(discussion, happy=25)
    shown = card(discussion, asked_for_results=True)
    assert shown.choices[2].percent == 100
    assert shown.intent is None
    assert not shown.say_why


def test_the_editors_labels_and_order_are_drawn(discussion):
    discussion.questions.get(key="reaction").choices.filter(key="happy").update(
        label="Delighted", position=0
    )
    labels = {choice.key: choice.label for choice in card(discussion).choices}
    assert labels["happy"] == "Delighted"


def test_none_of_these_stands_apart(discussion, ann_reader):
    answer(discussion, ann_reader, "none")
    shown = card(discussion, ann_reader)
    assert [choice.key for choice in shown.choices] == ["enraged", "sad", "happy"]
    assert shown.mine == shown.nothing
    assert shown.say_why


def test_the_chips_say_no_idea_yet(discussion, ann_reader):
    chips = Poll(discussion, ann_reader).before()
    assert [choice.label for choice in chips.choices][-1] == "No idea yet"
    answer(discussion, ann_reader, "none", stage="before")
    assert Poll(discussion, ann_reader).before().mine.label == "No idea yet"


@pytest.mark.parametrize("state", ["read_only", "hidden"])
def test_a_closed_discussion_has_no_chips_and_a_card_without_questions(discussion, state):
    discussion.state = state
    poll = Poll(discussion, Reader())
    assert poll.before() is None
    assert not poll.card().open


def test_a_held_answer_is_ones_own_and_nobody_elses(discussion, ann_reader):
    from polls.models import Ballot, BallotTally

    answer(discussion, ann_reader, "sad")
    Ballot.objects.update(is_held=True)
    BallotTally.objects.update(count=0)
    assert card(discussion, ann_reader).mine.key == "sad"
    assert card(discussion).total == 0
