"""Articles and the works they show as examples."""

from typing import Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from polls.models import Discussion, Topic, Work


class ArticleQuerySet(models.QuerySet):
    def public(self) -> Self:
        """What anybody may read by now, newest first."""
        published = self.filter(status=Article.Status.PUBLISHED, published_at__lte=timezone.now())
        return published.order_by("-published_at", "-id")


class Article(models.Model):
    """An explainer: “What is …?”."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published, or scheduled when its time is still to come")

    title = models.CharField(_("title"), max_length=120, help_text=_("“What is isekai?”"))
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    kicker = models.CharField(_("series"), max_length=60, blank=True)
    standfirst = models.CharField(
        _("standfirst"),
        max_length=400,
        help_text=_("One or two sentences, also shown in lists, previews and the feed."),
    )
    short_answer = models.TextField(_("the short answer"), blank=True)
    body = models.TextField(
        _("text"),
        help_text=_(
            "Markdown. “::: note Title” and “::: example slug” open a margin note and an example "
            "card, “:::” closes them; [異世界]{lang=ja} marks foreign words."
        ),
    )
    byline = models.CharField(_("byline"), max_length=80, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        help_text=_("Their comments below this article carry the tag “Author”."),
        verbose_name=_("author"),
    )
    advisory = models.TextField(
        _("content advisory"),
        blank=True,
        help_text=_("One theme a line. Who has not accepted them sees the advisory page first."),
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    published_at = models.DateTimeField(_("publication time"), null=True, blank=True)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)
    # The discussion is made with the article and outlives no article that somebody answered.
    discussion = models.OneToOneField(
        Discussion, models.PROTECT, related_name="article", editable=False
    )
    answers_topic = models.OneToOneField(
        Topic,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="article",
        verbose_name=_("answers the topic"),
    )
    # Written by explainer.publishing from `body`.
    html = models.TextField(editable=False)
    toc = models.JSONField(editable=False, default=list)
    minutes = models.PositiveSmallIntegerField(editable=False, default=1)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="draft") | models.Q(published_at__isnull=False),
                name="published_article_has_a_time",
            )
        ]
        indexes = [models.Index(fields=["status", "-published_at"], name="article_newest")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("article", args=[self.slug])

    @property
    def themes(self) -> list[str]:
        """The lines of the content advisory; empty for an article without one."""
        return [line.strip() for line in self.advisory.splitlines() if line.strip()]

    @property
    def is_public(self) -> bool:
        return self.status == self.Status.PUBLISHED and self.published_at <= timezone.now()


class Example(models.Model):
    """An example card: a work, and the sentence that says why it stands here."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="examples")
    work = models.ForeignKey(Work, models.PROTECT, related_name="examples", verbose_name=_("work"))
    sentence = models.CharField(_("sentence"), max_length=400)
    facts = models.TextField(
        _("facts"), max_length=300, blank=True, help_text=_("Short tags, one a line.")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("example")
        verbose_name_plural = _("examples")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["article", "work"], name="work_once_per_article")
        ]

    def __str__(self) -> str:
        return str(self.work)

    @property
    def tags(self) -> list[str]:
        return [fact.strip() for fact in self.facts.splitlines() if fact.strip()]
