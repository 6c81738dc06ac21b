"""The log of every moderator act."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from polls.models.bursts import Burst
from polls.models.comments import Comment
from polls.models.discussions import Discussion
from polls.models.readers import Reader
from polls.models.reports import Notice
from polls.models.topics import Topic
from polls.models.works import Work


def noted(to: object, verbose_name: str, related_name: str = "moderation") -> models.ForeignKey:
    """A link of the log: it stays as written when what it names is gone.

    The database refuses to change an entry, so nothing may cascade into it or empty it.
    """
    return models.ForeignKey(
        to,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        related_name=related_name,
        verbose_name=verbose_name,
    )


class ModerationEntry(models.Model):
    """One act of a moderator, an editor or a rule: who, what, on what, why.

    Rows are only ever added: the database refuses every other change (migration 0002).
    """

    # None: a rule did it, not a person.
    actor = noted(settings.AUTH_USER_MODEL, _("by"), "+")
    act = models.CharField(_("act"), max_length=40)
    comment = noted(Comment, _("comment"))
    reader = noted(Reader, _("reader"))
    topic = noted(Topic, _("topic"))
    work = noted(Work, _("work"))
    discussion = noted(Discussion, _("discussion"))
    notice = noted(Notice, _("notice"))
    burst = noted(Burst, _("burst"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    # As they stood before the act: the way back, and what the fairness report counts.
    state_before = models.CharField(max_length=12, blank=True)
    reason_before = models.CharField(max_length=20, blank=True)
    camp = models.CharField(_("camp of the author"), max_length=40, blank=True)
    # The act that this one takes back.
    undoes = models.OneToOneField(
        "self", models.DO_NOTHING, null=True, db_constraint=False, related_name="undone_by"
    )
    created_at = models.DateTimeField(_("when"), auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("moderation entry")
        verbose_name_plural = _("moderation log")
        ordering = ["-id"]
        permissions = [
            ("moderate", _("Can judge comments and readers")),
            ("pick", _("Can pick and pin comments")),
            ("analyse", _("Can read the fairness report")),
        ]
        indexes = [
            models.Index(
                fields=["comment", "id"], condition=Q(comment__isnull=False), name="entry_comment"
            ),
        ]

    def __str__(self) -> str:
        return self.act
