"""A comment to be, with its place and its counts: what an act would have written."""

from datetime import datetime, timedelta
from functools import cache

from explainer.demo.scripts import Line
from explainer.demo.storing import Person
from explainer.demo.votes import NOBODY, Voters, verdict
from polls.models import Comment
from polls.rules import repeats, text, threads, voting

State = Comment.State
ACTS = {"hidden": "hide_comment", "rejected": "reject_comment", "spam": "mark_spam"}
SEEN = {State.PUBLISHED, State.HIDDEN, State.WITHDRAWN}  # what was published once


class Said:
    """One line, said by somebody at a moment, in answer to `parent`."""

    __slots__ = (
        *("pk", "discussion_id", "line", "author", "at", "state"),
        *("parent", "root", "above", "path", "reply_count", "verdict"),
    )

    def __init__(
        self,
        pk: int,
        discussion_id: int,
        line: Line,
        author: Person,
        at: datetime,
        parent: "Said | None",
    ) -> None:
        self.pk, self.discussion_id, self.line = pk, discussion_id, line
        self.author, self.at, self.state = author, at, line.state
        self.parent, self.root, self.above = parent, None, ()
        self.reply_count, self.verdict = 0, NOBODY
        if parent:
            self.root = parent.root or parent
            self.above = (*parent.above, parent)[: threads.PATH_LEVELS - 1]
        self.path = threads.path(parent.path if parent else "", pk)
        if self.state == State.PUBLISHED:
            for row in self.above:
                row.reply_count += 1

    @property
    def is_deleted(self) -> bool:
        """Whether its author took it back: nothing of it is kept."""
        return self.state == State.WITHDRAWN

    @property
    def camp(self) -> str:
        """The camp shown with it, "" for none."""
        return "" if self.is_deleted or self.author.camp == voting.NONE else self.author.camp

    @property
    def camp_id(self) -> int | None:
        return self.author.camp_id if self.camp else None

    def judged_by(self, voters: Voters) -> list[tuple]:
        """Lets the voters judge it; the rows of their votes."""
        if self.state != State.PUBLISHED:
            return []
        votes = voters.votes(self.author, self.at, is_root=self.parent is None)
        self.verdict = verdict(votes, self.camp)
        return [
            (
                self.pk,
                vote.voter.pk,
                vote.voter.camp_id if vote.camp else None,
                vote.is_good,
                vote.at,
                vote.at,
            )
            for vote in votes
        ]

    def values(self) -> tuple:
        """Its row: the columns of storing.COMMENT."""
        body, html, fingerprint = ("", "", "") if self.is_deleted else rendered(self.line.text)
        seen = self.verdict
        return (
            self.pk,
            self.discussion_id,
            self.author.pk,
            self.parent and self.parent.pk,
            self.root and self.root.pk,
            self.path,
            "" if self.is_deleted else self.author.name,
            self.camp_id,
            self.author.intent_id if self.camp else None,
            body,
            html,
            fingerprint,
            self.state,
            _held(self.line),
            self.line.reason,
            self.reply_count,
            seen.good,
            *(number for camp in voting.CAMPS for number in seen.camps[camp]),
            seen.score,
            seen.own_rate,
            seen.badge_since,
            self.at,
            self.at if self.state in SEEN else None,
            self.at + timedelta(minutes=4) if self.line.edited else None,
        )

    def entry(self, actor_id: int | None) -> tuple | None:
        """What the moderators' log says of it, if it was taken away: the columns of ENTRY."""
        if self.state not in ACTS:
            return None
        before = State.PUBLISHED if self.state in SEEN else State.PENDING
        held = "" if before == State.PUBLISHED else _held_first(self.line)
        return (
            actor_id,
            ACTS[self.state],
            self.pk,
            self.discussion_id,
            self.line.reason,
            before.value,
            held,
            self.camp,
            self.at + timedelta(minutes=50),
        )


def _held(line: Line) -> str:
    return _held_first(line) if line.state == State.PENDING else ""


def _held_first(line: Line) -> str:
    """Why a newcomer's comment waits."""
    held = Comment.HeldReason.LINK if "://" in line.text else Comment.HeldReason.NEWCOMER
    return held.value


@cache
def rendered(written: str) -> tuple[str, str, str]:
    """A comment's text, HTML and fingerprint, made as for any other comment."""
    body = text.clean_body(written)
    return body, text.render_comment(body), repeats.fingerprint(body)
