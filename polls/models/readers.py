"""Who acted. Looking creates nothing: a Reader row begins with the first act."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Reader(models.Model):
    """Somebody who acted: a signed first-party cookie, and the account once they sign in."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Who deletes an account deletes no count: the ballots and comments stay with the reader.
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("account"),
    )
    name = models.CharField(
        _("name"), max_length=60, blank=True, help_text=_("The name last used for a comment.")
    )
    blocked_at = models.DateTimeField(_("blocked"), null=True, blank=True, editable=False)
    blocked_reason = models.CharField(_("reason for the block"), max_length=200, blank=True)
    suspended_until = models.DateTimeField(_("suspended until"), null=True, editable=False)
    suspended_reason = models.CharField(
        _("reason for the suspension"), max_length=200, blank=True, db_default="", default=""
    )
    # A moderator reads every comment of this reader first, whatever they have earned.
    is_read_first = models.BooleanField(_("read first"), default=False, editable=False)
    # What a moderator has to tell this reader; empty once they have read it.
    warning = models.CharField(_("warning"), max_length=300, blank=True, editable=False)
    created_at = models.DateTimeField(_("first act"), auto_now_add=True)

    # Set for one request: a guest who has signed in takes this row along at the next act.
    is_claimed_now = False
    # Set by the act that stores the row: nothing of this reader can stand anywhere yet.
    is_first_act = False

    class Meta:
        verbose_name = _("reader")
        verbose_name_plural = _("readers")

    def __str__(self) -> str:
        return self.name or _("Reader %(number)s") % {"number": self.pk}

    @property
    def is_new(self) -> bool:
        """Not stored yet: somebody who so far has only looked."""
        return self._state.adding

    @property
    def is_suspended(self) -> bool:
        """Whether a moderator's pause still lasts."""
        return self.suspended_until is not None and self.suspended_until > timezone.now()

    @property
    def is_staff(self) -> bool:
        return bool(self.user_id and self.user.is_staff)


class Mute(models.Model):
    """A reader does not want to read another. Nobody else notices."""

    reader = models.ForeignKey(Reader, models.CASCADE, related_name="mutes")
    muted = models.ForeignKey(Reader, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("mute")
        verbose_name_plural = _("mutes")
        constraints = [
            models.UniqueConstraint(fields=["reader", "muted"], name="mute_once"),
            models.CheckConstraint(
                condition=~models.Q(reader=models.F("muted")), name="mute_somebody_else"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reader_id}: {self.muted_id}"
