"""What readers want explained next."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from polls.models.discussions import Discussion
from polls.models.readers import Reader


class TopicQuerySet(models.QuerySet):
    def listed(self) -> Self:
        """The topics everybody may see: approved, and not merged into another."""
        return self.exclude(status__in=[Topic.Status.PENDING, Topic.Status.REJECTED])

    def standing(self, status: str) -> Self:
        """The topics that stand at `status` by now."""
        scheduled = Q(status=Topic.Status.PUBLISHED, published_at__gt=timezone.now())
        if status == Topic.Status.WRITING:
            return self.filter(Q(status=status) | scheduled)
        return self.filter(~scheduled, status=status)


class Topic(models.Model):
    """A suggestion to finish the sentence “What’s …?”."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting for a moderator")
        OPEN = "open", _("Waiting")
        WRITING = "writing", _("Being written")
        PUBLISHED = "published", _("Published")
        DECLINED = "declined", _("Declined")
        REJECTED = "rejected", _("Rejected")

    title = models.CharField(
        _("topic"), max_length=120, help_text=_("What stands between “What’s” and “?”.")
    )
    note = models.CharField(_("why this one"), max_length=300, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PENDING)
    declined_reason = models.CharField(_("declined because"), max_length=200, blank=True)
    # Where its article stands once there is one; written by whoever publishes that page.
    url = models.CharField(_("article"), max_length=200, blank=True)
    # When that article becomes public: a scheduled one is still being written to everybody else.
    published_at = models.DateTimeField(_("article public from"), null=True, blank=True)
    reader = models.ForeignKey(
        Reader, models.SET_NULL, null=True, related_name="topics", verbose_name=_("suggested by")
    )
    discussion = models.ForeignKey(
        Discussion, models.SET_NULL, null=True, blank=True, related_name="topics"
    )
    vote_count = models.PositiveIntegerField(_("votes"), default=0, editable=False)
    merged_count = models.PositiveIntegerField(_("merged"), default=0, editable=False)
    created_at = models.DateTimeField(_("suggested"), auto_now_add=True)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        indexes = [
            models.Index(fields=["-vote_count", "id"], name="topic_most_wanted"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def standing(self) -> str:
        """The status readers are told: an article that is scheduled is still being written."""
        if self.published_at and self.published_at > timezone.now():
            return self.Status.WRITING
        return self.status


class TopicAlias(models.Model):
    """A wording under which a topic is found. Merging two topics moves the aliases."""

    key = models.CharField(max_length=160, unique=True)
    title = models.CharField(_("wording"), max_length=120)
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="aliases")

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")

    def __str__(self) -> str:
        return self.title


class TopicVote(models.Model):
    """A reader wants a topic explained."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="votes")
    reader = models.ForeignKey(Reader, models.CASCADE, related_name="topic_votes")
    is_held = models.BooleanField(_("held"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("vote for a topic")
        verbose_name_plural = _("votes for topics")
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "reader"], name="one_vote_per_topic_and_reader"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reader_id}: {self.topic_id}"
