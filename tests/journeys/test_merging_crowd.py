"""Whatever readers and staff do to topics and works at the same time: the counts are the rows'."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from unittest.mock import patch

import pytest

from polls.actions import limits
from polls.actions.recount import differences
from polls.actions.sanctions import block_reader, unblock_reader
from polls.actions.topics import merge_topics, set_topic_status, suggest_topic, vote_topic
from polls.actions.works import approve_work, merge_works, name_favourite, withdraw_favourite
from polls.errors import Refused
from polls.models import ModerationEntry, Reader, Topic, Work
from tests.factories import make_article, make_readers, make_user
from tests.racing import PATIENCE, closing_connection

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 6
ACTS = 40  # of each
TITLES = 60  # what is merged is gone, so there must be more; few enough that people meet


class Person:
    """Somebody who does what comes to their mind; nothing happens where a rule says no."""

    def __init__(self, number: int, pages: list, readers: list[Reader], staff: object) -> None:
        self.chance = random.Random(number)
        self.pages, self.readers, self.staff = pages, readers, staff

    def act(self, acts: list[Callable[["Person"], object]], start: threading.Barrier) -> None:
        with closing_connection():
            start.wait(PATIENCE)
            for _ in range(ACTS):
                with suppress(Refused):
                    self.chance.choice(acts)(self)

    @property
    def reader(self) -> Reader:
        return Reader.objects.get(pk=self.chance.choice(self.readers).pk)

    @property
    def title(self) -> str:
        return f"heist {self.chance.randrange(TITLES)}"

    def rows(self, model: type, number: int) -> list:
        """So many rows of those that there are; Refused when there are not so many."""
        found = list(model.objects.order_by("pk"))
        if len(found) < number:
            raise Refused("There are too few.")
        return self.chance.sample(found, number)

    def block(self) -> None:
        votes = self.chance.choice(["keep", "hold", "withdraw"])
        block_reader(reader=self.reader, actor=self.staff, reason="spam", votes=votes)

    def let_in(self) -> None:
        unblock_reader(reader=self.reader, actor=self.staff)

    def suggest(self) -> None:
        suggest_topic(title=self.title, note="", reader=self.reader, anyway=True)

    def vote(self) -> None:
        (topic,) = self.rows(Topic, 1)
        vote_topic(topic=topic, reader=self.reader, wanted=self.chance.random() < 0.6)

    def decide(self) -> None:
        (topic,) = self.rows(Topic, 1)
        status = self.chance.choice(["open", "writing"])
        set_topic_status(topic=topic, status=status, actor=self.staff)

    def merge_two_topics(self) -> None:
        source, target = self.rows(Topic, 2)
        merge_topics(source=source, target=target, actor=self.staff)

    def name(self) -> None:
        name_favourite(
            discussion=self.chance.choice(self.pages),
            reader=self.reader,
            title=self.title,
            replace=self.chance.random() < 0.6,
        )

    def withdraw(self) -> None:
        withdraw_favourite(discussion=self.chance.choice(self.pages), reader=self.reader)

    def approve(self) -> None:
        (work,) = self.rows(Work, 1)
        approve_work(work=work, actor=self.staff)

    def merge_two_works(self) -> None:
        source, target = self.rows(Work, 2)
        merge_works(source=source, target=target, actor=self.staff)


OF_TOPICS = [
    *(Person.suggest, Person.vote, Person.vote, Person.vote),
    *(Person.decide, Person.merge_two_topics, Person.block, Person.let_in),
]
OF_WORKS = [
    *(Person.name, Person.name, Person.name, Person.withdraw),
    *(Person.approve, Person.merge_two_works, Person.block, Person.let_in),
]


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    ("acts", "merge"), [(OF_TOPICS, "merge_topics"), (OF_WORKS, "merge_works")]
)
def test_every_count_is_proved_in_the_end(acts, merge, seed):
    pages = [make_article(slug=slug).discussion for slug in ("isekai", "tsundere")]
    staff = make_user("ed", is_staff=True)
    readers = make_readers(9)  # of eight shards: two share one
    people = [Person(seed * PEOPLE + n, pages, readers, staff) for n in range(PEOPLE)]
    start = threading.Barrier(PEOPLE)
    with patch.object(limits, "refuse"), ThreadPoolExecutor(PEOPLE) as threads:
        for done in [threads.submit(partial(person.act, acts, start)) for person in people]:
            done.result(10 * PATIENCE)
    assert differences() == []
    assert ModerationEntry.objects.filter(act=merge).count() > 1
