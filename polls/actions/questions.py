"""Answering a question."""

from django.db import transaction
from django.utils.translation import gettext as _

from polls.actions import limits
from polls.actions._ballots import cast
from polls.actions._places import now_of
from polls.actions.readers import act, lock_reader
from polls.errors import Refused
from polls.models import Ballot, Choice, Discussion, Question, Reader
from polls.models.questions import INTENT, REACTION, Stage
from polls.rules import voting
from polls.rules.limits import ANSWERS, ANSWERS_OF_ADDRESS


def answer_question(
    *, question: Question, choice_key: str, stage: str, reader: Reader, address: str
) -> Ballot | None:
    """Sets this reader's answer to `choice_key`; "" withdraws it. Returns the ballot, if any.

    Raises Refused for an unknown key or stage, Closed for a closed discussion, TooSoon when one
    reader answers too fast. Too many answers from one address are stored, but held.
    """
    choices = {choice.key: choice for choice in question.choices.all()}
    voting.check_answer(
        choice=choice_key or None,
        choices=choices.keys(),
        stage=stage,
        stages=stages_of(question),
        is_open=question.discussion.is_open,
    )
    if reader.is_new and not choice_key:
        return None
    # Whatever needs no lock comes before the transaction.
    return _answer(
        question=question,
        choice=choices.get(choice_key),
        stage=stage,
        reader=reader,
        house=limits.address_hash(address),
        source=limits.source_hash(address),
    )


@act
def _answer(
    *,
    question: Question,
    choice: Choice | None,
    stage: str,
    reader: Reader,
    house: str,
    source: str,
) -> Ballot | None:
    row = lock_reader(reader)
    if choice:  # what somebody said stays theirs to take back
        now_of(question.discussion)
    if stage == Stage.BEFORE and _has_answered_after(question, row):
        raise Refused(_("You have answered at the close already."))
    own, of_address = limits.count_all((ANSWERS, f"r{row.pk}"), (ANSWERS_OF_ADDRESS, house))
    limits.refuse(own)
    return cast(
        question=question,
        reader=row,
        stage=stage,
        choice=choice,
        hold=of_address.is_over,
        source=source,
    )


def stages_of(question: Question) -> list[str]:
    """Only the reaction is asked twice."""
    return [Stage.BEFORE, Stage.AFTER] if question.key == REACTION else [Stage.AFTER]


def _has_answered_after(question: Question, reader: Reader) -> bool:
    after = Ballot.objects.filter(question=question, reader=reader, stage=Stage.AFTER)
    return after.filter(choice__isnull=False).exists()


def make_questions(discussion: Discussion, *, intent_prompt: str = "") -> None:
    """Gives a new discussion its questions: the reaction, the reason for it, and the intent."""
    _make(
        discussion,
        REACTION,
        _("How does %s leave you?") % discussion.subject,
        [
            ("enraged", _("Enraged"), _("I object to this")),
            ("sad", _("Sad"), _("It weighs on me")),
            ("happy", _("Happy"), _("I’m glad it exists")),
            (voting.NONE, _("None of these"), ""),
        ],
    )
    _make(
        discussion,
        voting.REASON,
        _("What is it about, above all?"),
        [
            ("genre", _("The genre"), ""),
            ("sold", _("How it is sold"), ""),
            ("article", _("This article"), ""),
            ("else", _("Something else"), ""),
        ],
    )
    _make(
        discussion,
        INTENT,
        intent_prompt or _("Will you try it?"),
        [("try", _("I’ll try it"), ""), ("stay_away", _("I’ll stay away"), "")],
    )


def _make(
    discussion: Discussion, key: str, prompt: str, choices: list[tuple[str, str, str]]
) -> None:
    position = discussion.questions.count()
    question = discussion.questions.create(key=key, prompt=prompt, position=position)
    for place, (choice, label, hint) in enumerate(choices):
        question.choices.create(key=choice, label=label, hint=hint, position=place)


@transaction.atomic
def word_questions(discussion: Discussion, *, subject_before: str, intent_prompt: str = "") -> None:
    """Brings the prompts in step with the page: the subject in the reaction, the intent as given.

    A reaction prompt that an editor has worded otherwise stays. No intent prompt keeps the old.
    """
    standard = _("How does %s leave you?")
    reaction = discussion.questions.filter(key=REACTION, prompt=standard % subject_before)
    reaction.update(prompt=standard % discussion.subject)
    if intent_prompt:
        discussion.questions.filter(key=INTENT).update(prompt=intent_prompt)
