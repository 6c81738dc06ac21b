"""Small things to test with, made the way the site makes them: plain functions, one per noun."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from unittest.mock import patch

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from explainer.models import Article, Example
from explainer.publishing import save_article
from polls.actions._ballots import keeping_crosstabs
from polls.actions._comments import set_state
from polls.actions.comments import post_comment
from polls.actions.questions import answer_question
from polls.actions.revisions import touch
from polls.actions.stamps import make_stamp
from polls.actions.topics import set_topic_status, suggest_topic
from polls.actions.votes import vote_comment
from polls.actions.works import find_or_make_work
from polls.models import (
    Ballot,
    BallotTally,
    Choice,
    Comment,
    CommentTally,
    CommentVote,
    Discussion,
    LimitCount,
    Question,
    Reader,
    Topic,
    Work,
)
from polls.models.questions import REACTION, Stage
from polls.models.tallies import shard_of
from polls.rules import threads
from polls.rules.text import render_comment

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
BODY = """\
Isekai sends somebody to another world.

## Where it comes from

The word is Japanese: [異世界]{lang=ja}.

## Why readers quarrel

Some call it an escape.
"""

_numbers = count(1)


def number() -> int:
    """A number that no other thing of this test run has."""
    return next(_numbers)


def addresses() -> Iterator[str]:
    """Client addresses, all different, from the networks kept for documentation."""
    return (f"198.51.{n // 250 % 250}.{n % 250 + 1}" for n in count(1))


_addresses = addresses()


def make_article(
    title: str = "What is isekai?",
    *,
    slug: str = "isekai",
    subject: str = "isekai",
    advisory: str = "",
    body: str = BODY,
    status: str = Article.Status.PUBLISHED,
    published_at: datetime | None = None,
    **more: object,
) -> Article:
    """An article with its discussion, published long ago unless said otherwise."""
    return save_article(
        Article(
            title=title,
            slug=slug,
            standfirst=more.pop("standfirst", "Stories about somebody who wakes up elsewhere."),
            short_answer=more.pop("short_answer", "A story about another world."),
            byline=more.pop("byline", "Ed Itor"),
            body=body,
            advisory=advisory,
            status=status,
            published_at=published_at or LONG_AGO,
            **more,
        ),
        subject=subject,
    )


def make_articles(how_many: int, **facts: object) -> list[Article]:
    """That many articles, each with its own address."""
    return [make_article(f"What is {n}?", slug=f"article-{n}", **facts) for n in range(how_many)]


def make_user(username: str, *, is_staff: bool = False, is_superuser: bool = False) -> AbstractUser:
    """An account with the password "a long password"."""
    return get_user_model().objects.create_user(
        username,
        f"{username}@example.org",
        "a long password",
        is_staff=is_staff,
        is_superuser=is_superuser,
    )


def make_reader(name: str = "Ann", *, user: AbstractUser | None = None) -> Reader:
    """Somebody who has acted before."""
    return Reader.objects.create(name=name, user=user)


def make_readers(how_many: int) -> list[Reader]:
    """That many readers."""
    return Reader.objects.bulk_create([Reader(name=f"Reader {n}") for n in range(how_many)])


def trust(reader: Reader) -> Reader:
    """Lets a reader's next comments appear at once: two approved comments stand elsewhere."""
    elsewhere = make_article("What is trust?", slug=f"trust-{number()}").discussion
    for _ in range(2):
        make_comment(elsewhere, reader, f"Comment {number()}")
    return reader


def question_of(discussion: Discussion, key: str = REACTION) -> Question:
    """A question of a discussion, by its key."""
    return Question.objects.select_related("discussion").get(discussion=discussion, key=key)


def choice_of(discussion: Discussion, key: str, question: str = REACTION) -> Choice:
    """A choice of a question, by its key."""
    return Choice.objects.get(question__discussion=discussion, question__key=question, key=key)


def answer(
    discussion: Discussion,
    reader: Reader,
    choice: str,
    *,
    question: str = REACTION,
    stage: str = Stage.AFTER,
    address: str = "",
) -> Ballot | None:
    """A reader's answer, from an address of its own; "" withdraws it."""
    return answer_question(
        question=question_of(discussion, question),
        choice_key=choice,
        stage=stage,
        reader=reader,
        address=address or next(_addresses),
    )


