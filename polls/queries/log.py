"""The log of moderation: how an entry is told to staff, and what everybody may read of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from polls.models import Comment, Discussion, ModerationEntry, Reader
from polls.queries.comments import link
from polls.queries.log_words import ACTS, DONE, RULES, reason_label, told
from polls.rules.moderation import BESIDE, UNDO_WINDOW, may_undo

PAGE = 50

REMOVALS = ("reject_comment", "hide_comment", "mark_spam", "notice_upheld")
# What readers bring before the moderators.
BROUGHT = ("appeal_received", "notice_received")
# What everybody may know: acts on comments, readers and discussions.
PUBLIC = [
    act for act in ACTS if not act.startswith(("topic_", "merge_", "retitle_", "approve_", "undo"))
]
PEOPLE = ("actor", "comment__discussion", "reader", "topic", "work", "discussion", "undoes")


@dataclass(frozen=True)
class Line:
    """One entry as staff read it."""

    id: int
    what: str
    why: str
    who: str
    to: str
    title: str
    url: str
    created_at: datetime
    done: str
    can_undo: bool
    removes: bool


@dataclass(frozen=True)
class PublicLine:
    """One entry as everybody may read it: nobody is named, and the day is enough."""

    what: str
    why: str
    who: str
    title: str
    url: str
    day: datetime


def entries() -> QuerySet[ModerationEntry]:
    """The log, newest first. What an entry names may be gone: only joined rows are looked at."""
    return ModerationEntry.objects.select_related(*PEOPLE).order_by("-id")


def line(entry: ModerationEntry, undoable: Iterable[int] = ()) -> Line:
    """An entry that `entries` has loaded."""
    discussion = _discussion(entry)
    name = entry.comment.name if entry.comment else ""
    why = reason_label(entry.reason)
    done = DONE.get(entry.act, f"{told(entry.act)}.") if name else f"{told(entry.act)}."
    return Line(
        id=entry.pk,
        what=told(entry.act),
        why=why,
        who=entry.actor.get_username() if entry.actor else _by_nobody(entry),
        to=str(entry.reader or entry.topic or entry.work or name or ""),
        title=discussion.title if discussion else "",
        url=_url(entry, discussion),
        created_at=entry.created_at,
        done=str(done) % {"name": name, "why": why},
        can_undo=entry.pk in undoable,
        removes=entry.act in REMOVALS,
    )


def _by_nobody(entry: ModerationEntry) -> str:
    """Whose act it was when it was nobody's on the staff."""
    return _("a reader") if entry.act in BROUGHT else _("a rule")


def _discussion(entry: ModerationEntry) -> Discussion | None:
    return entry.comment.discussion if entry.comment else entry.discussion


def _url(entry: ModerationEntry, discussion: Discussion | None) -> str:
    if discussion is None:
        return ""
    is_there = entry.comment and entry.comment.state == Comment.State.PUBLISHED
    return link(discussion, open=entry.comment.pk) if is_there else discussion.url


def page(*, act: str, by: str, before: int | None) -> tuple[list[Line], int | None]:
    """One page of the whole log, and where the next one begins. `by` is a username or "rule"."""
    found = entries()
    if act:
        found = found.filter(act=act)
    if by:
        found = found.filter(actor=None) if by == "rule" else found.filter(actor__username=by)
    rows, after = _stretch(found, before)
    return [line(entry) for entry in rows], after


def public_page(before: int | None) -> tuple[list[PublicLine], int | None]:
    """One page of what everybody may read, and where the next one begins."""
    rows, after = _stretch(entries().filter(act__in=PUBLIC), before)
    return [_public(entry) for entry in rows], after


def _stretch(
    found: QuerySet[ModerationEntry], before: int | None
) -> tuple[list[ModerationEntry], int | None]:
    if before:
        found = found.filter(pk__lt=before)
    rows = list(found[: PAGE + 1])
    return rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None


def _public(entry: ModerationEntry) -> PublicLine:
    discussion = _discussion(entry)
    is_public = discussion is not None and _is_public(discussion)
    # A reason in somebody's own words may name a reader: only those of the rules are repeated.
    is_rule = entry.reason in RULES or entry.reason in Comment.HeldReason.values
    return PublicLine(
        what=told(entry.act),
        why=reason_label(entry.reason) if is_rule else "",
        who=_("a moderator") if entry.actor_id else _by_nobody(entry),
        title=discussion.title if is_public else "",
        url=discussion.url if is_public else "",
        day=entry.created_at,
    )


def _is_public(discussion: Discussion) -> bool:
    is_out = discussion.opens_at is not None and discussion.opens_at <= timezone.now()
    return is_out and discussion.state != Discussion.State.HIDDEN


def moderators() -> list[str]:
    """The usernames of everybody who stands in the log."""
    named = ModerationEntry.objects.filter(actor__isnull=False).order_by("actor__username")
    return list(named.values_list("actor__username", flat=True).distinct())


def latest_acts(actor: AbstractUser, pks: Iterable[int] | None = None) -> list[Line]:
    """What this moderator did to comments within the time to take it back, newest first.

    Only the latest decision on a comment can be taken back; `pks` narrows it to some entries.
    """
    since = timezone.now() - UNDO_WINDOW
    found = entries().filter(actor=actor, created_at__gt=since, comment__isnull=False)
    rows = list((found.filter(pk__in=pks) if pks is not None else found)[:PAGE])
    last, now = _latest_decisions(rows), timezone.now()
    undoable = [
        row.pk
        for row in rows
        if may_undo(act=row.act, created_at=row.created_at, now=now, is_latest=row.pk in last)
    ]
    return [line(entry, undoable) for entry in rows]


def _latest_decisions(rows: list[ModerationEntry]) -> set[int]:
    """The entries after which nothing more was done to a comment."""
    same = ModerationEntry.objects.filter(comment__in={row.comment_id for row in rows})
    latest = same.exclude(act__in=BESIDE).values("comment").annotate(last=Max("id")).order_by()
    return {row["last"] for row in latest}


def done_on(comment: Comment, actor: AbstractUser) -> ModerationEntry | None:
    """The latest thing this moderator did to a comment."""
    return entries().filter(comment=comment, actor=actor).first()


def of_reader(reader: Reader) -> list[Line]:
    """What was done to a reader, newest first."""
    return [line(entry) for entry in entries().filter(reader=reader)[:PAGE]]


def of_discussion(discussion: Discussion) -> list[Line]:
    """What was done to a discussion as a whole, newest first."""
    whole = entries().filter(discussion=discussion, comment__isnull=True)
    return [line(entry) for entry in whole[:PAGE]]
