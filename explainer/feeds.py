"""The Atom feed and the sitemap: titles and standfirsts, never the text behind an advisory."""

from datetime import datetime

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from explainer.models import Article

LATEST = 20


class ArticleFeed(Feed):
    """The newest articles."""

    feed_type = Atom1Feed
    subtitle = gettext_lazy("Plain explainers, and what readers make of them.")

    def title(self) -> str:
        return settings.SITE_NAME

    def link(self) -> str:
        return settings.SITE_URL + reverse("home")

    def feed_url(self) -> str:
        return settings.SITE_URL + reverse("feed")

    def items(self) -> QuerySet[Article]:
        return Article.objects.public()[:LATEST]

    def item_title(self, item: Article) -> str:
        return item.title

    def item_description(self, item: Article) -> str:
        """As HTML: that is what Django says a summary is."""
        if not item.themes:
            return escape(item.standfirst)
        themes = _("Content advisory: %s.") % ", ".join(item.themes)
        return escape(f"{item.standfirst} {themes}")

    def item_link(self, item: Article) -> str:
        return settings.SITE_URL + item.get_absolute_url()

    def item_author_name(self, item: Article) -> str:
        return item.byline or settings.SITE_NAME

    def item_pubdate(self, item: Article) -> datetime:
        return item.published_at

    def item_updateddate(self, item: Article) -> datetime:
        return item.updated_at


class ArticleSitemap(Sitemap):
    """Every public article."""

    def items(self) -> QuerySet[Article]:
        return Article.objects.public()

    def lastmod(self, item: Article) -> datetime:
        return item.updated_at

    def get_urls(self, page: int = 1, site: object = None, protocol: str | None = None) -> list:
        """The addresses under SITE_URL, whatever host the request named."""
        scheme, _sep, host = settings.SITE_URL.partition("://")
        return super().get_urls(page, site=_Host(host), protocol=scheme)


class PageSitemap(ArticleSitemap):
    """The pages that stand once."""

    def items(self) -> list[str]:
        return ["home", "polls:topics", "about", "polls:rules", "privacy", "accessibility"]

    def location(self, item: str) -> str:
        return reverse(item)

    def lastmod(self, item: str) -> None:
        return None


class _Host:
    """What Django's Sitemap asks of a site: its domain."""

    def __init__(self, domain: str) -> None:
        self.domain = domain


SITEMAPS = {"articles": ArticleSitemap, "pages": PageSitemap}
