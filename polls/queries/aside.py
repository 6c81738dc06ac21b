"""What of a question is set aside with a burst: shown beside its counts, never within them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from polls.models import Ballot, Burst, Discussion, Question
from polls.models.questions import Stage


@dataclass(frozen=True)
class Aside:
    """Of one burst: when it came, and how many give each answer, by the choice's id."""

    day: datetime
    counts: dict[int, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def with_asides(discussion: Discussion) -> QuerySet[Question]:
    """A discussion's questions, each with `has_aside`: nothing more is asked where it is false."""
    aside = Burst.objects.aside().filter(question=OuterRef("pk"))
    return discussion.questions.annotate(has_aside=Exists(aside))


def asides(questions: Iterable[Question]) -> dict[int, list[Aside]]:
    """{question: its bursts that are set aside, the oldest first}, of questions `with_asides`."""
    asked = [question.pk for question in questions if question.has_aside]
    if not asked:
        return {}
    rows = Ballot.objects.filter(
        burst__question__in=asked, is_set_aside=True, choice__isnull=False, stage=Stage.AFTER
    )
    counted = rows.values_list("question_id", "burst_id", "burst__started_at", "choice_id")
    found: dict[int, dict[int, Aside]] = defaultdict(dict)
    for question, burst, day, choice, count in counted.annotate(count=Count("pk")).order_by(
        "burst__started_at", "burst_id"
    ):
        found[question].setdefault(burst, Aside(day, {})).counts[choice] = count
    return {question: list(by_burst.values()) for question, by_burst in found.items()}


def waiting_words() -> str:
    """What somebody is told whose answer came past the limit of an address."""
    return _(
        "Saved. Very many answers came from the same network, so yours waits to be counted until "
        "a moderator decides, a day at most."
    )
