"""Bursts: answers that came at once, are unlike the rest, and wait for a person's judgment."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from polls.models.comments import Comment
from polls.models.discussions import Discussion
from polls.models.questions import Question
from polls.rules import bursts


class BurstQuerySet(models.QuerySet):
    def lasting(self) -> Self:
        """The bursts that answers still join."""
        return self.filter(ended_at=None)

    def open(self) -> Self:
        """The bursts on which nobody has said the last word."""
        return self.filter(state__in=bursts.OPEN)

    def aside(self) -> Self:
        """The bursts whose answers are out of every count."""
        return self.filter(state__in=bursts.ASIDE)

    def undecided(self) -> Self:
        """The bursts that no person has looked at."""
        return self.open().filter(decided_at=None)


class Burst(models.Model):
    """Answers to one question, or votes on one comment, that a rule took for a burst.

    Its rows are the ballots and votes that name it. They are never deleted for that, and nothing
    is done to the readers who gave them.
    """

    class State(models.TextChoices):
        WATCHED = bursts.WATCHED, _("Watched: counted")
        QUARANTINED = bursts.QUARANTINED, _("Set aside until somebody decides")
        RELEASED = bursts.RELEASED, _("Released: counted")
        EXCLUDED = bursts.EXCLUDED, _("Excluded from the counts")

    discussion = models.ForeignKey(Discussion, models.CASCADE, related_name="bursts")
    question = models.ForeignKey(Question, models.CASCADE, null=True, related_name="bursts")
    comment = models.ForeignKey(Comment, models.CASCADE, null=True, related_name="bursts")
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.WATCHED)
    # Of rules.bursts.SIGNALS, what has fired so far; and the numbers that made them fire.
    signals = models.JSONField(_("signals"), default=list)
    facts = models.JSONField(default=dict)
    # The keyed hash that its answers have in common, where they have one; forgotten as theirs is.
    source = models.CharField(max_length=32, blank=True, default="")
    started_at = models.DateTimeField(_("began"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    # How long its answers stay aside at most while no person has confirmed it. A second time is
    # not given: it stays when that time is over.
    aside_until = models.DateTimeField(_("set aside until"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    reason = models.CharField(_("reason"), max_length=20, blank=True)
    created_at = models.DateTimeField(_("noticed"), auto_now_add=True)

    objects = BurstQuerySet.as_manager()

    class Meta:
        verbose_name = _("burst")
        verbose_name_plural = _("bursts")
        constraints = [
            models.CheckConstraint(
                condition=Q(question__isnull=False) ^ Q(comment__isnull=False),
                name="burst_on_question_or_comment",
            ),
            models.UniqueConstraint(
                fields=["question"], condition=Q(ended_at=None), name="one_lasting_burst_a_question"
            ),
            models.UniqueConstraint(
                fields=["comment"], condition=Q(ended_at=None), name="one_lasting_burst_a_comment"
            ),
        ]

    def __str__(self) -> str:
        return _("Burst %(number)s on %(title)s") % {
            "number": self.pk,
            "title": self.discussion.title,
        }

    @property
    def is_aside(self) -> bool:
        """Whether its answers are out of every count."""
        return self.state in bursts.ASIDE
