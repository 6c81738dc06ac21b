"""What an editor puts forward."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from polls.models.comments import Comment
from polls.models.discussions import Discussion


class Pick(models.Model):
    """An editor's pick: marked with who chose it, and pinned to the top where asked for."""

    comment = models.OneToOneField(Comment, models.CASCADE, related_name="pick")
    discussion = models.ForeignKey(Discussion, models.CASCADE, related_name="picks")
    # The key of the reaction shown with the comment, "" for none. One pick of each.
    camp = models.CharField(max_length=40, blank=True)
    is_pinned = models.BooleanField(_("pinned"), default=False)
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("editor’s pick")
        verbose_name_plural = _("editors’ picks")
        constraints = [
            models.UniqueConstraint(fields=["discussion", "camp"], name="one_pick_per_camp")
        ]

    def __str__(self) -> str:
        return str(self.comment)
