"""The mood bar: how readers were left, in one line."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from polls.models import Discussion, Question
from polls.models.questions import REACTION, Stage
from polls.queries.questions import Poll, tallies
from polls.rules import results, voting


@dataclass(frozen=True)
class Share:
    """One piece of the mood bar; `x` is where it begins, in percent."""

    key: str
    label: str
    percent: int
    x: int


@dataclass(frozen=True)
class Mood:
    """How readers were left, in one line."""

    shown: bool
    total: int
    verdict: str = ""
    choices: list[Share] = field(default_factory=list)


def mood_of(poll: Poll) -> Mood:
    """The mood bar of one discussion."""
    return mood(reaction_counts(poll.questions[REACTION], poll.counts))


def reaction_counts(
    reaction: Question, counts: dict[tuple[int, str], int]
) -> dict[str, tuple[str, int]]:
    """{choice: (label, readers)} at the close, in the editor's order, with “None of these”."""
    return {
        choice.key: (choice.label, counts.get((choice.pk, Stage.AFTER), 0))
        for choice in reaction.choices.all()
    }


def moods(discussions: Iterable[Discussion]) -> dict[int, Mood]:
    """The mood bars of a list of discussions, in two queries. Prefetch `questions__choices`."""
    found = list(discussions)
    counts = tallies([discussion.pk for discussion in found])
    bars = {}
    for discussion in found:
        reaction = next(row for row in discussion.questions.all() if row.key == REACTION)
        bars[discussion.pk] = mood(reaction_counts(reaction, counts))
    return bars


def mood(counts: dict[str, tuple[str, int]]) -> Mood:
    """The bar from {choice: (label, readers)}: shown from 20 answers on, shares sum to 100."""
    numbers = [count for _label, count in counts.values()]
    total = sum(numbers)
    if results.shown(total) != "percents":
        return Mood(shown=False, total=total)
    shares, x = [], 0
    for (key, (label, count)), percent in zip(
        counts.items(), results.percents(numbers), strict=True
    ):
        if key != voting.NONE or count:
            shares.append(Share(key, label, percent, x))
        x += percent
    camps = {key: count for key, (_label, count) in counts.items() if key != voting.NONE}
    labels = {key: label.lower() for key, (label, _count) in counts.items()}
    return Mood(True, total, verdict(results.verdict(camps, total=total), labels), shares)


def verdict(kind: tuple[str, ...], labels: dict[str, str]) -> str:
    """The bar in a word: “Mostly happy”, “Split: sad and happy”, “Leaning enraged”."""
    match kind:
        case ("mostly", camp):
            return _("Mostly %s") % labels[camp]
        case ("split", one, other):
            return _("Split: %(one)s and %(other)s") % {"one": labels[one], "other": labels[other]}
        case ("leaning", camp):
            return _("Leaning %s") % labels[camp]
    return _("No camp leads")
