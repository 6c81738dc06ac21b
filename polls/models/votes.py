"""Good point, or not for me: what readers answer to a comment."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from polls.models.comments import Comment
from polls.models.questions import Choice
from polls.models.readers import Reader


class CommentVoteQuerySet(models.QuerySet):
    def counted(self) -> Self:
        """The votes that stand in the counts: given, and not held."""
        return self.filter(is_good__isnull=False, is_held=False)


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

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.is_good}"