def answers(
    discussion: Discussion, question: str = REACTION, stage: str = Stage.AFTER, **counts: int
) -> list[Reader]:
    """So many answers of each choice, each by a reader of its own: answers(d, happy=12, sad=3)."""
    readers = []
    for choice, how_many in counts.items():
        for reader in make_readers(how_many):
            answer(discussion, reader, choice, question=question, stage=stage)
            readers.append(reader)
    return readers


def crowd(discussion: Discussion, **camps: tuple[int, int]) -> None:
    """Readers who answered both questions: crowd(d, sad=(5, 15)) is 20 sad ones, 5 will try it."""
    for camp, (tries, stays) in camps.items():
        for intent, how_many in (("try", tries), ("stay_away", stays)):
            readers = make_readers(how_many)
            with keeping_crosstabs(readers):
                _bulk_answer(readers, choice_of(discussion, camp))
                _bulk_answer(readers, choice_of(discussion, intent, "intent"))


def _bulk_answer(readers: list[Reader], choice: Choice) -> None:
    ballots = [
        Ballot(question=choice.question, reader=reader, stage=Stage.AFTER, choice=choice)
        for reader in readers
    ]
    Ballot.objects.bulk_create(ballots)
    for shard, how_many in Counter(shard_of(reader.pk) for reader in readers).items():
        BallotTally.objects.move(how_many, choice_id=choice.pk, stage=Stage.AFTER, shard=shard)
    touch(choice.question.discussion_id)


def make_comment(
    discussion: Discussion,
    reader: Reader | None = None,
    text: str = "",
    *,
    parent: Comment | None = None,
    state: str = Comment.State.PUBLISHED,
    show_reaction: bool = True,
) -> Comment:
    """A comment in the state asked for, by somebody new unless a reader is given.

    No speed limit meets it, it counts for none, and the log says nothing of it.
    """
    reader = reader or make_reader(f"Reader {number()}")
    body = text or f"Comment {number()}"
    with transaction.atomic(), unlimited(), patch("polls.actions._posting.note_comment"):
        comment = post_comment(
            discussion=discussion,
            reader=reader,
            body=body,
            name=reader.name or "Somebody",
            show_reaction=show_reaction,
            parent=parent,
            address=next(_addresses),
            stamp=make_old_stamp(),
        )
        if comment.state != state:
            set_state(comment, state, held_reason="")
    return comment


def make_old_stamp() -> str:
    """What a form carries that was drawn a minute ago."""
    return make_stamp(timezone.now() - timedelta(minutes=1))


@contextmanager
def unlimited() -> Iterator[None]:
    """Forgets what is counted in its block, so that a test's own acts start from nothing."""
    before = list(LimitCount.objects.all())
    LimitCount.objects.all().delete()
    yield
    LimitCount.objects.all().delete()
    LimitCount.objects.bulk_create(before)


def make_comments(
    discussion: Discussion, how_many: int, parent: Comment | None = None
) -> list[Comment]:
    """That many published comments at once, oldest first, each by somebody else."""
    comments = Comment.objects.bulk_create(
        Comment(
            discussion=discussion,
            reader=reader,
            parent=parent,
            root=(parent.root or parent) if parent else None,
            name=reader.name,
            text=(body := f"Comment {number()}"),
            html=render_comment(body),
            state=Comment.State.PUBLISHED,
            published_at=timezone.now(),
        )
        for reader in make_readers(how_many)
    )
    for comment in comments:
        comment.path = threads.path(parent.path if parent else "", comment.pk)
    Comment.objects.bulk_update(comments, ["path"])
    above = threads.ancestors(comments[0].path) if comments else []
    Comment.objects.filter(pk__in=above).update(reply_count=F("reply_count") + how_many)
    for shard, moved in Counter(shard_of(comment.reader_id) for comment in comments).items():
        CommentTally.objects.move(moved, discussion_id=discussion.pk, camp_id=0, shard=shard)
    touch(discussion.pk)
    return comments


