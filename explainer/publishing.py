"""Saving an article: the whole change, so that an admin form, a command and a test do the same."""

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from explainer.models import Article
from explainer.rendering import reading_minutes, render_article, sound
from polls.actions.discussions import delete_discussion, open_discussion, update_discussion
from polls.actions.revisions import touch
from polls.actions.topics import set_topic_status
from polls.errors import Refused
from polls.models import Topic

TEXTS = ("title", "kicker", "standfirst", "short_answer", "body", "byline", "advisory")


def render(article: Article) -> Article:
    """Fills `html`, `toc` and `minutes` from the Markdown, without saving."""
    for name in TEXTS:
        setattr(article, name, sound(getattr(article, name)))
    rendered = render_article(article.body)
    article.html = rendered.html
    article.toc = [[entry.anchor, entry.text] for entry in rendered.toc]
    article.minutes = reading_minutes(rendered.words)
    return article


@transaction.atomic
def save_article(
    article: Article, *, subject: str, actor: AbstractUser | None = None, intent_prompt: str = ""
) -> Article:
    """Stores an article with its rendered text, its discussion and the topic it answers.

    `subject` is how the thing is called in "How does … leave you?".
    """
    render(article)
    published = article.status == Article.Status.PUBLISHED
    facts = {
        "key": article.slug,
        "title": article.title,
        "subject": subject,
        "url": article.get_absolute_url(),
        "opens_at": article.published_at if published else None,
    }
    if article.discussion_id is None:
        article.discussion = open_discussion(**facts, intent_prompt=intent_prompt)
    old_url = article.discussion.url
    update_discussion(article.discussion, **facts, author=article.author)
    article.save()
    touch(article.discussion_id)
    _close_the_loop(article, old_url, actor)
    return article


def _close_the_loop(article: Article, old_url: str, actor: AbstractUser | None) -> None:
    """Links a topic to its article as long as the article is published and answers it."""
    url, since = article.get_absolute_url(), article.published_at
    answered = None
    if article.status == Article.Status.PUBLISHED:  # as it is now, not as a form read it
        answered = Topic.objects.filter(pk=article.answers_topic_id).first()
    linked = Topic.objects.filter(url__in=[old_url, url])
    for topic in linked.exclude(pk=answered.pk if answered else None):
        set_topic_status(topic=topic, status=Topic.Status.WRITING, actor=actor)
    if answered and (answered.url, answered.published_at) != (url, since):
        set_topic_status(
            topic=answered,
            status=Topic.Status.PUBLISHED,
            actor=actor,
            url=url,
            published_at=since,
        )


def publish_now(*, article: Article, actor: AbstractUser) -> Article:
    """Publishes a draft, or a scheduled article before its time. Refused when it is public."""
    if article.is_public:
        raise Refused(_("It is published already."))
    article.status, article.published_at = Article.Status.PUBLISHED, timezone.now()
    return save_article(article, subject=article.discussion.subject, actor=actor)


def back_to_draft(*, article: Article, actor: AbstractUser) -> Article:
    """Takes an article and its discussion off the site; what readers said and answered stays."""
    if article.status == Article.Status.DRAFT:
        raise Refused(_("It is a draft already."))
    article.status = Article.Status.DRAFT
    return save_article(article, subject=article.discussion.subject, actor=actor)


@transaction.atomic
def delete_article(*, article: Article, actor: AbstractUser) -> None:
    """Deletes an article with its discussion.

    Raises Refused once somebody answered or commented there.
    """
    discussion, url = article.discussion, article.get_absolute_url()
    article.delete()
    delete_discussion(discussion=discussion)  # before the topic: a voter is held before theirs
    for topic in Topic.objects.filter(url=url):
        set_topic_status(topic=topic, status=Topic.Status.WRITING, actor=actor)
