"""What invented readers answer, and which works they name."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from explainer.demo import storing
from explainer.demo.scripts import Script, dealt
from explainer.demo.storing import Answer, Person
from polls.actions.works import find_or_make_work
from polls.models import Choice, Discussion, Work
from polls.models.questions import INTENT, REACTION, Stage
from polls.rules import voting

# Of those who answer at the close, in percent.
ASKED_BEFORE = 62
STAYED_THE_SAME = 45  # of those asked before
INTEND = 81
GIVE_A_REASON = 64
NAME_A_WORK = 34
# What it is about, above all, by the camp that says so.
REASONS_OF = {
    "enraged": {"genre": 52, "sold": 31, "article": 9, "else": 8},
    "sad": {"genre": 66, "sold": 8, "article": 15, "else": 11},
    "happy": {"genre": 58, "sold": 3, "article": 30, "else": 9},
}


class Answers:
    """The answers of some readers below one article, given between two moments."""

    def __init__(
        self, discussion: Discussion, script: Script, rng: Random, since: datetime, until: datetime
    ) -> None:
        self.discussion, self.script, self.rng = discussion, script, rng
        self.since, self.until = since, until
        choices = Choice.objects.filter(question__discussion=discussion).select_related("question")
        self.choices = {(choice.question.key, choice.key): choice for choice in choices}
        self.answers: list[Answer] = []

    def store(self, readers: Sequence[Person]) -> None:
        """Lets each of the readers answer, in the shares of the script."""
        camps = dealt(len(readers), self.script.after, self.rng)
        for reader, camp in zip(readers, camps, strict=True):
            self._answer(reader, camp)
        storing.store_answers(self.answers)
        named = [reader for reader in readers if self._happens(NAME_A_WORK)]
        storing.store_favourites(self._favourites(named))

    def _answer(self, reader: Person, camp: str) -> None:
        at = self._moment()
        if self._happens(ASKED_BEFORE):
            same = camp if self._happens(STAYED_THE_SAME) else self._any(self.script.before)
            self._cast(reader, REACTION, same, Stage.BEFORE, at - timedelta(minutes=6))
        self._cast(reader, REACTION, camp, Stage.AFTER, at)
        if self._happens(INTEND):
            intent = "try" if self._happens(self.script.tries[camp]) else "stay_away"
            self._cast(reader, INTENT, intent, Stage.AFTER, at + timedelta(seconds=20))
        if camp != voting.NONE and self._happens(GIVE_A_REASON):
            reason = self._any(REASONS_OF[camp])
            self._cast(reader, voting.REASON, reason, Stage.AFTER, at + timedelta(seconds=9))

    def _cast(self, reader: Person, question: str, key: str, stage: Stage, at: datetime) -> None:
        choice = self.choices.get((question, key))
        if choice:  # an editor may have taken it away
            self.answers.append(Answer(choice.question_id, reader.pk, stage.value, choice.pk, at))

    def _favourites(self, readers: Sequence[Person]) -> list[tuple]:
        works = {facts["title"]: facts for facts in self.script.works}
        shares = {title: facts["weight"] for title, facts in works.items()}
        titles = dealt(len(readers), shares, self.rng)
        found = {title: work_of(works[title]).pk for title in sorted(set(titles))}
        return [
            (self.discussion.pk, reader.pk, found[title], self._moment())
            for reader, title in zip(readers, titles, strict=True)
        ]

    def _happens(self, percent: int) -> bool:
        return self.rng.random() * 100 < percent

    def _any(self, shares: dict[str, int]) -> str:
        return self.rng.choices(list(shares), list(shares.values()))[0]

    def _moment(self) -> datetime:
        return self.since + self.rng.random() * (self.until - self.since)


def work_of(facts: dict) -> Work:
    """The work of that title: the one an article shows already, or a new one."""
    extra = {key: value for key, value in facts.items() if key not in ("title", "weight")}
    return find_or_make_work(facts["title"], approved=extra.pop("approved", True), **extra)
