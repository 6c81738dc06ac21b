"""Questions, their choices, and the ballots that answer them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from polls.models.discussions import Discussion
from polls.models.readers import Reader
from polls.models.tallies import Tally

REACTION = "reaction"
INTENT = "intent"


class Stage(models.TextChoices):
    """When a ballot was cast: before the reader read the article, or at its close."""

    BEFORE = "before", _("Before reading")
    AFTER = "after", _("After reading")


class Question(models.Model):
    """A poll on a discussion. Each has `reaction` and `intent`; editors may add more."""

    discussion = models.ForeignKey(Discussion, models.CASCADE, related_name="questions")
    key = models.SlugField(_("key"), max_length=40)
    prompt = models.CharField(_("question"), max_length=200)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["discussion", "key"], name="question_key_once")
        ]

    def __str__(self) -> str:
        return self.prompt


class Choice(models.Model):
    """One answer to a question. Its key is stable; label, hint and order are the editor's."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="choices")
    key = models.SlugField(_("key"), max_length=40)
    label = models.CharField(_("label"), max_length=60)
    hint = models.CharField(_("hint"), max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["question", "key"], name="choice_key_once")]

    def __str__(self) -> str:
        return self.label


class BallotQuerySet(models.QuerySet):
    def counted(self) -> "BallotQuerySet":
        """The ballots that stand in the shown numbers: answered, not held, not set aside."""
        return self.filter(choice__isnull=False, is_held=False, is_set_aside=False)

    def waiting(self) -> "BallotQuerySet":
        """The ballots past the limit of an address; those of a blocked reader wait for nobody."""
        return self.filter(choice__isnull=False, is_held=True, reader__blocked_at=None)

    def crossed(self) -> "models.QuerySet[Ballot, tuple]":
        """What CrosstabTally counts, as (reaction, choice, stage, reader)."""
        other = "reader__ballots__"
        return (
            self.counted()
            .filter(
                models.Q(pk__lt=models.F(f"{other}pk")) | models.Q(pk__gt=models.F(f"{other}pk")),
                question__key=REACTION,
                stage=Stage.AFTER,
                **{
                    f"{other}question__discussion": models.F("question__discussion"),
                    f"{other}choice__isnull": False,
                    f"{other}is_held": False,
                    f"{other}is_set_aside": False,
                },
            )
            .values_list("choice_id", f"{other}choice_id", f"{other}stage", "reader_id")
        )


class Ballot(models.Model):
    """One reader's answer to one question at one stage; no choice means it was withdrawn."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="ballots")
    reader = models.ForeignKey(Reader, models.CASCADE, related_name="ballots")
    stage = models.CharField(max_length=6, choices=Stage)
    # PROTECT: a choice that somebody gave cannot vanish under their answer.
    choice = models.ForeignKey(Choice, models.PROTECT, null=True, related_name="ballots")
    # Out of the counts while its reader is blocked, or until the worker has set it aside: it came
    # past the limit of an address.
    is_held = models.BooleanField(_("held"), default=False)
    # A keyed hash of the network it came from, for the alarm of bursts; forgotten after 48 hours.
    source = models.CharField(max_length=32, blank=True, db_default="", default="")
    # The burst it came with, if any, and whether that is out of the counts; beside `is_held`, for
    # one reason to hold says nothing about the other. Written by actions/_bursts alone.
    burst = models.ForeignKey(
        "polls.Burst", models.RESTRICT, null=True, db_index=False, related_name="ballots"
    )
    is_set_aside = models.BooleanField(_("set aside"), default=False, db_default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = BallotQuerySet.as_manager()

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        constraints = [
            models.UniqueConstraint(
                fields=["question", "reader", "stage"], name="one_ballot_per_reader_and_stage"
            )
        ]
        indexes = [
            models.Index(fields=["changed_at"], name="ballot_changed"),
            models.Index(
                fields=["burst"], condition=models.Q(burst__isnull=False), name="ballot_burst"
            ),
            models.Index(fields=["choice"], condition=models.Q(is_held=True), name="ballot_held"),
        ]

    def __str__(self) -> str:
        return f"{self.question_id}/{self.stage}: {self.choice_id}"


class BallotTally(Tally):
    """How many counted ballots a choice has at a stage."""

    choice = models.ForeignKey(Choice, models.CASCADE, related_name="tallies")
    stage = models.CharField(max_length=6, choices=Stage)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["choice", "stage", "shard"], name="ballot_tally_once_per_shard"
            )
        ]


class CrosstabTally(Tally):
    """How many who gave a reaction at the close gave a choice at a stage, both of them counted.

    The cells of every table by camp: of each other question, and of the reaction before reading.
    """

    reaction = models.ForeignKey(Choice, models.CASCADE, related_name="+")
    choice = models.ForeignKey(Choice, models.CASCADE, related_name="+")
    stage = models.CharField(max_length=6, choices=Stage)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["choice", "reaction", "stage", "shard"],
                name="crosstab_tally_once_per_shard",
            )
        ]
