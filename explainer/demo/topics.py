"""What invented readers want explained next."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from explainer.demo.scripts import read
from explainer.demo.storing import Person, kept_times
from explainer.models import Article
from polls.models import Discussion, Topic, TopicAlias, TopicVote
from polls.rules import topics

SPAN = timedelta(days=60)


def store_topics(
    readers: Sequence[Person], discussions: Sequence[Discussion], rng: Random, now: datetime
) -> int:
    """Adds each topic of the script that nobody has suggested, and returns how many."""
    wanted = read("topics")["topics"]
    known = set(TopicAlias.objects.values_list("key", flat=True))
    fresh = [facts for facts in wanted if topics.key(facts["title"]) not in known]
    with kept_times(Topic, TopicVote):
        for facts in fresh:
            voters = rng.sample(list(readers), min(facts["votes"], len(readers)))
            age = 1 if "article" in facts else rng.uniform(0.1, 0.9)
            _store(facts, voters, rng.choice(discussions), now - age * SPAN, rng)
    return len(fresh)


def _store(
    facts: dict, voters: list[Person], discussion: Discussion, begun: datetime, rng: Random
) -> None:
    article = (
        Article.objects.public().filter(slug=facts.get("article", ""), answers_topic=None).first()
    )
    is_answered = facts["status"] != Topic.Status.PUBLISHED or article
    topic = Topic.objects.create(
        title=facts["title"],
        note=facts.get("note", ""),
        status=facts["status"] if is_answered else Topic.Status.OPEN,
        declined_reason=facts.get("reason", ""),
        url=article.get_absolute_url() if article else "",
        reader_id=voters[0].pk,
        discussion=discussion,
        vote_count=len(voters),
        merged_count=len(facts.get("wordings", [])),
        created_at=begun,
    )
    if article:
        Article.objects.filter(pk=article.pk).update(answers_topic=topic)
    _store_wordings(topic, [facts["title"], *facts.get("wordings", [])])
    votes = [
        TopicVote(topic=topic, reader_id=reader.pk, created_at=begun + rng.random() * SPAN / 10)
        for reader in voters
    ]
    TopicVote.objects.bulk_create(votes)


def _store_wordings(topic: Topic, wordings: list[str]) -> None:
    rows = [TopicAlias(key=topics.key(title), title=title, topic=topic) for title in wordings]
    TopicAlias.objects.bulk_create(rows, ignore_conflicts=True)
