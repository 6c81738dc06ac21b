"""The worker gathers what waits while moderators block and readers answer: no count goes wrong."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.utils import timezone

from polls.actions.recount import differences
from polls.actions.sanctions import block_reader, unblock_reader
from polls.actions.waiting import gather
from polls.models import Ballot, Burst, LimitCount
from polls.rules.limits import ANSWERS_OF_ADDRESS
from tests.factories import answer, make_article, make_reader, make_readers, make_user

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "203.0.113.9"
READERS = 12


def side_by_side(*people: list[Callable[[], object]]) -> None:
    """Each person's acts in a thread of their own, all beginning at once."""
    start, errors = threading.Barrier(len(people)), []

    def run(acts: list[Callable[[], object]]) -> None:
        try:
            start.wait(30)
            for act in acts:
                act()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(acts,)) for acts in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_two_workers_a_moderator_and_the_readers(transactional_db):
    discussion, mo = make_article().discussion, make_user("mo", is_staff=True)
    answer(discussion, make_reader(), "sad", address=ADDRESS)
    spent = LimitCount.objects.filter(key__startswith=f"{ANSWERS_OF_ADDRESS.name}:")
    spent.update(count=ANSWERS_OF_ADDRESS.count)
    readers = make_readers(READERS)
    blocked, changed = readers[: READERS // 2], readers[READERS // 2 :]
    for reader in readers:
        answer(discussion, reader, "sad", address=ADDRESS)

    def block(reader):
        block_reader(reader=reader, actor=mo, reason="spam", votes="hold")

    look = [lambda: gather(timezone.now())] * READERS
    side_by_side(
        look,
        look,
        [lambda r=reader: block(r) for reader in blocked],
        [lambda r=reader: answer(discussion, r, "happy", address=ADDRESS) for reader in changed],
    )
    gather(timezone.now())
    assert differences() == []
    assert Burst.objects.count() == 1
    assert not Ballot.objects.waiting().exists()
    for reader in blocked:
        ballot = reader.ballots.get()
        assert ballot.is_held or ballot.burst_id
        unblock_reader(reader=reader, actor=mo)
    assert differences() == []
