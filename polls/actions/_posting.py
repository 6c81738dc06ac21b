"""Posting a comment, once its text is judged and drawn: what happens in the one transaction."""

import math
from datetime import timedelta
from typing import NamedTuple

from django.utils import timezone

from polls.actions import limits
from polls.actions._comments import PUBLISHED, count_move
from polls.actions._facts import facts_of
from polls.actions._log import note_comment
from polls.actions._places import check_parent_now, now_of
from polls.actions.camps import said_by
from polls.actions.readers import act, lock_reader
from polls.errors import TooSoon
from polls.models import Choice, Comment, Discussion, Reader, statements
from polls.rules import moderation, threads
from polls.rules.limits import COMMENTS, COMMENTS_OF_ADDRESS, wait_words

# The same text by the same reader at the same place within this time is the same comment: a double
# click, a retry after a lost answer.
REPEAT_WINDOW = timedelta(minutes=6)

# A new comment stood nowhere before.
NEW = {"state_before": "", "reason_before": ""}


class Draft(NamedTuple):
    """What is known of a comment before anything is locked."""

    discussion: Discussion
    parent: Comment | None
    body: str
    html: str
    fingerprint: str
    name: str
    word: str
    form_age: float | None
    trap: bool
    house: str


@act
def post(draft: Draft, *, reader: Reader, show_reaction: bool) -> Comment:
    """Stores a comment, or returns the one that it is again.

    Raises TooSoon for speed, Closed and Refused for a place where nothing can be said any more.
    """
    if reader.is_new:
        reader.name = draft.name  # the next form offers it again
    row = lock_reader(reader)
    draft = draft._replace(discussion=now_of(draft.discussion))
    if draft.parent:
        check_parent_now(draft.parent, draft.discussion)
    facts = _facts(draft, row)
    if not row.is_first_act and (repeated := _repeated(draft, row, facts)):
        return repeated
    _check_pace(draft.discussion, row, draft.house)
    verdict = moderation.first_state(facts)
    camp, intent = (None, None)
    if show_reaction and not row.is_first_act:
        camp, intent = said_by(row, draft.discussion)
    comment = _store(draft, row, verdict, camp, intent if camp else None)
    if comment.state != PUBLISHED:
        note_comment("hold_comment", comment, actor=None, reason=comment.held_reason, **NEW)
    if row.name != draft.name:
        row.name = reader.name = draft.name
        statements.update(row, "name")
    # Last, for it holds what others who write here wait for.
    count_move(comment, int(comment.state == PUBLISHED))
    return comment


def _repeated(draft: Draft, row: Reader, facts: moderation.Facts) -> Comment | None:
    """The comment that this one is again, also when its author has edited that one since."""
    place = {
        "discussion_id": draft.discussion.pk,
        "reader_id": row.pk,
        "parent_id": draft.parent.pk if draft.parent else None,
    }
    since = timezone.now() - REPEAT_WINDOW
    same = None
    # Asked for only where somebody said the like of it.
    if not draft.fingerprint or facts.is_repeat or facts.is_staff:
        same = statements.find(Comment, **place, text=draft.body, since=since)
    return same or statements.find_edited(sent=draft.body, since=since, **place)


def _facts(draft: Draft, row: Reader) -> moderation.Facts:
    facts = facts_of(
        draft.discussion,
        row,
        body=draft.body,
        fingerprint=draft.fingerprint,
        word=draft.word,
    )
    return facts._replace(form_age=draft.form_age, trap=draft.trap)


def _store(
    draft: Draft,
    row: Reader,
    verdict: moderation.Verdict,
    camp: Choice | None,
    intent: Choice | None,
) -> Comment:
    parent = draft.parent
    comment = Comment(
        discussion=draft.discussion,
        reader=row,
        parent=parent,
        root=(parent.root or parent) if parent else None,
        name=draft.name,
        camp=camp,
        intent=intent,
        text=draft.body,
        html=draft.html,
        fingerprint=draft.fingerprint,
        published_at=timezone.now() if verdict.state == PUBLISHED else None,
        **verdict._asdict(),
    )
    statements.insert(comment)
    comment.path = threads.path(parent.path if parent else "", comment.pk)
    statements.update(comment, "path")
    return comment


def _check_pace(discussion: Discussion, reader: Reader, house: str) -> None:
    own = [(limit, f"r{reader.pk}") for limit in COMMENTS]
    limits.check_all(*own, (COMMENTS_OF_ADDRESS, house))
    if discussion.slow_seconds and not reader.is_staff:
        _check_slow_mode(discussion, reader)


def _check_slow_mode(discussion: Discussion, reader: Reader) -> None:
    now = timezone.now()
    # A comment from the future is one of a clock that has gone wrong since: nobody waits for it.
    mine = discussion.comments.filter(reader=reader, created_at__lte=now).order_by("-created_at")
    last = mine.values_list("created_at", flat=True).first()
    wait = math.ceil(discussion.slow_seconds - (now - last).total_seconds()) if last else 0
    if wait > 0:
        sentence, number = wait_words(wait)
        raise TooSoon(sentence, retry_after=wait, number=number)