def make_topic(
    title: str = "",
    *,
    status: str = Topic.Status.OPEN,
    votes: int = 1,
    reader: Reader | None = None,
    reason: str = "",
) -> Topic:
    """A topic in the status asked for, with so many votes (the suggestion is the first)."""
    with transaction.atomic(), unlimited():
        topic = suggest_topic(
            title=title or f"topic {number()}",
            note="",
            reader=reader or make_reader(),
            anyway=True,
        )
    if status != Topic.Status.PENDING:
        set_topic_status(topic=topic, status=status, actor=None, reason=reason)
    for voter in make_readers(votes - 1):
        topic.votes.create(reader=voter)
    Topic.objects.filter(pk=topic.pk).update(vote_count=votes)
    topic.refresh_from_db()
    return topic


def make_work(
    title: str = "The Twelve Kingdoms", *, approved: bool = True, **facts: object
) -> Work:
    """A work known under its title."""
    return find_or_make_work(title, approved=approved, **facts)


def make_example(
    article: Article, work: Work, sentence: str = "It is the plainest one."
) -> Example:
    """An example card of an article."""
    return Example.objects.create(article=article, work=work, sentence=sentence, position=number())


def everything_stored() -> dict[str, list[tuple]]:
    """Every row of every table of the site, to compare or to search."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta.db_table
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows = [tuple(_plain(value) for value in row) for row in cursor.fetchall()]
            found[table] = sorted(rows, key=repr)
    return found


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


def is_stored(text: str) -> bool:
    """Whether a piece of text stands anywhere in the database."""
    return any(
        text in str(value) for rows in everything_stored().values() for row in rows for value in row
    )


def make_crowded(discussion: Discussion, roots: int, replies: int) -> list[Comment]:
    """That many threads, the first of them with so many replies, all by a few readers.

    Every fourth has each reaction or none; most have no vote, as in life, so most scores are the
    same. For what must not cost more in a crowd; nothing is counted in the tallies but the total.
    """
    readers = make_readers(20)
    camps = [choice_of(discussion, camp) for camp in ("enraged", "sad", "happy")]
    start = (Comment.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    made = []
    for n in range(roots + replies):
        pk, is_reply = start + n, n >= roots
        camp = [*camps, None][n % 4]
        score = 0.3 + n % 7 / 10 if n % 10 == 3 else 0.5
        made.append(
            Comment(
                pk=pk,
                discussion=discussion,
                reader=readers[n % 20],
                parent_id=start if is_reply else None,
                root_id=start if is_reply else None,
                path=threads.path(threads.path("", start) if is_reply else "", pk),
                name=readers[n % 20].name,
                camp=camp,
                html="<p>Said.</p>",
                text="Said.",
                state=Comment.State.PUBLISHED,
                published_at=timezone.now(),
                reply_count=replies if n == 0 else 0,
                score=score,
                own_rate=score if camp else 0.5,
                sad_yes=n % 10 == 3,
            )
        )
    Comment.objects.bulk_create(made, batch_size=1000)
    for camp in (*camps, None):
        CommentTally.objects.move(
            len(made) // 4, discussion_id=discussion.pk, camp_id=camp.pk if camp else 0, shard=0
        )
    touch(discussion.pk)
    return made


def vote(comment: Comment, reader: Reader, said: str) -> CommentVote | None:
    """A reader's "good" or "not" on a comment, or "" to withdraw it. No speed limit meets it."""
    with transaction.atomic(), unlimited():
        return vote_comment(comment=comment, reader=reader, vote=said)


def vote_much(comment: Comment, **camps: tuple[int, int]) -> Comment:
    """So many (yes, no) of each camp, by readers of their own: vote_much(c, sad=(9, 2)).

    A badge they earn is old enough to be shown.
    """
    for camp, (yes, no) in camps.items():
        choice = choice_of(comment.discussion, camp)
        for n, reader in enumerate(make_readers(yes + no)):
            Ballot.objects.create(
                question=choice.question, reader=reader, stage=Stage.AFTER, choice=choice
            )
            BallotTally.objects.move(
                1, choice_id=choice.pk, stage=Stage.AFTER, shard=shard_of(reader.pk)
            )
            vote(comment, reader, "good" if n < yes else "not")
    Comment.objects.filter(pk=comment.pk, badge_since__isnull=False).update(badge_since=LONG_AGO)
    comment.refresh_from_db()
    return comment
