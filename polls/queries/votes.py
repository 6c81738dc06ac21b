"""What a comment's votes show to one reader: the two buttons, the number, the badge."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from polls.models import Choice, Comment, CommentVote, Discussion, Reader
from polls.models.questions import REACTION
from polls.rules import ranking
from polls.rules.votes import GOOD, NOT
from polls.rules.voting import CAMPS


@dataclass(frozen=True)
class Voting:
    """The vote piece of one comment. `count` is None where this reader may not see it yet.

    `mine` is "good", "not" or "". Without `can_vote` only what was said can be taken back.
    """

    comment_id: int
    name: str
    can_vote: bool
    mine: str = ""
    count: int | None = None


@dataclass(frozen=True)
class BadgeLine:
    """A badge in words: its title, what follows it, and the camps whose icons stand before it."""

    kind: str
    title: str
    detail: str
    camps: tuple[str, ...]


def votes_of(reader: Reader, comment_ids: Collection[int]) -> dict[int, str]:
    """{comment: "good" or "not"}: what this reader said of those comments. One query at most."""
    if reader.is_new or not comment_ids:
        return {}
    votes = CommentVote.objects.filter(reader=reader, comment__in=comment_ids)
    given = votes.filter(is_good__isnull=False).values_list("comment_id", "is_good")
    return {comment: GOOD if is_good else NOT for comment, is_good in given}


def voting_of(
    comment: Comment, reader: Reader, *, mine: str, is_open: bool, is_shown: bool
) -> Voting:
    """The vote piece of a comment; `is_shown` once the reader has answered or asked for results."""
    is_own = not reader.is_new and comment.reader_id == reader.pk
    is_published = comment.state == Comment.State.PUBLISHED
    return Voting(
        comment_id=comment.pk,
        name=comment.name,
        can_vote=is_open and is_published and not is_own,
        mine=mine,
        count=comment.good_count if is_shown and is_published else None,
    )


def camp_labels(discussion: Discussion) -> dict[str, str]:
    """{camp: its label in this discussion}, in the fixed order of the camps. One query."""
    choices = Choice.objects.filter(question__discussion=discussion, question__key=REACTION)
    labels = dict(choices.filter(key__in=CAMPS).values_list("key", "label"))
    return {camp: labels[camp] for camp in CAMPS if camp in labels}


def badge_line(comment: Comment, now: datetime, labels: Mapping[str, str]) -> BadgeLine | None:
    """The badge a comment shows at `now`, in the words of `labels` (see camp_labels)."""
    votes = comment.badge_votes
    badge = ranking.shown_badge(votes, comment.badge_since, now)
    return line_of(badge, votes, labels) if badge else None


def badge_from(comment: Comment, now: datetime) -> datetime | None:
    """When a comment will show a badge that it has earned but not yet long enough; else None."""
    if comment.badge_since is None or now - comment.badge_since >= ranking.BADGE_DELAY:
        return None
    return comment.badge_since + ranking.BADGE_DELAY


def line_of(badge: ranking.Badge, votes: ranking.Votes, labels: Mapping[str, str]) -> BadgeLine:
    """A badge in words. Of a camp that does not value the comment no number is told."""
    named = {camp: labels.get(camp, camp).lower() for camp in votes}
    valued = listed([named[camp] for camp in badge.valued])
    if badge.kind == "split":
        rejected = listed([named[camp] for camp in badge.rejected])
        words = {"valued": valued, "rejected": rejected}
        detail = _("%(valued)s readers value it, %(rejected)s readers do not") % words
        return BadgeLine("split", _("Splits the room"), detail, badge.valued + badge.rejected)
    is_all = len(badge.valued) == len(votes)
    title = _("Valued by all camps") if is_all else _("Valued by %s") % valued
    counts = [
        _("%(count)s %(camp)s") % {"count": votes[camp][0], "camp": named[camp]}
        for camp in badge.valued
    ]
    return BadgeLine("valued", title, ", ".join(counts), badge.valued)


def listed(words: Sequence[str]) -> str:
    """ "enraged", "enraged and sad", "enraged, sad and happy"."""
    *before, last = words
    if not before:
        return last
    return _("%(before)s and %(last)s") % {"before": ", ".join(before), "last": last}
