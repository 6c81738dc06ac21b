"""What was held, removed and restored of the comments of a period: by camp, and by moderator."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from polls.models import Choice, Comment, ModerationEntry
from polls.models.questions import REACTION
from polls.queries.log import by_people, gone_label
from polls.rules.fairness import Share, apart, share
from polls.rules.moderation import REMOVALS, REMOVED
from polls.rules.voting import CAMPS

PERIODS = (90, 30, 365)  # days; the first unless asked otherwise
NO_CAMP = ""


@dataclass(frozen=True)
class Row:
    """The shares of one camp, or of one moderator."""

    key: str
    label: str
    total: int
    held: Share | None
    removed: Share | None
    restored: Share | None


@dataclass(frozen=True)
class Report:
    """The whole page. `remarks` are sentences: what lies apart by more than chance explains."""

    days: int
    camps: list[Row]
    moderators: list[Row]
    remarks: list[str]


def report(days: int) -> Report:
    """The comments posted in the last `days`, in six queries."""
    since = timezone.now() - timedelta(days=days)
    camps = _camps(since)
    named = [row for row in camps if row.key]
    return Report(days, camps, _moderators(since), _remarks(named))


def _entries(since: datetime) -> QuerySet[ModerationEntry]:
    """What was decided of comments posted since then, whenever that was."""
    return ModerationEntry.objects.filter(comment__created_at__gte=since).order_by()


def _removals(since: datetime) -> QuerySet[ModerationEntry]:
    """Removals, each with whether the comment came back: undone, published again, or appealed."""
    return _entries(since).filter(act__in=REMOVALS).annotate(came_back=Exists(_way_back()))


def _way_back() -> QuerySet[ModerationEntry]:
    later = ModerationEntry.objects.filter(comment=OuterRef("comment"), pk__gt=OuterRef("pk"))
    again = Q(act="publish_comment", state_before__in=REMOVED)
    return later.filter(again | Q(act="appeal_granted") | Q(undoes=OuterRef("pk")))


def _camps(since: datetime) -> list[Row]:
    posted = Comment.objects.filter(created_at__gte=since).order_by()
    totals = Counter(dict(posted.values_list("camp__key").annotate(n=Count("pk"))))
    totals[NO_CAMP] += totals.pop(None, 0)
    held = _by("camp", _entries(since).filter(act="hold_comment"))
    removed = _by("camp", _removals(since))
    restored = _by("camp", _removals(since).filter(came_back=True))
    labels = _labels()
    return [
        Row(
            key=camp,
            label=labels.get(camp, camp),
            total=totals[camp],
            held=share(held[camp], totals[camp]),
            removed=share(removed[camp], totals[camp]),
            restored=share(restored[camp], removed[camp]),
        )
        for camp in (*CAMPS, NO_CAMP)
    ]


def _moderators(since: datetime) -> list[Row]:
    """Of the comments each moderator decided: how many went, and how many of those came back.

    Whose accounts are gone stand in one row, the last.
    """
    by_person = by_people(_entries(since))
    judged = by_person.filter(act__in=[*REMOVALS, "publish_comment", "keep_comment"])
    decided = _by("actor__username", judged)
    removals = by_people(_removals(since))
    removed = _by("actor__username", removals)
    restored = _by("actor__username", removals.filter(came_back=True))
    return [
        Row(
            key=name or "",
            label=name or gone_label(),
            total=decided[name],
            held=None,
            removed=share(removed[name], decided[name]),
            restored=share(restored[name], removed[name]),
        )
        for name in sorted(decided, key=lambda name: (name is None, name))
    ]


def _by(field: str, found: QuerySet[ModerationEntry]) -> Counter[str | None]:
    """{value of the field: comments}; a comment decided twice the same way counts once."""
    rows = found.values_list(field).annotate(n=Count("comment", distinct=True))
    return Counter(dict(rows))


def _labels() -> dict[str, str]:
    """What the camps are called, in the words of the latest article."""
    found = Choice.objects.filter(question__key=REACTION, key__in=CAMPS).order_by("pk")
    return dict(found.values_list("key", "label")) | {NO_CAMP: _("No reaction shown")}


def _remarks(rows: list[Row]) -> list[str]:
    labels = {row.key: row.label for row in rows}
    asked = (
        (
            {row.key: row.held for row in rows},
            _("Held: %(high)s lies above %(low)s by more than chance explains."),
        ),
        (
            {row.key: row.removed for row in rows},
            _("Removed: %(high)s lies above %(low)s by more than chance explains."),
        ),
        (
            {row.key: row.restored for row in rows},
            _("Restored: %(high)s lies above %(low)s by more than chance explains."),
        ),
    )
    found = [(apart(shares), words) for shares, words in asked]
    return [
        words % {"high": labels[pair[0]], "low": labels[pair[1]]} for pair, words in found if pair
    ]
