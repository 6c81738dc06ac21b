"""What the cards of a discussion's questions show, as one reader may see them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from django.utils.translation import gettext as _

from polls.models import Ballot, BallotTally, Discussion, Question, Reader
from polls.models.questions import INTENT, REACTION, Stage
from polls.queries.aside import asides, waiting_words, with_asides
from polls.queries.card_words import heading, status
from polls.queries.cards import Asked, Before, Card, Choice, Intent
from polls.queries.intent import sentence
from polls.rules import results, voting

# The questions that have a place of their own on the card.
STEPS = {REACTION, voting.REASON, INTENT}


A = TypeVar("A", bound=Asked)


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

    `mine` is {(question, stage): choice}; `waits` says that some of it, given at the close, is not
    counted yet. Read in four queries, unless somebody has `shared` and `mine` at hand.
    """

    def __init__(
        self,
        discussion: Discussion,
        reader: Reader,
        *,
        shared: Shared | None = None,
        mine: Mapping[tuple[int, str], int] | None = None,
        waits: bool = False,
    ) -> None:
        shared = shared or Shared(discussion)
        self.discussion, self.questions = discussion, shared.questions
        self.counts, self.asides = shared.counts, shared.asides
        self.mine, self.waits = answers_of(reader, discussion) if mine is None else (mine, waits)

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
            reasons=self._step(self.reasons()),
            intent=self._step(self.intent()),
            more=[self._extra(row, shown) for row in self.further() if shown or self._said(row)],
        )
        if card.mine is None:
            return card
        said = card.mine
        return replace(
            card,
            heading=heading(said.key, self.discussion.subject),
            status=waiting_words() if self.waits else status(card.total, said.count),
        )

    def _step(self, asked: A | None) -> A | None:
        """What is asked behind the reaction; without one, or when closed, only to be taken back."""
        is_asked = self.has_reacted() and self.discussion.is_open
        return asked if asked and (is_asked or asked.mine) else None

    def _said(self, question: Question) -> bool:
        return (question.pk, Stage.AFTER) in self.mine

    def further(self) -> list[Question]:
        """What the editors ask besides."""
        return [row for key, row in self.questions.items() if key not in STEPS]

    def reasons(self) -> Asked | None:
        """The reasons to choose one from, without any count; None where an editor has none."""
        question = self.questions.get(voting.REASON)
        return self.asked(question, stage=Stage.AFTER, shown=False) if question else None

    def _extra(self, question: Question, asked_for_results: bool) -> Asked:
        return self.asked(question, stage=Stage.AFTER, shown=self._said(question))

    def intent(self) -> Intent:
        """“Will you try it?”, with the sentence once this reader has answered it."""
        question = self.questions[INTENT]
        asked = self.asked(question, stage=Stage.AFTER, shown=self._said(question))
        if not asked.mine:
            return Intent(**vars(asked))
        counts = {
            row.key: self.counts.get((row.pk, Stage.AFTER), 0) for row in question.choices.all()
        }
        return Intent(**vars(asked), sentence=sentence(self.discussion, counts))


def answers_of(reader: Reader, discussion: Discussion) -> tuple[dict[tuple[int, str], int], bool]:
    """{(question, stage): choice} of what a reader answers now, and whether some of it waits.

    One query at most.
    """
    if reader.is_new:
        return {}, False
    ballots = Ballot.objects.filter(question__discussion=discussion, reader=reader)
    rows = ballots.filter(choice__isnull=False)
    answered = list(rows.values_list("question_id", "stage", "choice_id", "is_held"))
    mine = {(question, stage): choice for question, stage, choice, _is_held in answered}
    held = any(stage == Stage.AFTER and is_held for _question, stage, _choice, is_held in answered)
    return mine, held and not reader.blocked_at


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
