"""The only code that decides readers' reports and appeals, and so what is open of them."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import AbstractUser

from polls.actions._comments import set_state, stretches
from polls.actions._log import note_comment
from polls.models import Appeal, Comment, Report
from polls.rules import moderation


def settle(comment: Comment, *, at: datetime, upheld: bool | None) -> None:
    """Decides every open report of a comment; `upheld` None says that nobody needs to any more.

    Must run in a transaction that holds the comment, as everything here.
    """
    comment.reports.filter(decided_at=None).update(decided_at=at, is_upheld=upheld)
    count_open(comment)


def settle_all(comments: Sequence[Comment], *, at: datetime, upheld: bool) -> None:
    """As `settle`, of many at once."""
    for ids in stretches([comment.pk for comment in comments]):
        Report.objects.filter(comment__in=ids, decided_at=None).update(
            decided_at=at, is_upheld=upheld
        )
        Comment.objects.filter(pk__in=ids).update(report_count=0)


def reopen(comment: Comment, *, at: datetime) -> None:
    """Opens what a decision of that moment had decided."""
    comment.reports.filter(decided_at=at).update(decided_at=None, is_upheld=None)
    answered = Appeal.objects.filter(comment=comment, decided_at=at)
    answered.update(decided_at=None, is_granted=None, decided_by=None)
    count_open(comment)
    hold_if_reported(comment)  # others may have reported it meanwhile


def count_open(comment: Comment) -> int:
    """Writes how many reports of a comment nobody has decided, and returns it."""
    comment.report_count = comment.reports.filter(decided_at=None).count()
    Comment.objects.filter(pk=comment.pk).update(report_count=comment.report_count)
    return comment.report_count


def hold_if_reported(comment: Comment) -> None:
    """Takes a comment off its page that enough readers have reported, each from their own place."""
    open_reports = comment.reports.filter(decided_at=None, is_echo=False).count()
    if moderation.is_held_by_reports(state=comment.state, open_reports=open_reports):
        note_comment("hold_comment", comment, actor=None, reason="reports")
        set_state(comment, Comment.State.PENDING, held_reason="reports", held_detail="")


def grant_appeal(comment: Comment, *, at: datetime, by: AbstractUser | None) -> None:
    """A comment that is published again has what its author appealed for."""
    open_ones = Appeal.objects.filter(comment=comment, decided_at=None)
    open_ones.update(decided_at=at, is_granted=True, decided_by=by)
