"""What somebody may know of a decision: the author of a comment, the sender of a notice."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polls.models import Appeal, Comment, ModerationEntry, Notice
from polls.queries.comments import permalink
from polls.queries.removals import went_along
from polls.rules import moderation, threads
from polls.rules.text import excerpt

# The acts of the log after which a comment stands as it does.
DECIDING = (
    "hold_comment",
    "publish_comment",
    "reject_comment",
    "hide_comment",
    "mark_spam",
    *moderation.ERASURES,
    "appeal_granted",
    "notice_upheld",
    "undo",
)
HEADINGS = {
    Comment.State.PENDING: gettext_lazy("Why your comment waits"),
    Comment.State.PUBLISHED: gettext_lazy("Your comment is on the page"),
}


@dataclass(frozen=True)
class Decision:
    """The statement of reasons to the author of a comment, and what became of their appeal."""

    heading: str
    what: str
    facts: list[tuple[str, str]]
    title: str
    url: str
    html: str
    appeal: Appeal | None
    appeal_url: str
    can_appeal: bool


def decision(comment: Comment) -> Decision:
    """How a comment stands and why, for its author alone. Three queries."""
    appeal = Appeal.objects.filter(comment=comment).first()
    can_appeal = moderation.may_appeal(
        state=comment.state,
        held_reason=comment.held_reason,
        mine=True,
        has_appealed=appeal is not None,
    )
    along = bool(went_along([comment]))
    said = moderation.statement(
        state=comment.state,
        reason=comment.reason,
        held_reason=comment.held_reason,
        by_notice=comment.notices.filter(is_upheld=True).exists(),
        can_appeal=can_appeal,
        went_along=along,
    )
    return Decision(
        heading=str(HEADINGS.get(comment.state, _("Why your comment was removed"))),
        what=_(said.decision) if said else _("Everybody can read it."),
        facts=_facts(comment, said, along=along) if said else [],
        title=comment.discussion.title,
        url=permalink(comment),
        html=comment.html,
        appeal=appeal,
        appeal_url=reverse("discussion:appeal", args=[comment.discussion.key, comment.pk]),
        can_appeal=can_appeal,
    )


def _facts(comment: Comment, said: moderation.Statement, *, along: bool) -> list[tuple[str, str]]:
    is_open = comment.state == Comment.State.PENDING  # nobody has decided yet
    moment = _of_the_branch(comment) if along else _moment(comment)
    facts = [
        (_("Rule"), capfirst(_(said.rule)) if said.rule else ""),
        (_("Waiting since") if is_open else _("Decided"), moment),
        (_("How"), _(said.ground)),
        (_("If you disagree"), _(said.appeal) if said.appeal else ""),
    ]
    return [(name, value) for name, value in facts if value]


def _moment(comment: Comment) -> str:
    entries = ModerationEntry.objects.filter(comment=comment, act__in=DECIDING).order_by("-id")
    moment = entries.values_list("created_at", flat=True).first()
    if moment is None and comment.state == Comment.State.PENDING:
        moment = comment.created_at
    return written(moment) if moment else ""


def _of_the_branch(comment: Comment) -> str:
    """When the branch was erased with which a comment went; "" in a chain too deep for its path."""
    above = threads.ancestors(comment.path)
    entries = ModerationEntry.objects.filter(comment__in=above, act="erase_branch").order_by("-id")
    moment = entries.values_list("created_at", flat=True).first()
    return written(moment) if moment else ""


def written(moment: datetime) -> str:
    """A day and an hour, in words."""
    return date_format(timezone.localtime(moment), "j F Y, H:i")


@dataclass(frozen=True)
class NoticePage:
    """A notice of illegal content, and what became of it. Nothing of who sent it.

    `excerpt` is "" where the comment cannot be read by everybody.
    """

    state: str
    title: str
    url: str
    excerpt: str
    sent: str
    is_decided: bool
    history: list[tuple[datetime, str]]
    answer: str


def notice_page(notice: Notice) -> NoticePage:
    """The history of a notice, oldest first."""
    history = [(notice.created_at, _("Your notice was received."))]
    state = _("A moderator will read it and decide. The decision will stand here.")
    if notice.decided_at:
        state = (
            _("Decided: the comment was taken off the page.")
            if notice.is_upheld
            else _("Decided: the comment stays.")
        )
        history.append((notice.decided_at, _("A moderator decided.")))
    comment = notice.comment
    is_public = comment.state == Comment.State.PUBLISHED
    return NoticePage(
        state=state,
        title=comment.discussion.title,
        url=permalink(comment) if is_public else comment.discussion.url,
        excerpt=excerpt(comment.text) if is_public else "",
        sent=notice.explanation,
        is_decided=notice.decided_at is not None,
        history=history,
        answer=notice.answer,
    )
