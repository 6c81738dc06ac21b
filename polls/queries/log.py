"""The log of moderation: how an entry is told to staff, and what everybody may read of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.db.models import F, Max, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from polls.models import Comment, Discussion, ModerationEntry, Reader
from polls.queries.comments import link
from polls.queries.log_words import ACTS, DONE, RULES, reason_label, told
from polls.rules.moderation import (
    BESIDE,
    ERASURES,
    REMOVALS,
    UNDO_WINDOW,
    UNDOABLE,
    may_undo,
    moved_to,
)

PAGE = 50

# What readers bring before the moderators.
BROUGHT = ("appeal_received", "notice_received")
# What everybody may know: acts on comments, readers and discussions.
PUBLIC = [
    act for act in ACTS if not act.startswith(("topic_", "merge_", "retitle_", "approve_", "undo"))
]
PEOPLE = ("actor", "comment__discussion", "reader", "topic", "work", "discussion", "undone_by")
# In the choice of whose acts are shown: no account is called so.
RULE, GONE = "rule", "(gone)"


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
    is_undone: bool


@dataclass(frozen=True)
class PublicLine:
    """One entry as everybody may read it: nobody is named, and the day is enough."""

    what: str
    why: str
    who: str
    title: str
    url: str
    day: datetime
    is_undone: bool


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
        is_undone=is_undone(entry),
    )


def is_undone(entry: ModerationEntry) -> bool:
    """Whether an act was taken back."""
    return hasattr(entry, "undone_by")


def _by_nobody(entry: ModerationEntry) -> str:
    """Whose act it was when no account that is there did it."""
    if entry.actor_id:
        return gone_label()
    return _("a reader") if entry.act in BROUGHT else _("a rule")


def gone_label() -> str:
    """What a moderator is called whose account was deleted since."""
    return _("an account that is gone")


def _discussion(entry: ModerationEntry) -> Discussion | None:
    return entry.comment.discussion if entry.comment else entry.discussion


def _url(entry: ModerationEntry, discussion: Discussion | None) -> str:
    """Where staff see what it was done to: what is not on its page has a case."""
    if discussion is None:
        return ""
    if entry.comment is None:
        return discussion.url
    if entry.comment.state == Comment.State.PUBLISHED:
        return link(discussion, open=entry.comment.pk)
    return f"{reverse('polls:moderation')}?case={entry.comment.pk}"


def page(*, act: str, by: str, before: int | None) -> tuple[list[Line], int | None]:
    """One page of the whole log, and where the next one begins.

    `by` is a username, RULE for what no person did, or GONE for accounts that were deleted.
    """
    found = entries()
    if act:
        found = found.filter(act=act)
    if by == RULE:
        found = found.filter(actor=None)
    elif by == GONE:
        found = by_people(found).filter(actor__username=None)
    elif by:
        found = found.filter(actor__username=by)
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
    reason = _of_the_rules(entry)
    is_rule = reason in RULES or reason in Comment.HeldReason.values
    return PublicLine(
        what=told(entry.act),
        why=reason_label(reason) if is_rule else "",
        who=_("a moderator") if entry.actor_id else _by_nobody(entry),
        title=discussion.title if is_public else "",
        url=discussion.url if is_public else "",
        day=entry.created_at,
        is_undone=is_undone(entry),
    )


def _of_the_rules(entry: ModerationEntry) -> str:
    """The reason of an act. An entry on a branch says in words how many: its top knows the rule."""
    is_erased = entry.comment and entry.comment.state == Comment.State.ERASED
    return entry.comment.reason if entry.act in ERASURES and is_erased else entry.reason


def _is_public(discussion: Discussion) -> bool:
    is_out = discussion.opens_at is not None and discussion.opens_at <= timezone.now()
    return is_out and discussion.state != Discussion.State.HIDDEN


def by_people(found: QuerySet[ModerationEntry]) -> QuerySet[ModerationEntry]:
    """The acts of an account, also of one that is gone.

    A condition on `actor` itself would have Django leave out the latter: it joins the accounts then
    as if each were there.
    """
    return found.alias(person=F("actor_id")).filter(person__isnull=False)


def moderators() -> list[str]:
    """The usernames of everybody who stands in the log; GONE last, for accounts that are not."""
    named = by_people(ModerationEntry.objects.order_by())
    names = set(named.values_list("actor__username", flat=True).distinct())
    return sorted(filter(None, names)) + ([GONE] if None in names else [])


def latest_acts(actor: AbstractUser, pks: Iterable[int] | None = None) -> list[Line]:
    """What this moderator did to comments within the time to take it back, newest first.

    Only the latest decision on a comment can be taken back; `pks` narrows it to some entries.
    """
    since = timezone.now() - UNDO_WINDOW
    found = entries().filter(actor=actor, created_at__gt=since, comment__isnull=False)
    rows = list((found.filter(pk__in=pks) if pks is not None else found)[:PAGE])
    last = _latest_decisions(rows)
    undoable = [row.pk for row in rows if _may_undo(row, last)]
    return [line(entry, undoable) for entry in rows]


def _may_undo(entry: ModerationEntry, last: set[int]) -> bool:
    """Whether a decision or an answer can be taken back: nothing else became of its comment."""
    state = UNDOABLE.get(entry.act) or moved_to(act=entry.act, state_before=entry.state_before)
    is_as_left = not state or (entry.pk in last and _state(entry) == state)
    return may_undo(
        act=entry.act,
        created_at=entry.created_at,
        now=timezone.now(),
        is_latest=is_as_left and not is_undone(entry),
    )


def _state(entry: ModerationEntry) -> str:
    return entry.comment.state if entry.comment else ""


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
