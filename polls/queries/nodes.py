"""Comments as they are drawn: what stands at each place of a thread, and its standing sentences."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils.translation import gettext as _

from polls.models import Comment, Pick
from polls.queries.votes import BadgeLine, Voting
from polls.rules import moderation


@dataclass
class Node:
    """One comment, or the place where one stood, with its replies.

    `age` says in words how old it is, `until` when it must be drawn anew because time has passed.
    `cover` says why the text is folded away at first; nothing is ever folded for its score.
    """

    id: int
    name: str
    camp: tuple[str, str] | None
    html: str
    created_at: datetime
    age: str
    edited_at: datetime | None
    permalink: str
    depth: int
    intent: str = ""
    waiting: bool = False
    note: str = ""
    gone: str = ""
    mine: bool = False
    author_key: int | None = None
    can_edit: bool = False
    can_delete: bool = False
    can_reply: bool = False
    can_report: bool = False
    muted: bool = False
    reported: bool = False
    cover: str = ""
    locked: bool = False
    pick: str = ""
    pinned: bool = False
    reserved_note: str = ""
    voting: Voting | None = None
    badge: BadgeLine | None = None
    tags: tuple[str, ...] = ()
    to: str = ""
    until: datetime | None = None
    children: list["Node"] = field(default_factory=list)
    child_count: int = 0
    # How many of those are drawn below it, where that is not all of them; else 0.
    drawn_count: int = 0
    folded: bool = False
    start_url: str = ""
    more_query: str = ""
    more_count: int = 0
    # Only what follows below a reply that stands on the page already.
    goes_on: bool = False
    reply_form: object = None
    focus: bool = False
    # What its reader has just done with it, said beside it.
    told: str = ""

    @property
    def anchor(self) -> str:
        return f"c{self.id}"

    def holds(self, *ids: int | None) -> bool:
        """Whether it is one of those, or one of them is drawn below it."""
        return self.id in ids or any(child.holds(*ids) for child in self.children)

    def find(self, pk: int) -> "Node | None":
        """The comment with that id: this one or one drawn below it."""
        if self.id == pk:
            return self
        return next((found for child in self.children if (found := child.find(pk))), None)


def judge(node: Node, *, vote: str, is_reported: bool, is_muted: bool) -> None:
    """Puts on a node what one reader makes of it ("good", "not", "") and of its author."""
    node.reported, node.muted = is_reported, is_muted
    node.cover = _cover(node)
    node.can_report = not (node.mine or node.waiting or is_reported)
    if node.voting and node.voting.mine != vote:
        node.voting = replace(node.voting, mine=vote)


def _cover(node: Node) -> str:
    if node.reported:
        return _("You reported this comment. A moderator will look at it.")
    return _("You have muted %s.") % node.name if node.muted else ""


def few_judged(camp: str) -> str:
    """Why a comment stands in a reserved place."""
    words = {
        "enraged": _("Few enraged readers have judged this."),
        "sad": _("Few sad readers have judged this."),
        "happy": _("Few happy readers have judged this."),
    }
    return words[camp]


def pick_name(pick: Pick) -> str:
    """Who chose it, as accounts are called in public: never by what they sign in with."""
    return pick.chosen_by.get_full_name() or _("the editors")


def tombstone(row: Comment) -> str:
    """What stands in the place of a comment that is not shown but has replies."""
    if row.state == Comment.State.PENDING:
        return _("A moderator is looking at this comment.")
    if row.state == Comment.State.WITHDRAWN:
        return _("Deleted by its author.")
    reason = moderation.REASONS.get(row.reason)
    if reason:
        return _("Removed by a moderator: %s.") % _(reason)
    return _("Removed by a moderator.")


def waiting_note(row: Comment) -> str:
    """Why only its author sees a comment."""
    if row.held_reason == Comment.HeldReason.NEWCOMER:
        return _("Only you can see this. First comments are read before they appear.")
    return _("Only you can see this. %s.") % row.get_held_reason_display()
