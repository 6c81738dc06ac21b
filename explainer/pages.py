"""What the article page and the home page show: gathered here, drawn by the templates."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from explainer.models import Article, Example
from explainer.rendering import render_inline, split_examples
from polls.models import Discussion, Reader
from polls.queries import comments, topics
from polls.queries.moods import Mood, mood_of, moods
from polls.queries.questions import Poll
from polls.queries.topics import TopicRow
from polls.views._asked import wanted_by
from polls.views._talk import talk_for
from polls.views.topics import suggest_for
from polls.views.works import favourite_for

ENTRIES = 10


@dataclass(frozen=True)
class Entry:
    """An article as a list shows it."""

    article: Article
    mood: Mood
    comment_count: int

    @property
    def url(self) -> str:
        return self.article.get_absolute_url()


@dataclass(frozen=True)
class Home:
    latest: Entry | None
    earlier: list[Entry]
    topics: list[TopicRow]
    older_page: int | None
    newer_page: int | None


def home(reader: Reader, page: int) -> Home:
    """The newest articles with their mood bars, in a fixed number of queries."""
    start = (page - 1) * ENTRIES
    articles = Article.objects.public().select_related("discussion")
    found = list(
        articles.prefetch_related("discussion__questions__choices")[start : start + ENTRIES + 1]
    )
    has_more, found = len(found) > ENTRIES, found[:ENTRIES]
    discussions = [article.discussion for article in found]
    bars, counts = moods(discussions), comments.totals([row.pk for row in discussions])
    entries = [
        Entry(article, bars[article.discussion_id], counts.get(article.discussion_id, 0))
        for article in found
    ]
    first = entries[:1] if page == 1 else []
    return Home(
        latest=first[0] if first else None,
        earlier=entries[len(first) :],
        topics=topics.top(reader),
        older_page=page + 1 if has_more else None,
        newer_page=page - 1 if page > 1 else None,
    )


def blocks(article: Article, examples: list[Example]) -> list[str | Example]:
    """The text of an article, cut where a card stands; cards the text does not place come last."""
    cards = {example.work.slug or str(example.work_id): example for example in examples}
    for number, example in enumerate(examples, start=1):
        example.number = number
    found: list[str | Example] = []
    for piece in split_examples(article.html):
        if isinstance(piece, str):
            found.append(piece)
        elif piece.slug in cards:
            found.append(cards.pop(piece.slug))
    return found + list(cards.values())


def article_context(request: HttpRequest, article: Article, examples: list[Example]) -> dict:
    """Everything `explainer/article.html` shows, for the reader who asks; nothing is kept of it."""
    discussion, reader = article.discussion, request.reader
    poll = Poll(discussion, reader)
    talk = talk_for(discussion, reader, wanted_by(request))
    return {
        **shell_context(article, examples, next_article(article), talk.total),
        "before": poll.before(changing=request.GET.get("change") == "before"),
        "card": poll.card(),
        "printed": mood_of(poll) if poll.has_reacted() else None,
        "favourite": favourite_for(discussion, reader),
        "suggest": suggest_for(reader, discussion),
        "talk": talk,
    }


def shell_context(
    article: Article, examples: list[Example], following: Article | None, comment_count: int
) -> dict:
    """What is around the questions and the comments, the same for every reader."""
    return {
        "article": article,
        "short_answer": render_inline(article.short_answer),
        "blocks": blocks(article, examples),
        "comment_count": comment_count,
        "next": following,
        "structured_data": structured_data(article, comment_count),
        "is_hidden": article.discussion.state == Discussion.State.HIDDEN,
    }


def next_article(article: Article) -> Article | None:
    """The one published before this, for who wants to read on; at the oldest, the newest."""
    others = Article.objects.public().exclude(pk=article.pk)
    if article.published_at is None:
        return others.first()
    return others.filter(published_at__lte=article.published_at).first() or others.first()


def structured_data(article: Article, comment_count: int) -> dict[str, object]:
    """The schema.org description: what a preview may say, never the text."""
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": article.title,
        "description": article.standfirst,
        "url": settings.SITE_URL + article.get_absolute_url(),
        "author": {"@type": "Person", "name": article.byline or settings.SITE_NAME},
        "publisher": {"@type": "Organization", "name": settings.SITE_NAME},
        "dateModified": article.updated_at.isoformat() if article.updated_at else None,
        "commentCount": comment_count,
        "isFamilyFriendly": not article.themes,
    }
    if article.published_at:
        data["datePublished"] = article.published_at.isoformat()
    return data
