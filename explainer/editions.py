"""What everybody reads of one article: kept in this process until something public changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from django.db.models import Min
from django.http import Http404
from django.utils import timezone

from explainer.models import Article, Example
from explainer.pages import next_article
from polls.pieces import store
from polls.queries.afterwords import Afterword
from polls.queries.revisions import SITE, of_discussion, revision

# What no act counts (a name changed on the account page, a row mended by hand) shows this late.
MOST_AGE = timedelta(minutes=1)
# A rough weight for the store: the text twice, and the rows of questions, works and topics.
WEIGHT = 50_000  # bytes

_serials = count(1)


@dataclass(frozen=True)
class Edition:
    """An article and its afterword at one `revision`; nobody's own. Good `until` a moment.

    No two have the same `serial`.
    """

    article: Article
    examples: list[Example]
    next: Article | None
    afterword: Afterword
    revision: int
    until: datetime
    serial: int


def edition_of(slug: str) -> Edition:
    """The article as it stands now: in one query while nothing has changed. Http404 for none."""
    key = ("edition", slug)
    found = store.get(key)
    if found is not None and found.revision == _revision(found.article.discussion_id):
        return found
    found = _read(slug)
    store.put(key, found, WEIGHT + 2 * len(found.article.html), found.until.timestamp())
    return found


def _revision(discussion_id: int) -> int:
    return revision(of_discussion(discussion_id), SITE)


def _read(slug: str) -> Edition:
    articles = Article.objects.public().filter(slug=slug)
    discussion_id = articles.values_list("discussion_id", flat=True).first()
    if discussion_id is None:
        raise Http404
    # Before all it counts for: what changes meanwhile is read once more, never kept as the newest.
    at = _revision(discussion_id)
    article = articles.select_related("discussion", "author").first()
    if article is None:
        raise Http404
    afterword = Afterword.read(article.discussion)
    return Edition(
        article=article,
        examples=list(article.examples.select_related("work")),
        next=next_article(article),
        afterword=afterword,
        revision=at,
        until=_until(afterword),
        serial=next(_serials),
    )


def _until(afterword: Afterword) -> datetime:
    """When it must be read again though nobody does anything: time itself changes pages."""
    now = timezone.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    scheduled = Article.objects.filter(status=Article.Status.PUBLISHED, published_at__gt=now)
    return _first(
        now + MOST_AGE,
        midnight + timedelta(days=1),
        afterword.changes_at(now),
        scheduled.aggregate(first=Min("published_at"))["first"],
    )


def _first(*moments: datetime | None) -> datetime:
    given: Iterable[datetime] = (moment for moment in moments if moment)
    return min(given)
