"""Words that hold or stop a comment."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ListedWord(models.Model):
    """A word or phrase of the operator's lists, found as whole words however it is written."""

    class Kind(models.TextChoices):
        SUSPECT = "suspect", _("Suspect: a moderator reads the comment first")
        BANNED = "banned", _("Banned: the comment is not taken")

    word = models.CharField(_("word or phrase"), max_length=60)
    # As rules.wordlists folds it: case, accents and look-alikes are gone.
    folded = models.CharField(max_length=80, unique=True, editable=False)
    kind = models.CharField(_("list"), max_length=8, choices=Kind, default=Kind.SUSPECT)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("listed word")
        verbose_name_plural = _("listed words")
        ordering = ["word"]

    def __str__(self) -> str:
        return self.word
