"""Answers past the limit of an address: held at once, set aside by the worker, judged by people."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from polls.actions import waiting
from polls.actions.bursts import (
    detect,
    exclude_burst,
    quarantine_burst,
    release_burst,
    undo_burst,
)
from polls.actions.recount import differences
from polls.actions.sanctions import block_reader, unblock_reader
from polls.models import Ballot, Burst, LimitCount, ModerationEntry
from polls.models.questions import Stage
from polls.queries.questions import Poll
from polls.queries.readers import me
from polls.rules.bursts import LIMIT
from polls.rules.limits import ANSWERS_OF_ADDRESS
from tests import factories
from tests.bursting import past, strangers, the_burst
from tests.conftest import Browser

pytestmark = pytest.mark.django_db

State = Burst.State
SCHOOL, OFFICE = "203.0.113.9", "198.51.100.9"


@pytest.fixture(autouse=True)
def _every_count_is_proved(db: None):
    yield
    assert differences() == []


@pytest.fixture
def crowd(discussion):
    """So many readers answer from an address that has had its answers."""

    def come(number, said="sad", *, address=SCHOOL, **more):
        readers = factories.make_readers(number)
        before = set(LimitCount.objects.values_list("key", flat=True))
        for n, reader in enumerate(readers):
            factories.answer(discussion, reader, said, address=address, **more)
            if n == 0:
                spent = LimitCount.objects.filter(key__startswith=f"{ANSWERS_OF_ADDRESS.name}:")
                spent.exclude(key__in=before).update(count=ANSWERS_OF_ADDRESS.count)
        return readers

    return come


@pytest.fixture
def waiters(discussion, crowd):
    """One is counted, three wait."""
    return crowd(4)[1:]


def counted(discussion, question="reaction"):
    asked = factories.question_of(discussion, question)
    return {
        choice.key: total
        for choice in asked.choices.all()
        if (total := choice.tallies.filter(stage="after").total())
    }


class TestGathering:
    def test_they_are_a_burst_that_is_set_aside_for_a_day_at_most(self, discussion, waiters):
        assert Ballot.objects.filter(is_held=True).count() == 3
        detect()
        burst = the_burst()
        assert (burst.state, burst.signals) == (State.QUARANTINED, [LIMIT])
        assert burst.aside_until - timezone.now() <= timedelta(hours=24)
        assert {ballot.reader for ballot in burst.ballots.all()} == set(waiters)
        assert not Ballot.objects.filter(is_held=True).exists()
        assert counted(discussion) == {"sad": 1}
        entry = ModerationEntry.objects.get()
        assert (entry.act, entry.actor, entry.burst) == ("quarantine_burst", None, burst)

    def test_the_next_time_there_is_nothing_to_do(self, waiters, nothing_stored):
        detect()
        with nothing_stored():
            detect()

    def test_who_comes_later_joins_it(self, discussion, waiters, crowd):
        detect()
        factories.answer(discussion, factories.make_reader(), "happy", address=SCHOOL)
        detect()
        assert the_burst().ballots.count() == 4
        assert counted(discussion) == {"sad": 1}

    def test_what_is_counted_does_not_join_it(self, discussion, waiters):
        detect()
        LimitCount.objects.all().delete()
        factories.answer(discussion, factories.make_reader(), "happy", address=SCHOOL)
        detect()
        assert the_burst().ballots.count() == 3
        assert counted(discussion) == {"sad": 1, "happy": 1}

    def test_each_network_and_each_question_has_its_own(self, discussion, waiters, crowd):
        crowd(3, address=OFFICE)
        for reader in waiters:
            factories.answer(discussion, reader, "try", question="intent", address=SCHOOL)
        detect()
        sizes = {(burst.question.key, burst.ballots.count()) for burst in Burst.objects.all()}
        assert Burst.objects.count() == 3
        assert sizes == {("reaction", 3), ("reaction", 2), ("intent", 3)}

    def test_those_from_before_reading_too(self, discussion, crowd, mo):
        crowd(3, stage=Stage.BEFORE)
        detect()
        assert the_burst().ballots.count() == 2
        page = mo.get("/moderation/bursts/").content.decode()
        assert "2 of them were given before reading" in page

    def test_whose_network_is_forgotten_too(self, discussion, waiters):
        Ballot.objects.update(source="")
        detect()
        assert the_burst().ballots.count() == 3
        detect()
        assert Burst.objects.count() == 1

    def test_a_watched_burst_does_not_count_them(self, discussion, crowd):
        past(discussion, enraged=50, sad=30, happy=20)
        strangers(discussion, none=14)
        detect()
        watched = the_burst()
        crowd(3, "none")
        detect()
        watched.refresh_from_db()
        assert watched.state == State.WATCHED
        assert counted(discussion)["none"] == 15
        assert Burst.objects.exclude(pk=watched.pk).get().ballots.count() == 2

    def test_stopped_in_the_middle_it_has_done_nothing(self, waiters, monkeypatch, nothing_stored):
        monkeypatch.setattr(waiting, "change", lambda *_args: 1 / 0)
        with nothing_stored(), pytest.raises(ZeroDivisionError):
            detect()

    def test_they_are_found_by_an_index_of_their_own(self, discussion):
        factories.crowd(discussion, enraged=(0, 400), sad=(0, 300), happy=(0, 300))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        assert "ballot_held" in Ballot.objects.waiting().explain()

    def test_it_asks_once_while_nobody_waits(self, discussion, django_assert_num_queries):
        with django_assert_num_queries(1):
            waiting.gather(timezone.now())


class TestJudging:
    def test_a_moderator_counts_them_and_takes_that_back(self, discussion, waiters, mo):
        detect()
        release_burst(burst=the_burst(), actor=mo.user, reason="community")
        assert counted(discussion) == {"sad": 4}
        undo_burst(burst=the_burst(), actor=mo.user)
        assert counted(discussion) == {"sad": 1}
        exclude_burst(burst=the_burst(), actor=mo.user, reason="one_hand")
        assert counted(discussion) == {"sad": 1}

    def test_what_nobody_judges_is_counted_after_a_day(self, discussion, waiters):
        detect()
        with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1), tick=False):
            detect()
        assert the_burst().state == State.WATCHED
        assert counted(discussion) == {"sad": 4}

    @pytest.mark.parametrize("judge", [release_burst, exclude_burst, quarantine_burst])
    def test_what_comes_after_a_judgment_is_judged_anew(
        self, discussion, waiters, crowd, mo, judge
    ):
        detect()
        judge(burst=the_burst(), actor=mo.user, reason="unclear")
        before = counted(discussion)
        factories.answer(discussion, factories.make_reader(), "happy", address=SCHOOL)
        detect()
        assert Burst.objects.count() == 2
        assert counted(discussion) == before
        assert Burst.objects.latest("pk").state == State.QUARANTINED

    def test_the_moderators_read_why_and_both_counts(self, waiters, mo):
        detect()
        page = " ".join(mo.get("/moderation/bursts/").content.decode().split())
        assert "More than 120 answers within ten minutes from one address" in page
        assert '<th scope="row">Sad</th> <td>3</td> <td>1</td> <td>4</td>' in page

    def test_the_card_shows_both_counts(self, discussion, waiters):
        detect()
        assert [aside.total for aside in Poll(discussion, waiters[0]).card().asides] == [3]


class TestBlocked:
    """A block is another reason: it says nothing about a crowd, nor the other way round."""

    def test_who_is_blocked_never_joins(self, discussion, waiters, mo):
        counted_one = factories.make_reader()
        factories.answer(discussion, counted_one, "happy")
        block_reader(reader=counted_one, actor=mo.user, reason="spam", votes="hold")
        block_reader(reader=waiters[0], actor=mo.user, reason="spam", votes="keep")
        detect()
        assert {ballot.reader for ballot in the_burst().ballots.all()} == set(waiters[1:])
        unblock_reader(reader=counted_one, actor=mo.user)
        assert counted(discussion) == {"sad": 1, "happy": 1}

    def test_who_is_blocked_afterwards_is_held_by_both(self, discussion, waiters, mo):
        detect()
        block_reader(reader=waiters[0], actor=mo.user, reason="spam", votes="hold")
        release_burst(burst=the_burst(), actor=mo.user, reason="community")
        assert counted(discussion) == {"sad": 3}
        unblock_reader(reader=waiters[0], actor=mo.user)
        assert counted(discussion) == {"sad": 4}


class TestReaders:
    WORDS = "Very many answers came from the same network"

    def test_they_are_told_at_once_and_until_it_is_judged(self, discussion, waiters, mo):
        reader = waiters[0]
        assert self.WORDS in Poll(discussion, reader).card().status
        assert self.WORDS in me(reader).answers[0].aside
        detect()
        assert "Set aside" in me(reader).answers[0].aside
        release_burst(burst=the_burst(), actor=mo.user, reason="community")
        assert me(reader).answers[0].aside == ""
        assert self.WORDS not in Poll(discussion, reader).card().status

    def test_who_is_counted_is_told_nothing(self, discussion, waiters):
        reader = Ballot.objects.get(is_held=False).reader
        assert self.WORDS not in Poll(discussion, reader).card().status
        assert me(reader).answers[0].aside == ""

    def test_who_is_blocked_is_told_no_other_reason(self, discussion, waiters, mo):
        block_reader(reader=waiters[0], actor=mo.user, reason="spam")
        waiters[0].refresh_from_db()
        assert self.WORDS not in Poll(discussion, waiters[0]).card().status
        assert me(waiters[0]).answers[0].aside == ""

    def test_the_page_says_so_to_them_alone(self, waiters, sam):
        page, path = "/articles/isekai/", "/articles/isekai/questions/reaction/"
        ann = Browser(address=SCHOOL)
        for browser in (ann, sam):
            browser.post(path, {"answer": "sad"})
        for browser, is_told in ((sam, False), (ann, True), (sam, False), (ann, True)):
            assert (self.WORDS in browser.get(page).content.decode()) == is_told
        assert self.WORDS in ann.get("/me/").content.decode()

    def test_an_answer_that_is_changed_is_not_held_a_second_time(
        self, discussion, waiters, crowd, mo
    ):
        detect()
        factories.answer(discussion, waiters[0], "happy", address=SCHOOL)
        release_burst(burst=the_burst(), actor=mo.user, reason="community")
        assert counted(discussion) == {"sad": 3, "happy": 1}
        factories.answer(discussion, waiters[1], "happy", address=SCHOOL)
        assert counted(discussion) == {"sad": 2, "happy": 2}

    def test_what_is_withdrawn_makes_no_burst(self, discussion, waiters):
        for reader in waiters:
            factories.answer(discussion, reader, "", address=SCHOOL)
        detect()
        assert not Burst.objects.exists()
        factories.answer(discussion, waiters[0], "happy")
        detect()
        assert the_burst().ballots.count() == 1

    def test_a_held_answer_that_a_burst_has_already_only_changes_its_reason(
        self, discussion, waiters, mo
    ):
        """As versions before this one left them."""
        detect()
        release_burst(burst=the_burst(), actor=mo.user, reason="community")
        ballot = the_burst().ballots.first()
        block_reader(reader=ballot.reader, actor=mo.user, reason="spam", votes="hold")
        ballot.reader.__class__.objects.update(blocked_at=None)
        detect()
        assert Burst.objects.count() == 1
        assert counted(discussion) == {"sad": 4}
