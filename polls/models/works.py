"""Works: titles an article uses as examples, or a reader names as a favourite."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from polls.models.discussions import Discussion
from polls.models.readers import Reader
from polls.models.tallies import Tally


class WorkQuerySet(models.QuerySet):
    def approved(self) -> Self:
        """The works everybody may see; a title a newcomer typed waits for an editor."""
        return self.filter(is_approved=True)


class Work(models.Model):
    """An anime, a book, a film."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True, null=True, blank=True)
    title = models.CharField(_("title"), max_length=120)
    native_title = models.CharField(_("title in its own script"), max_length=120, blank=True)
    native_lang = models.CharField(
        _("language of that title"), max_length=12, blank=True, help_text=_("For example ja.")
    )
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    maker = models.CharField(_("maker"), max_length=120, blank=True)
    form = models.CharField(_("form"), max_length=80, blank=True, help_text=_("Novel, film, …"))
    is_approved = models.BooleanField(_("approved"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("work")
        verbose_name_plural = _("works")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class WorkAlias(models.Model):
    """A spelling under which a work is found. Merging two works moves the aliases."""

    key = models.CharField(max_length=160, unique=True)
    title = models.CharField(_("spelling"), max_length=120)
    work = models.ForeignKey(Work, models.CASCADE, related_name="aliases")

    class Meta:
        verbose_name = _("spelling")
        verbose_name_plural = _("spellings")

    def __str__(self) -> str:
        return self.title


class Favourite(models.Model):
    """The one work a reader names on a discussion."""

    discussion = models.ForeignKey(Discussion, models.CASCADE, related_name="favourites")
    reader = models.ForeignKey(Reader, models.CASCADE, related_name="favourites")
    work = models.ForeignKey(Work, models.PROTECT, related_name="favourites")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("favourite")
        verbose_name_plural = _("favourites")
        constraints = [
            models.UniqueConstraint(
                fields=["discussion", "reader"], name="one_favourite_per_reader"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reader_id}: {self.work_id}"


class FavouriteTally(Tally):
    """How many readers name a work on a discussion."""

    discussion = models.ForeignKey(Discussion, models.CASCADE, related_name="favourite_tallies")
    work = models.ForeignKey(Work, models.CASCADE, related_name="tallies")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["discussion", "work", "shard"], name="favourite_tally_once_per_shard"
            )
        ]
