"""One comment as a case: all that is needed to judge it fairly."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.auth.models import AbstractUser
from django.db.models import Count, Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from polls.models import Appeal, Comment, CommentVersion, Notice, Report
from polls.queries import log
from polls.queries.comments import link
from polls.queries.log_words import reason_label
from polls.queries.records import Record, records_of
from polls.rules.moderation import REMOVED, TRANSITIONS, read_as
from polls.rules.text import excerpt

NOTES = 200  # of a page, all its cases together
# The removals whose reason can be another; spam has one only.
CORRECTED = (Comment.State.HIDDEN, Comment.State.REJECTED)

State = Comment.State


@dataclass
class Case:
    """One comment to judge. `key` is the place in its queue."""

    key: int
    comment: Comment
    url: str
    held: str
    reports: list[tuple[str, str, int]]
    notes: list[str]
    record: Record
    history: list[log.Line]
    # What it said before each edit, the oldest first.
    versions: list[CommentVersion] = field(default_factory=list)
    parent: tuple[str, str] | None = None
    appeal: Appeal | None = None
    notice: Notice | None = None
    decided: log.Line | None = None
    is_own_decision: bool = False
    acts: set[str] = field(default_factory=set)
    # How many of the reports do not help to hold it: their place had reported it before.
    echoes: int = 0
    # What a rule said to the last try, and what was chosen or typed with it.
    problem: str = ""
    chosen: str = ""
    typed: str = ""
    is_ticked: bool = False

    @property
    def seen(self) -> str:
        """What is before the moderator, to be sent along with what they decide."""
        return read_as(state=self.comment.state, edited_at=self.comment.edited_at)

    @property
    def anchor(self) -> str:
        return f"case-{self.key}"

    @property
    def is_brought(self) -> bool:
        """Whether an appeal or a notice is to be answered first."""
        is_noticed = self.notice is not None and self.notice.decided_at is None
        return self.has_open_appeal or is_noticed

    @property
    def has_open_appeal(self) -> bool:
        return self.appeal is not None and self.appeal.decided_at is None

    @property
    def report_total(self) -> int:
        return sum(count for _reason, _label, count in self.reports)

    @property
    def likely_reason(self) -> str:
        """What most readers gave as their reason; nothing is chosen for the moderator else."""
        most = self.reports[0][0] if self.reports else ""
        return self.chosen or self.comment.reason or most

    @property
    def remove_label(self) -> str:
        """What its button of removal does: of a comment that is removed it corrects the reason."""
        return _("Correct the reason") if self.comment.state in CORRECTED else _("Remove")


def case(comment: Comment, actor: AbstractUser) -> Case:
    """One comment as a case, wherever it stands."""
    return cases([(comment.pk, comment.pk)], actor)[0]


def cases(places: Iterable[tuple[int, int]], actor: AbstractUser, *, kind: str = "") -> list[Case]:
    """The cases of (place, comment) pairs: ten queries at most, however many there are."""
    places = list(places)
    wanted = {comment for _place, comment in places}
    people = ("discussion", "camp", "intent", "parent", "root", "reader__user")
    comments = Comment.objects.select_related(*people).in_bulk(wanted)
    reports, echoes, notes = _reports(wanted)
    records = records_of({row.reader_id: row.reader for row in comments.values()})
    history = _history(wanted)
    versions = _versions({pk for pk, row in comments.items() if row.edited_at})
    appeals = {row.comment_id: row for row in _brought(Appeal, wanted).select_related("decided_by")}
    notices = {row.pk: row for row in _brought(Notice, wanted)}
    by_comment = {row.comment_id: row for row in notices.values() if row.decided_at is None}
    made = []
    for place, pk in places:
        one = _case(place, comments[pk], reports[pk], notes[pk], history[pk])
        one.record, one.echoes = records[one.comment.reader_id], echoes[pk]
        one.versions = versions[pk]
        one.appeal = appeals.get(pk)
        one.notice = notices.get(place) if kind == "notices" else by_comment.get(pk)
        one.is_own_decision = bool(one.decided and one.decided.who == actor.get_username())
        made.append(one)
    return made


def _case(
    place: int, comment: Comment, reports: list, notes: list[str], history: list[log.Line]
) -> Case:
    removals = [line for line in history if line.removes]
    return Case(
        key=place,
        comment=comment,
        url=place_url(comment),
        held=_held(comment),
        reports=reports,
        notes=notes,
        record=Record(since=comment.reader.created_at),
        history=history,
        parent=_parent(comment),
        decided=removals[-1] if removals and comment.state in REMOVED else None,
        acts=_acts(comment),
    )


def place_url(comment: Comment) -> str:
    """Where the thread can be read: what is not published has no place of its own."""
    for row in (comment, comment.parent):
        if row and row.state == State.PUBLISHED:
            return link(comment.discussion, open=row.pk)
    return comment.discussion.url


def _parent(comment: Comment) -> tuple[str, str] | None:
    if comment.parent is None:
        return None
    text = excerpt(comment.parent.text) or _("(no text any more)")
    return comment.parent.name or _("Nobody"), text


def _held(comment: Comment) -> str:
    if not comment.held_reason:
        return ""
    label = comment.get_held_reason_display()
    return f"{label}: “{comment.held_detail}”" if comment.held_detail else str(label)


def _acts(comment: Comment) -> set[str]:
    """What may be done to a comment from where it is."""
    steps = TRANSITIONS[comment.state]
    offered = {
        "keep": comment.state == State.PUBLISHED and comment.report_count > 0,
        "publish": "published" in steps and comment.state != State.PUBLISHED,
        "remove": comment.state in {State.PENDING, State.PUBLISHED, *CORRECTED},
        "spam": "spam" in steps and comment.state != State.SPAM,
        "erase": "erased" in steps,
    }
    return {act for act, is_offered in offered.items() if is_offered}


def _reports(wanted: set[int]) -> tuple[dict[int, list], dict[int, int], dict[int, list[str]]]:
    """The open reports of comments: (reason, label, how many), most first; echoes; notes."""
    still_open = Report.objects.filter(comment__in=wanted, decided_at=None)
    counted = still_open.values_list("comment_id", "reason").annotate(
        n=Count("id"), echoes=Count("id", filter=Q(is_echo=True))
    )
    reports, echoes, notes = defaultdict(list), defaultdict(int), defaultdict(list)
    for comment, reason, count, echoed in counted.order_by("-n", "reason"):
        reports[comment].append((reason, capfirst(reason_label(reason)), count))
        echoes[comment] += echoed
    written = still_open.exclude(note="").order_by("id").values_list("comment_id", "note")
    for comment, note in written[:NOTES]:
        notes[comment].append(note)
    return reports, echoes, notes


def _history(wanted: set[int]) -> dict[int, list[log.Line]]:
    """What was done to comments so far, oldest first."""
    lines = defaultdict(list)
    for entry in log.entries().filter(comment__in=wanted).order_by("id"):
        lines[entry.comment_id].append(log.line(entry))
    return lines


def _versions(edited: set[int]) -> dict[int, list[CommentVersion]]:
    """What comments said before they were edited, the oldest first; no query for none."""
    versions = defaultdict(list)
    found = CommentVersion.objects.filter(comment__in=edited).order_by("id") if edited else ()
    for version in found:
        versions[version.comment_id].append(version)
    return versions


def _brought(model: type[Appeal] | type[Notice], wanted: set[int]) -> QuerySet:
    return model.objects.filter(comment__in=wanted).order_by("id")
