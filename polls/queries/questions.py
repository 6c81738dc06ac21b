"""What the cards of a discussion's questions show, as one reader may see them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from polls.models import Ballot, BallotTally, Discussion, Question, Reader
from polls.models.questions import INTENT, REACTION, Stage
from polls.queries.aside import Aside, asides, with_asides
from polls.queries.intent import sentence
from polls.rules import results, voting

# The questions that have a place of their own on the card.
STEPS = {REACTION, voting.REASON, INTENT}


@dataclass(frozen=True)
class Choice:
    """One button. `count` and `percent` are None where this reader may not see them, or too few.

    `together` counts what is set aside, too, where anything is.
    """

    key: str
    label: str
    hint: str
    mine: bool
    count: int | None = None
    percent: int | None = None
    together: int | None = None


@dataclass(frozen=True)
class Asked:
    """A question with its buttons."""

    key: str
    question_key: str
    prompt: str
    choices: list[Choice]
    total: int
    shown: bool
    open: bool
    asides: tuple[Aside, ...] = ()

    @property
    def mine(self) -> Choice | None:
        return next((choice for choice in self.choices if choice.mine), None)


@dataclass(frozen=True)
class Before(Asked):
    """The chips above the article. `changing` shows them again to who has pressed one."""

    changing: bool = False


@dataclass(frozen=True)
class Intent(Asked):
    sentence: str = ""


@dataclass(frozen=True)
class Card(Asked):
    """The reaction, and what follows it once it is given."""

    heading: str = ""
    status: str = ""
    saved: bool = False
    nothing: Choice | None = None
    reasons: Asked | None = None
    intent: Intent | None = None
    more: list[Asked] = field(default_factory=list)

    @property
    def mine(self) -> Choice | None:
        every = [*self.choices, self.nothing] if self.nothing else self.choices
        return next((choice for choice in every if choice.mine), None)

    @property
    def say_why(self) -> bool:
        return self.open and self.mine is not None


class Shared:
    """What is asked on a discussion and how often each answer was given: for everybody the same.

    Three queries, whatever the number of answers; one more while some are set aside.
    """

    def __init__(self, discussion: Discussion) -> None:
        self.discussion = discussion
        rows = with_asides(discussion).prefetch_related("choices")
        self.questions: dict[str, Question] = {row.key: row for row in rows}
        self.asides = asides(self.questions.values())
        self.choices = {
            choice.pk: choice for row in self.questions.values() for choice in row.choices.all()
        }
        self.counts = tallies([discussion.pk])


class Poll:
    """Everything asked on one discussion, with what one reader has answered.

    `mine` is {(question, stage): choice}. Read in four queries, unless somebody has `shared` and
    `mine` at hand.
    """

    def __init__(
        self,
        discussion: Discussion,
        reader: Reader,
        *,
        shared: Shared | None = None,
        mine: Mapping[tuple[int, str], int] | None = None,
    ) -> None:
        shared = shared or Shared(discussion)
        self.discussion, self.questions = discussion, shared.questions
        self.counts, self.asides = shared.counts, shared.asides
        self.mine = answers_of(reader, discussion) if mine is None else mine

    def has_reacted(self) -> bool:
        return (self.questions[REACTION].pk, Stage.AFTER) in self.mine

    def asked(self, question: Question, *, stage: str, shown: bool) -> Asked:
        """One question as buttons, with counts when `shown` and enough have answered."""
        rows = list(question.choices.all())
        counts = [self.counts.get((row.pk, stage), 0) for row in rows]
        mine = self.mine.get((question.pk, stage))
        mode = results.shown(sum(counts)) if shown else "nothing"
        percents = results.percents(counts)
        found = tuple(self.asides.get(question.pk, ())) if stage == Stage.AFTER else ()
        aside = [sum(one.counts.get(row.pk, 0) for one in found) for row in rows]
        choices = [
            Choice(
                key=row.key,
                label=row.label,
                hint=row.hint,
                mine=row.pk == mine,
                count=None if mode == "nothing" else count,
                percent=percent if mode == "percents" else None,
                together=count + more if found and mode != "nothing" else None,
            )
            for row, count, percent, more in zip(rows, counts, percents, aside, strict=True)
        ]
        return Asked(
            key=self.discussion.key,
            question_key=question.key,
            prompt=question.prompt,
            choices=choices,
            total=sum(counts),
            shown=shown,
            open=self.discussion.is_open,
            asides=found,
        )

    def before(self, *, changing: bool = False) -> Before | None:
        """The chips; None once the reader has answered at the close, or when closed."""
        if self.has_reacted() or not self.discussion.is_open:
            return None
        asked = self.asked(self.questions[REACTION], stage=Stage.BEFORE, shown=False)
        choices = [
            replace(choice, label=_("No idea yet")) if choice.key == voting.NONE else choice
            for choice in asked.choices
        ]
        return Before(**vars(asked) | {"choices": choices}, changing=changing)

    def card(self, *, asked_for_results: bool = False, saved: bool = False) -> Card:
        """The closing card: the reaction, then the intent and the editors' further questions."""
        shown = asked_for_results or self.has_reacted()
        reaction = self.asked(self.questions[REACTION], stage=Stage.AFTER, shown=shown)
        camps, nothing = split_nothing(reaction.choices)
        card = Card(
            **vars(reaction) | {"choices": camps},
            nothing=nothing,
            heading=reaction.prompt,
            saved=saved,
            more=[self._extra(row, shown) for row in self.further()] if shown else [],
        )
        if card.mine is None:
            return card
        return replace(
            card,
            heading=heading(card.mine.key, self.discussion.subject),
            status=status(self, card),
            reasons=self.reasons(),
            intent=self.intent(),
        )

    def further(self) -> list[Question]:
        """What the editors ask besides."""
        return [row for key, row in self.questions.items() if key not in STEPS]

    def reasons(self) -> Asked | None:
        """The reasons to choose one from, without any count; None where an editor has none."""
        question = self.questions.get(voting.REASON)
        return self.asked(question, stage=Stage.AFTER, shown=False) if question else None

    def _extra(self, question: Question, asked_for_results: bool) -> Asked:
        answered = (question.pk, Stage.AFTER) in self.mine
        return self.asked(question, stage=Stage.AFTER, shown=answered)

    def intent(self) -> Intent:
        """“Will you try it?”, with the sentence once this reader has answered it."""
        question = self.questions[INTENT]
        answered = (question.pk, Stage.AFTER) in self.mine
        asked = self.asked(question, stage=Stage.AFTER, shown=answered)
        return Intent(**vars(asked), sentence=sentence(self) if answered else "")


