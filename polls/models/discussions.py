"""What hangs below one article, or below any page that has a key, a title and an address."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DiscussionQuerySet(models.QuerySet):
    def visible(self) -> Self:
        """The discussions whose page is public by now and that no editor has hidden."""
        return self.filter(opens_at__lte=timezone.now()).exclude(state=Discussion.State.HIDDEN)


class Discussion(models.Model):
    """The questions, comments, works and counts of one page. It does not know whose page."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        READ_FIRST = "read_first", _("A moderator reads every comment first")
        READ_ONLY = "read_only", _("Closed: readable, no new answers or comments")
        HIDDEN = "hidden", _("Hidden: the page shows no discussion")

    key = models.SlugField(_("key"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200)
    subject = models.CharField(
        _("subject"),
        max_length=80,
        help_text=_("As in “How does … leave you?” and “You are happy with …”."),
    )
    url = models.CharField(_("address"), max_length=200)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Whose comments here carry the tag “Author”."),
        verbose_name=_("author"),
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.OPEN)
    # Empty while the page itself is a draft: nobody can answer what nobody can read.
    opens_at = models.DateTimeField(_("public from"), null=True, blank=True)
    close_after_days = models.PositiveSmallIntegerField(
        _("closes after"),
        null=True,
        blank=True,
        help_text=_("Days from the day the page became public; empty for never."),
    )
    slow_seconds = models.PositiveSmallIntegerField(
        _("slow mode"),
        default=0,
        help_text=_("Seconds a reader waits between two comments here; 0 for the usual limits."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DiscussionQuerySet.as_manager()

    class Meta:
        verbose_name = _("discussion")
        verbose_name_plural = _("discussions")

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether it takes answers and comments: by its state, and by its day of closing."""
        return self.state in {self.State.OPEN, self.State.READ_FIRST} and not self.is_over

    @property
    def is_over(self) -> bool:
        """Whether it has closed by itself."""
        return self.closes_at is not None and self.closes_at <= timezone.now()

    @property
    def closes_at(self) -> datetime | None:
        """When it closes by itself."""
        if self.opens_at is None or self.close_after_days is None:
            return None
        return self.opens_at + timedelta(days=self.close_after_days)
