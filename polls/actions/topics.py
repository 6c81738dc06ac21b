"""Suggesting a topic, voting for one, and what editors do with them."""

from contextlib import suppress
from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from polls.actions import limits
from polls.actions._aliases import fitting_key, hold, hold_for_merge, merged_sentence
from polls.actions._topic_votes import move, withdraw_votes
from polls.actions.moderation import DecidedAlready
from polls.actions.readers import act, lock_reader
from polls.actions.revisions import touch_site
from polls.errors import Closed, Refused
from polls.models import (
    Discussion,
    ModerationEntry,
    Reader,
    Topic,
    TopicAlias,
    TopicVote,
    statements,
)
from polls.queries import topics as queries
from polls.rules import text, topics
from polls.rules.limits import ANSWERS, TOPIC_VOTES_OF_ADDRESS, TOPICS, TOPICS_OF_ADDRESS

NOTE_LENGTH = 300


class AlreadyAsked(Refused):
    """There are topics like this one; `similar` are the rows to offer."""

    def __init__(self, similar: list[Topic]) -> None:
        super().__init__(_("Already asked?"), field="title")
        self.similar = similar


@act
def suggest_topic(
    *,
    title: str,
    note: str,
    reader: Reader,
    anyway: bool,
    discussion: Discussion | None = None,
    address: str | None = None,
) -> Topic:
    """Puts “What’s `title`?” on the list with this reader's vote; a known one only gets the vote.

    A new topic waits for a moderator. Raises AlreadyAsked when others are like it, unless the
    reader says `anyway`, and TooSoon for speed: the reader's, or that of their `address` (None: it
    came over no network).
    """
    least, most = topics.TITLE_LENGTH
    title = text.clean_line(topics.strip_question(title), least=least, most=most)
    note = text.clean_line(note, least=0, most=NOTE_LENGTH, field="note")
    key = fitting_key(topics.key(title))
    house = limits.house_of(address)
    row = lock_reader(reader)
    limits.check_reader(row, ANSWERS, TOPIC_VOTES_OF_ADDRESS, house)  # it is a vote as well
    if known := _known(key):
        return _join(known, row)
    similar = [] if anyway else queries.similar(title)
    if similar:
        raise AlreadyAsked(similar)
    limits.check_reader(row, TOPICS, TOPICS_OF_ADDRESS, house)
    if discussion:  # its page may have been deleted meanwhile
        discussion = statements.find(Discussion, id=discussion.pk)
    topic = Topic.objects.create(title=title, note=note, reader=row, discussion=discussion)
    _alias, made = TopicAlias.objects.get_or_create(
        key=key, defaults={"title": title, "topic": topic}
    )
    if not made:  # somebody else asked in the same moment
        topic.delete()
        topic = _known(key)
    return _join(topic, row)


def _known(key: str) -> Topic | None:
    """The topic that has a wording, held."""
    while alias := TopicAlias.objects.filter(key=key).select_related("topic").first():
        with suppress(Closed):  # merged in this moment: its wording leads to the other by now
            hold(alias.topic)
            return alias.topic
    return None


def _join(topic: Topic, reader: Reader) -> Topic:
    """A reader's vote for the topic they asked for; one that is decided takes none and says so."""
    sentences = {
        Topic.Status.PUBLISHED: _("“%(title)s” is published already. You find it in the list."),
        Topic.Status.DECLINED: _("“%(title)s” was declined: %(reason)s"),
        Topic.Status.REJECTED: _("A moderator has turned “%(title)s” down."),
    }
    if topic.status in sentences:
        words = {"title": topic.title, "reason": topic.declined_reason}
        raise Refused(sentences[topic.status] % words, field="title")
    _vote(topic, reader)
    return topic


@act
def vote_topic(*, topic: Topic, reader: Reader, wanted: bool, address: str | None = None) -> Topic:
    """Sets whether this reader wants a topic; saying the same again changes nothing."""
    if reader.is_new and not wanted:
        return topic
    house = limits.house_of(address)
    row = lock_reader(reader)
    limits.check_reader(row, ANSWERS, TOPIC_VOTES_OF_ADDRESS, house)
    hold(topic)  # until the vote stands: a merge in the same moment would take the topic away
    if topic.standing not in topics.VOTABLE:
        raise Closed(_("This topic is no longer open for votes."))
    _vote(topic, row) if wanted else _withdraw(topic, row)
    return topic