def answers_of(reader: Reader, discussion: Discussion) -> dict[tuple[int, str], int]:
    """{(question, stage): choice} of what a reader answers now. One query at most."""
    if reader.is_new:
        return {}
    ballots = Ballot.objects.filter(question__discussion=discussion, reader=reader)
    answered = ballots.filter(choice__isnull=False)
    return {
        (question, stage): choice
        for question, stage, choice in answered.values_list("question_id", "stage", "choice_id")
    }


def split_nothing(choices: Iterable[Choice]) -> tuple[list[Choice], Choice | None]:
    """The camps, and “None of these”, which is an answer and forms no camp."""
    camps = [choice for choice in choices if choice.key != voting.NONE]
    return camps, next((choice for choice in choices if choice.key == voting.NONE), None)


def tallies(discussion_ids: Iterable[int]) -> dict[tuple[int, str], int]:
    """The counted ballots by (choice id, stage), of any number of discussions, in one query."""
    rows = BallotTally.objects.filter(choice__question__discussion__in=discussion_ids)
    return {
        (row["choice_id"], row["stage"]): row["total"] for row in rows.totals("choice_id", "stage")
    }


def heading(camp: str, subject: str) -> str:
    """What the card says to a reader of that camp."""
    headings = {
        "enraged": _("You are enraged by %s"),
        "sad": _("You are sad about %s"),
        "happy": _("You are happy with %s"),
    }
    return headings.get(camp, _("Your answer on %s: none of these")) % subject


def status(poll: Poll, card: Card) -> str:
    """How many said the same, as far as the rule for small numbers lets it be said."""
    if card.total <= 1:
        return _("Saved. You are the first.")
    if card.mine.count is None:
        return _("Saved. Counts appear once 5 readers have answered.")
    words = {"count": card.mine.count, "total": card.total}
    return _("Saved. So are %(count)s of the %(total)s readers who answered.") % words
