"""Answering: the whole change or nothing, whoever answers and whenever."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from time_machine import travel

from polls.actions._ballots import hold_ballots
from polls.actions.sanctions import block_reader
from polls.errors import Closed, NotAllowed, Refused, TooSoon
from polls.models import Ballot, BallotTally, CrosstabTally, Discussion, LimitCount, Reader
from polls.models.tallies import shard_of
from polls.queries.questions import Poll
from polls.rules.limits import ANSWERS, ANSWERS_OF_ADDRESS
from tests.factories import (
    answer,
    answers,
    choice_of,
    make_article,
    make_reader,
    question_of,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)
ADDRESS = "203.0.113.77"


@pytest.fixture
def reader():
    return make_reader("Ann")


def shown(discussion, question="reaction", stage="after"):
    """The counts as a page shows them, without zeros."""
    poll = Poll(discussion, Reader())
    return {
        choice.key: count
        for choice in poll.questions[question].choices.all()
        if (count := poll.counts.get((choice.pk, stage), 0))
    }


def test_an_answer_is_one_ballot_and_one_more_in_the_count(discussion, reader):
    ballot = answer(discussion, reader, "enraged")
    assert (ballot.choice.key, ballot.stage, ballot.is_held) == ("enraged", "after", False)
    assert Ballot.objects.count() == 1
    assert shown(discussion) == {"enraged": 1}


def test_a_changed_answer_moves_the_count(discussion, reader):
    answer(discussion, reader, "enraged")
    answer(discussion, reader, "happy")
    assert shown(discussion) == {"happy": 1}
    assert Ballot.objects.get().choice.key == "happy"


def test_a_withdrawn_answer_leaves_the_count(discussion, reader):
    answer(discussion, reader, "sad")
    answer(discussion, reader, "")
    assert shown(discussion) == {}
    assert Ballot.objects.counted().count() == 0


def test_a_withdrawn_answer_can_be_given_again(discussion, reader):
    for choice in ("sad", "", "sad"):
        answer(discussion, reader, choice)
    assert shown(discussion) == {"sad": 1}


@pytest.mark.parametrize("choice", ["happy", ""])
def test_saying_the_same_again_changes_nothing(discussion, reader, choice):
    answer(discussion, reader, "happy")
    first = answer(discussion, reader, choice)
    again = answer(discussion, reader, choice)
    assert again.pk == first.pk
    assert again.changed_at == first.changed_at
    assert shown(discussion) == ({"happy": 1} if choice else {})


def test_none_of_these_is_counted_as_an_answer(discussion, reader):
    answer(discussion, reader, "none")
    assert shown(discussion) == {"none": 1}


def test_before_and_after_are_two_answers(discussion, reader):
    answer(discussion, reader, "sad", stage="before")
    answer(discussion, reader, "happy")
    assert shown(discussion, stage="before") == {"sad": 1}
    assert shown(discussion) == {"happy": 1}


def test_the_answer_before_reading_is_closed_by_the_answer_after_it(
    discussion, reader, nothing_stored
):
    answer(discussion, reader, "happy")
    with nothing_stored(), pytest.raises(Refused, match="at the close already"):
        answer(discussion, reader, "sad", stage="before")


def test_the_answer_before_reading_opens_again_when_the_other_is_withdrawn(discussion, reader):
    answer(discussion, reader, "happy")
    answer(discussion, reader, "")
    answer(discussion, reader, "sad", stage="before")
    assert shown(discussion, stage="before") == {"sad": 1}


def test_a_first_act_stores_the_reader(discussion):
    newcomer = Reader()
    answer(discussion, newcomer, "sad")
    assert not newcomer.is_new
    assert Reader.objects.get().key == newcomer.key


def test_who_never_acted_has_nothing_to_withdraw(discussion, nothing_stored):
    newcomer = Reader()
    with nothing_stored():
        assert answer(discussion, newcomer, "") is None
    assert newcomer.is_new


@pytest.mark.parametrize(
    ("choice", "question", "stage"),
    [
        ("try", "reaction", "after"),
        ("sad", "intent", "after"),
        ("furious", "reaction", "after"),
        ("Sad", "reaction", "after"),
        ("sad\0", "reaction", "after"),
        ("sad", "reaction", "during"),
        ("sad", "reaction", ""),
        ("try", "intent", "before"),
    ],
)
def test_an_answer_that_is_not_offered_is_refused(
    discussion, choice, question, stage, nothing_stored
):
    newcomer = Reader()
    with nothing_stored(), pytest.raises(Refused):
        answer(discussion, newcomer, choice, question=question, stage=stage)


def test_a_choice_of_another_discussion_is_another_choice(discussion, reader):
    other = make_article("What is tsundere?", slug="tsundere").discussion
    answer(discussion, reader, "sad")
    assert shown(other) == {}


def test_a_closed_discussion_takes_no_answer(discussion, reader, nothing_stored):
    answer(discussion, reader, "happy")
    Discussion.objects.update(state=Discussion.State.READ_ONLY)
    with nothing_stored(), pytest.raises(Closed):
        answer(discussion, reader, "sad")


def test_who_waited_while_it_closed_is_told_so(discussion, reader, nothing_stored):
    answer(discussion, make_reader(), "sad")  # from now on there is a salt of the day
    Discussion.objects.update(state=Discussion.State.READ_ONLY)  # after the view has looked
    with nothing_stored(), pytest.raises(Closed):
        answer(discussion, reader, "enraged")
    with nothing_stored(), pytest.raises(Closed):
        answer(discussion, Reader(), "enraged")


def test_an_answer_can_be_taken_back_when_its_discussion_is_closed(discussion, reader):
    answer(discussion, reader, "happy")
    Discussion.objects.update(state=Discussion.State.READ_ONLY)
    answer(discussion, reader, "")
    assert shown(discussion) == {}


def test_a_blocked_reader_cannot_answer(discussion, reader, mo, nothing_stored):
    answer(discussion, make_reader(), "sad")  # from now on there is a salt of the day
    block_reader(reader=reader, actor=mo.user, reason="spam")
    with nothing_stored(), pytest.raises(NotAllowed, match="spam"):
        answer(discussion, reader, "sad")


def test_ten_answers_a_minute_and_no_more(discussion, reader, nothing_stored):
    with travel(NOON, tick=False) as clock:
        for n in range(ANSWERS.count):
            answer(discussion, reader, ("sad", "happy")[n % 2])
        clock.shift(timedelta(seconds=21))
        with nothing_stored(), pytest.raises(TooSoon) as refusal:
            answer(discussion, reader, "enraged")
        assert refusal.value.retry_after == 39
        assert "39 seconds" in refusal.value.message
        assert shown(discussion) == {"happy": 1}
        clock.shift(timedelta(seconds=39))
        answer(discussion, reader, "enraged")
    assert shown(discussion) == {"enraged": 1}


def test_another_reader_is_not_slowed_down(discussion, reader):
    with travel(NOON, tick=False):
        for n in range(ANSWERS.count):
            answer(discussion, reader, ("sad", "happy")[n % 2])
        answer(discussion, make_reader("Sam"), "sad")
    assert shown(discussion) == {"happy": 1, "sad": 1}


def test_answers_past_the_limit_of_an_address_are_held_not_refused(discussion):
    with travel(NOON, tick=False):
        answer(discussion, make_reader(), "enraged", address=ADDRESS)
        spent = LimitCount.objects.filter(key__startswith=ANSWERS_OF_ADDRESS.name)
        spent.update(count=ANSWERS_OF_ADDRESS.count - 1)
        last = answer(discussion, make_reader(), "sad", address=ADDRESS)
        late = answer(discussion, make_reader(), "happy", address=ADDRESS)
        elsewhere = answer(discussion, make_reader(), "enraged", address="203.0.113.78")
    assert (last.is_held, late.is_held, elsewhere.is_held) == (False, True, False)
    assert shown(discussion) == {"enraged": 2, "sad": 1}


@pytest.fixture
def held(discussion, reader):
    """A ballot that was set aside."""
    ballot = answer(discussion, reader, "sad")
    Ballot.objects.filter(pk=ballot.pk).update(is_held=True)
    ballot.choice.tallies.update(count=0)
    return ballot


@pytest.mark.parametrize("choice", ["sad", "happy", ""])
def test_a_held_ballot_stays_held_and_uncounted_whatever_it_says(discussion, reader, held, choice):
    assert answer(discussion, reader, choice).is_held
    assert shown(discussion) == {}


def test_the_counts_of_two_discussions_do_not_touch(discussion):
    other = make_article("What is tsundere?", slug="tsundere").discussion
    answers(discussion, happy=2)
    answers(other, sad=1)
    assert shown(discussion) == {"happy": 2}
    assert shown(other) == {"sad": 1}


def test_a_new_discussion_asks_its_questions(discussion):
    reaction, reason, intent = discussion.questions.all()
    assert (reaction.key, reaction.prompt) == ("reaction", "How does isekai leave you?")
    assert [c.key for c in reaction.choices.all()] == ["enraged", "sad", "happy", "none"]
    assert reason.key == "reason"
    assert [c.key for c in reason.choices.all()] == ["genre", "sold", "article", "else"]
    assert (intent.key, [c.key for c in intent.choices.all()]) == ("intent", ["try", "stay_away"])


def test_one_ballot_a_reader_and_stage_is_a_constraint(discussion, reader):
    answer(discussion, reader, "sad")
    with pytest.raises(IntegrityError), transaction.atomic():
        Ballot.objects.create(
            question=question_of(discussion), reader=reader, stage="after", choice=None
        )


def test_the_counts_of_one_choice_are_held_in_one_order_whichever_stage_came_first(discussion):
    """Two readers who are blocked in one moment must not wait for each other."""
    orders = []
    for stages in (["before", "after"], ["after", "before"]):
        reader = make_reader()
        for stage in stages:
            _stored(discussion, reader, stage)
        with transaction.atomic(), CaptureQueriesContext(connection) as asked:
            hold_ballots(reader, True)
        moves = [one["sql"] for one in asked if 'UPDATE "polls_ballottally"' in one["sql"]]
        orders.append([stage for sql in moves for stage in stages if f"'{stage}'" in sql])
    assert orders == [["after", "before"]] * 2


def _stored(discussion, reader, stage):
    """A counted "sad" of that stage, whatever was said at the other."""
    choice = choice_of(discussion, "sad")
    Ballot.objects.create(question=choice.question, choice=choice, reader=reader, stage=stage)
    shard = shard_of(reader.pk)
    BallotTally.objects.move(1, choice_id=choice.pk, stage=stage, shard=shard)
    if reader.ballots.count() == 2:
        cell = {"reaction_id": choice.pk, "choice_id": choice.pk, "stage": "before"}
        CrosstabTally.objects.move(1, **cell, shard=shard)
