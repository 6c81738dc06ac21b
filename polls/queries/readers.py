"""Who is asking, and what they have said so far."""

import uuid
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.urls import reverse
from django.utils.translation import gettext as _

from polls.models import (
    Ballot,
    Burst,
    Comment,
    CommentVote,
    Favourite,
    Reader,
    Topic,
    statements,
)
from polls.queries import topics
from polls.queries.aside import waiting_words
from polls.queries.comments import permalink
from polls.queries.nodes import tombstone, waiting_note
from polls.queries.removals import went_along
from polls.queries.topics import TopicRow
from polls.rules.moderation import may_appeal


def find_reader(
    key: uuid.UUID | None,
    user: AbstractBaseUser | AnonymousUser,
    proposed: uuid.UUID | None = None,
) -> Reader:
    """The reader of a cookie and an account; an unsaved one for somebody who has only looked.

    `proposed` is the key that a first act brings along, so that the same act sent twice is one
    reader's. It counts for somebody without a cookie.

    An account brings its own reader. One who signs in for the first time takes along what they
    did as a guest in this browser; a cookie that belongs to another account is not theirs.
    """
    readers = Reader.objects.select_related("user")
    if user.is_authenticated:
        own = readers.filter(user=user).first()
        if own:
            return own
        guest = readers.filter(key=key, user=None).first() if key else None
        guest = guest or Reader()
        guest.user, guest.is_claimed_now = user, True
        return guest
    key = key or proposed
    found = statements.find(Reader, key=key, user_id=None) if key else None
    return found or (Reader(key=proposed) if key and key == proposed else Reader())


@dataclass(frozen=True)
class Said:
    """One of a reader's own comments, with what became of it."""

    html: str
    created_at: object
    title: str
    permalink: str
    state: str
    state_label: str
    reason: str
    # Where the decision on it stands, "" while there is nothing to know; and whether that page
    # takes an appeal.
    decision_url: str
    can_appeal: bool


@dataclass(frozen=True)
class Answered:
    """One of a reader's own answers; `aside` says why it is not counted, "" when it is."""

    title: str
    url: str
    label: str
    stage: str
    aside: str


@dataclass(frozen=True)
class Me:
    """Everything one reader said and answered."""

    name: str
    answers: list[Answered]
    # The votes on comments that are not counted: (title, the comment's address, why).
    votes_aside: list[tuple[str, str, str]]
    comments: list[Said]
    favourites: list[tuple[object, str, str]]
    topics: list[TopicRow]
    wanted: list[TopicRow]
    # Whom this reader does not want to read: (id, name).
    muted: list[tuple[int, str]]

    @property
    def is_empty(self) -> bool:
        said = self.answers or self.votes_aside or self.comments or self.favourites
        return not (said or self.topics or self.wanted or self.muted)


LATEST = 100


def me(reader: Reader) -> Me:
    """A reader's own page, newest first, in a fixed number of queries."""
    if reader.is_new:
        return Me("", [], [], [], [], [], [], [])
    ballots = Ballot.objects.filter(reader=reader, choice__isnull=False)
    ballots = ballots.select_related("choice", "question__discussion", "burst", "reader")
    votes = CommentVote.objects.filter(reader=reader, is_good__isnull=False, is_set_aside=True)
    votes = votes.select_related("comment__discussion", "burst").order_by("-changed_at")
    said = Comment.objects.filter(reader=reader).exclude(state=Comment.State.WITHDRAWN)
    said = said.select_related("discussion", "appeal").order_by("-id")
    said = list(said[:LATEST])
    along = went_along(said)
    named = Favourite.objects.filter(reader=reader).select_related("work", "discussion")
    return Me(
        name=reader.name,
        answers=[
            Answered(
                title=ballot.question.discussion.title,
                url=ballot.question.discussion.url,
                label=f"{ballot.question.prompt} {ballot.choice.label}",
                stage=ballot.get_stage_display(),
                aside=_aside(ballot),
            )
            for ballot in ballots.order_by("-changed_at")[:LATEST]
        ],
        votes_aside=[
            (vote.comment.discussion.title, permalink(vote.comment), _aside(vote))
            for vote in votes[:LATEST]
        ],
        comments=[_said(comment, along=comment.pk in along) for comment in said],
        favourites=[(row.work, row.discussion.title, row.discussion.url) for row in named[:LATEST]],
        topics=topics.rows(Topic.objects.filter(reader=reader).order_by("-id")[:LATEST], reader),
        wanted=topics.rows(
            Topic.objects.listed().filter(votes__reader=reader).order_by("-id")[:LATEST], reader
        ),
        muted=[
            (mute.muted_id, str(mute.muted))
            for mute in reader.mutes.select_related("muted").order_by("-id")[:LATEST]
        ],
    )


def _aside(said: Ballot | CommentVote) -> str:
    """Why an answer or a vote waits or is out of the counts with a burst; "" when neither is so."""
    if not said.is_set_aside:
        is_waiting = isinstance(said, Ballot) and said.is_held and not said.reader.blocked_at
        return waiting_words() if is_waiting else ""
    if said.burst.state == Burst.State.EXCLUDED:
        return _("Not counted: a moderator has left the burst that it came with out of the counts.")
    return _("Set aside: it came with a burst, and is not counted until a moderator decides.")


def _said(comment: Comment, *, along: bool) -> Said:
    return Said(
        html=comment.html,
        created_at=comment.created_at,
        title=comment.discussion.title,
        permalink=permalink(comment),
        state=comment.state,
        state_label=_(comment.get_state_display()),
        reason=_standing(comment, along=along),
        decision_url=_decision_url(comment),
        can_appeal=may_appeal(
            state=comment.state,
            held_reason=comment.held_reason,
            mine=True,
            has_appealed=hasattr(comment, "appeal"),
        ),
    )


def _standing(comment: Comment, *, along: bool) -> str:
    """Why a comment is not on its page, in a sentence; "" for one that is."""
    if comment.state == Comment.State.PUBLISHED:
        return ""
    if comment.state == Comment.State.PENDING:
        return waiting_note(comment)
    return _("It went with the comment that it answers.") if along else tombstone(comment)


def _decision_url(comment: Comment) -> str:
    if comment.state == Comment.State.PUBLISHED and not hasattr(comment, "appeal"):
        return ""
    return reverse("discussion:decision", args=[comment.discussion.key, comment.pk])
