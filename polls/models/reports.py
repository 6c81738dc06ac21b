"""What readers bring before the moderators: reports, appeals, notices of illegal content."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from polls.models.comments import Comment
from polls.models.readers import Reader


class Report(models.Model):
    """A reader finds that a comment breaks the rules. One per reader and comment."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="reports")
    reader = models.ForeignKey(Reader, models.CASCADE, related_name="reports")
    # A key of rules.moderation.REASONS.
    reason = models.CharField(_("reason"), max_length=20)
    note = models.CharField(_("note"), max_length=300, blank=True)
    # It came from a place that had reported the comment that day: shown, but it does not help to
    # hold the comment. From where is not kept.
    is_echo = models.BooleanField(_("from the same place"), default=False, db_default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    # When a moderator decided the case, and whether they agreed.
    decided_at = models.DateTimeField(null=True)
    is_upheld = models.BooleanField(null=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "reader"], name="one_report_per_comment_and_reader"
            )
        ]

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.reason}"


class Appeal(models.Model):
    """An author asks for a second look at a decision. Once per comment."""

    comment = models.OneToOneField(Comment, models.CASCADE, related_name="appeal")
    text = models.CharField(_("appeal"), max_length=1000)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)
    is_granted = models.BooleanField(null=True)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        indexes = [
            models.Index(fields=["id"], condition=Q(decided_at=None), name="appeal_open"),
        ]

    def __str__(self) -> str:
        return str(self.comment)


class Notice(models.Model):
    """Somebody tells us of content they hold to be illegal, as the law lets everybody do."""

    # The address under which whoever sent it sees what became of it.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    comment = models.ForeignKey(Comment, models.CASCADE, related_name="notices")
    name = models.CharField(_("name"), max_length=100)
    email = models.EmailField(_("email"), blank=True)
    explanation = models.CharField(_("why it is illegal"), max_length=3000)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)
    is_upheld = models.BooleanField(null=True)
    answer = models.CharField(_("answer"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("notice of illegal content")
        verbose_name_plural = _("notices of illegal content")
        indexes = [
            models.Index(fields=["id"], condition=Q(decided_at=None), name="notice_open"),
        ]

    def __str__(self) -> str:
        return str(self.comment)
