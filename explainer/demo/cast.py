"""Invented readers. Their keys begin alike, which is how they are told from real ones."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from itertools import product
from random import Random
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.db.models import QuerySet

from explainer.demo.bulk import Rows, take_ids
from explainer.demo.scripts import read
from explainer.demo.storing import Person
from polls.models import Ballot, Comment, Discussion, Reader
from polls.models.questions import INTENT, REACTION, Stage

# Version 8, "custom": a key of chance is version 4, so no real reader's ever lies between these.
FIRST = UUID("dec0dec0-0000-8000-8000-000000000000")
LAST = UUID("dec0dec0-0000-8000-8000-ffffffffffff")
LATEST = 2500


def invented() -> QuerySet[Reader]:
    """The readers made here."""
    return Reader.objects.filter(key__range=(FIRST, LAST))


def has_real_readers() -> bool:
    """Whether anybody else has acted on this site."""
    return Reader.objects.exclude(key__range=(FIRST, LAST)).exists()


def staff() -> AbstractUser | None:
    """Who judges their comments: the first account that may do everything."""
    accounts = get_user_model().objects.filter(is_superuser=True, is_active=True)
    return accounts.order_by("pk").first()


def comments() -> QuerySet[Comment]:
    """What invented readers said."""
    return Comment.objects.filter(reader__key__range=(FIRST, LAST))


def people(number: int) -> list[Person]:
    """The first so many of them, as far as there are."""
    rows = invented().order_by("key").values_list("pk", "name")
    return [Person(*row) for row in rows[:number]]


def have_answered(discussion: Discussion) -> bool:
    """Whether invented readers have answered here."""
    return _answers(discussion, REACTION).exists()


def by_camp(discussion: Discussion, rng: Random) -> dict[str, list[Person]]:
    """The latest who answered at the close, by their answer, shuffled."""
    names = ("reader_id", "reader__name", "choice__key", "choice_id")
    latest = _answers(discussion, REACTION).order_by("-reader_id").values_list(*names)[:LATEST]
    intents = _intents(discussion, latest)
    found: dict[str, list[Person]] = {}
    for pk, name, camp, choice in latest:
        person = Person(pk, name, camp, choice, intents.get(pk))
        found.setdefault(camp, []).append(person)
    for readers in found.values():
        rng.shuffle(readers)
    return found


def _intents(discussion: Discussion, latest: Iterable[tuple]) -> dict[int, int]:
    oldest = min((row[0] for row in latest), default=0)
    said = _answers(discussion, INTENT).filter(reader__gte=oldest)
    return dict(said.values_list("reader_id", "choice_id"))


def _answers(discussion: Discussion, question: str) -> QuerySet[Ballot]:
    return Ballot.objects.counted().filter(
        question__discussion=discussion,
        question__key=question,
        stage=Stage.AFTER,
        reader__key__range=(FIRST, LAST),
    )


def more_readers(number: int, *, seed: int, since: datetime) -> list[Person]:
    """Adds so many readers and returns them."""
    there = invented().count()
    people = [Person(pk, name_of(there + n, seed)) for n, pk in enumerate(take_ids(Reader, number))]
    Rows(Reader, "id", "key", "name", "created_at").add(
        (person.pk, UUID(int=FIRST.int + there + n), person.name, since)
        for n, person in enumerate(people)
    )
    return people


def name_of(number: int, seed: int) -> str:
    """The name of the n-th reader: none twice before every one has been used."""
    names = _names(seed)
    turn, place = divmod(number, len(names))
    return f"{names[place]} {turn + 1}" if turn else names[place]


@cache
def _names(seed: int) -> list[str]:
    rng, people = Random(f"{seed}: names"), read("people")
    short = people["first"] + people["handles"]
    long = [" ".join(pair) for pair in product(people["first"], people["last"])]
    rng.shuffle(short)
    rng.shuffle(long)
    return list(_interleaved(short, long))


def _interleaved(short: list[str], long: list[str]) -> Iterator[str]:
    """Two short names, one long one, and so on; then what is left of the long ones."""
    rest = iter(long)
    for number, name in enumerate(short, start=1):
        yield name
        if number % 2 == 0:
            yield next(rest)
    yield from rest
