"""Good point, or not for me: what readers answer to a comment."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from polls.models.comments import Comment
from polls.models.questions import Choice
from polls.models.readers import Reader


class CommentVoteQuerySet(models.QuerySet):
    def counted(self) -> Self:
        """The votes that stand in the counts: given, not held, not set aside."""
        return self.filter(is_good__isnull=False, is_held=False, is_set_aside=False)


class CommentVote(models.Model):
    """One reader's vote on one comment; no `is_good` means it was withdrawn.

    It keeps the camp its reader was in when they pressed: who is persuaded and changes camp does
    not take the vote along.
    """

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="votes")
    reader = models.ForeignKey(Reader, models.CASCADE, related_name="comment_votes")
    camp = models.ForeignKey(Choice, models.PROTECT, null=True, related_name="+")
    is_good = models.BooleanField(_("good point"), null=True)
    is_held = models.BooleanField(_("held"), default=False)
    # A keyed hash of the network it came from, for the alarm of bursts; forgotten after 48 hours.
    source = models.CharField(max_length=32, blank=True, db_default="", default="")
    # The burst it came with, if any, and whether that is out of the counts; beside `is_held`, for
    # one reason to hold says nothing about the other. Written by actions/_bursts alone.
    burst = models.ForeignKey(
        "polls.Burst", models.RESTRICT, null=True, db_index=False, related_name="votes"
    )
    is_set_aside = models.BooleanField(_("set aside"), default=False, db_default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = CommentVoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("vote on a comment")
        verbose_name_plural = _("votes on comments")
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "reader"], name="one_vote_per_comment_and_reader"
            )
        ]
        indexes = [
            models.Index(fields=["changed_at"], name="vote_changed"),
            models.Index(
                fields=["burst"], condition=models.Q(burst__isnull=False), name="vote_burst"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.is_good}"