def _vote(topic: Topic, reader: Reader) -> None:
    if topic.votes.filter(reader=reader).exists():
        return
    TopicVote.objects.create(topic=topic, reader=reader)
    move(topic.pk, +1)
    topic.refresh_from_db(fields=["vote_count"])


def _withdraw(topic: Topic, reader: Reader) -> None:
    if withdraw_votes(topic.votes.filter(reader=reader)):
        topic.refresh_from_db(fields=["vote_count"])


@transaction.atomic
def set_topic_status(
    *,
    topic: Topic,
    status: str,
    actor: AbstractUser | None,
    reason: str = "",
    url: str = "",
    published_at: datetime | None = None,
) -> Topic:
    """Moves a topic along: approved, being written, published with an address, declined because.

    `url` and `published_at` say where its article is public, and from when. Logged when it moves.

    Raises Refused for a step the rules do not know, for declining without a reason, and when
    somebody else has moved it since `topic` was read.
    """
    is_declined = status == Topic.Status.DECLINED
    if is_declined and not reason:
        raise Refused(_("Say why it is declined: readers are shown the reason."))
    seen = topic.status
    hold(topic)
    facts = {
        "status": status,
        "url": url,
        "published_at": published_at,
        "declined_reason": reason if is_declined else "",
    }
    if all(getattr(topic, name) == value for name, value in facts.items()):
        return topic
    if topic.status != seen:
        raise DecidedAlready
    topics.check_transition(topic.status, status)
    return _move(topic, facts, actor, reason)


def _move(topic: Topic, facts: dict, actor: AbstractUser | None, reason: str) -> Topic:
    for name, value in facts.items():
        setattr(topic, name, value)
    topic.save(update_fields=list(facts))
    touch_site()
    ModerationEntry.objects.create(
        actor=actor, act=f"topic_{topic.status}", topic=topic, reason=reason
    )
    return topic


@transaction.atomic
def merge_topics(*, source: Topic, target: Topic, actor: AbstractUser) -> Topic:
    """Makes `source` a wording of `target`. The voters become one set: nobody counts twice."""
    if source.pk == target.pk:
        raise Refused(_("A topic cannot be merged with itself."))
    hold_for_merge(source, target, source.votes.all())
    if source.url:
        raise Refused(_("“%s” has its article already; merge the other way round.") % source)
    already = target.votes.values("reader_id")
    fresh = source.votes.exclude(reader_id__in=already)
    moved = fresh.filter(is_held=False).count()
    fresh.update(topic=target)
    source.votes.all().delete()
    source.aliases.update(topic=target)
    Topic.objects.filter(pk=target.pk).update(
        vote_count=F("vote_count") + moved, merged_count=F("merged_count") + 1 + source.merged_count
    )
    ModerationEntry.objects.create(
        actor=actor, act="merge_topics", topic=target, reason=merged_sentence(source, target)
    )
    source.delete()
    touch_site()
    target.refresh_from_db()
    return target


@transaction.atomic
def retitle_topic(*, topic: Topic, title: str, actor: AbstractUser) -> Topic:
    """Corrects how a topic is written; it is found under the old wording too.

    Raises Refused when another topic has that wording.
    """
    least, most = topics.TITLE_LENGTH
    title = text.clean_line(topics.strip_question(title), least=least, most=most)
    hold(topic)
    alias, _made = TopicAlias.objects.get_or_create(
        key=fitting_key(topics.key(title)), defaults={"title": title, "topic": topic}
    )
    if alias.topic_id != topic.pk:
        raise Refused(_("“%s” is another topic already: merge the two.") % title, field="title")
    if topic.title != title:
        entry = _("“%(old)s” is now “%(new)s”") % {"old": topic.title, "new": title}
        topic.title = title
        topic.save(update_fields=["title"])
        touch_site()
        ModerationEntry.objects.create(
            actor=actor, act="retitle_topic", topic=topic, reason=entry[:200]
        )
    return topic
