"""Posting, editing and deleting a comment."""

import math
from datetime import timedelta
from typing import NamedTuple

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.utils import timezone
from django.utils.translation import gettext as _

from polls.actions import limits
from polls.actions._comments import PUBLISHED, clear, count_move, lock_comment, set_state
from polls.actions._facts import facts_of, suspect_word
from polls.actions._log import note_comment
from polls.actions._reports import settle
from polls.actions.readers import act, lock_reader
from polls.actions.stamps import age_of
from polls.errors import Closed, NotAllowed, Refused, TooSoon
from polls.models import Ballot, Choice, Comment, CommentVersion, Discussion, Reader, statements
from polls.models.questions import INTENT, REACTION, Stage
from polls.rules import moderation, repeats, text, threads, voting
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


def post_comment(
    *,
    discussion: Discussion,
    reader: Reader,
    body: str,
    name: str,
    show_reaction: bool,
    parent: Comment | None,
    address: str,
    stamp: str = "",
    trap: str = "",
) -> Comment:
    """Stores a comment, published or held as the rules say, and returns it.

    `stamp` is what actions.stamps gave the form, `trap` what stands in the field that nobody sees.

    Raises Refused for a text or name that cannot stand or an answered comment that is gone,
    Closed for a closed discussion or thread, TooSoon for speed. Posting the same text again returns
    the comment that is already there.
    """
    if not discussion.is_open:
        raise Closed(_("This discussion is closed. You can still read it and react."))
    body = text.clean_body(body)
    if parent:
        _check_parent(parent, discussion)
    name = signature(reader, name)
    draft = Draft(
        discussion=discussion,
        parent=parent,
        body=body,
        html=text.render_comment(body),
        fingerprint=repeats.fingerprint(body),
        name=name,
        word="" if reader.is_staff else suspect_word(body, name),
        form_age=age_of(stamp),
        trap=bool(trap.strip()),
        house=limits.address_hash(address),
    )
    return _post(draft, reader=reader, show_reaction=show_reaction)


@act
def _post(draft: Draft, *, reader: Reader, show_reaction: bool) -> Comment:
    if reader.is_new:
        reader.name = draft.name  # the next form offers it again
    row = lock_reader(reader)
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
    """The comment that this one is again. Asked for only where somebody said the like of it."""
    if draft.fingerprint and not (facts.is_repeat or facts.is_staff):
        return None
    return statements.find(
        Comment,
        discussion_id=draft.discussion.pk,
        reader_id=row.pk,
        parent_id=draft.parent.pk if draft.parent else None,
        text=draft.body,
        since=timezone.now() - REPEAT_WINDOW,
    )


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


def _check_parent(parent: Comment, discussion: Discussion) -> None:
    if parent.discussion_id != discussion.pk:
        raise Refused(_("The comment you are answering is not part of this discussion."))
    if parent.state != PUBLISHED:
        raise Refused(
            _(
                "The comment you are answering was removed. Your text is kept; "
                "post it as a new comment?"
            ),
            field="body",
        )
    if (parent.root or parent).locked_at:
        raise Closed(_("A moderator has locked this thread. You can still read it."))


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


def signature(reader: Reader, name: str) -> str:
    """The name that stands at a comment: the account's own, or what a guest typed.

    Raises Refused for a guest's name that reads like somebody's on the staff.
    """
    if reader.user:
        return account_name(reader.user)
    staff = [account_name(user) for user in statements.find_all(get_user_model(), is_staff=True)]
    return text.clean_name(name, reserved=staff)


def account_name(user: AbstractUser) -> str:
    """How an account is called in public."""
    return (user.get_full_name() or user.get_username())[: text.NAME_MOST]


def voting_camp_of(reader: Reader, discussion: Discussion) -> Choice | None:
    """The camp this reader's votes count for: none while their reaction itself is not counted.

    A comment bears what its author said all the same: that is a label, and moves nothing.
    """
    ballots = Ballot.objects.counted().filter(
        question__discussion=discussion, question__key=REACTION, reader=reader, stage=Stage.AFTER
    )
    ballot = ballots.exclude(choice__key=voting.NONE).select_related("choice").first()
    return ballot.choice if ballot else None


def said_by(reader: Reader, discussion: Discussion) -> tuple[Choice | None, Choice | None]:
    """The camp a reader is in on a discussion, and their intent, in one query."""
    said = statements.find_said(discussion.pk, reader.pk, (REACTION, INTENT))
    camp = said.get(REACTION)
    return None if camp and camp.key == voting.NONE else camp, said.get(INTENT)


@act
def edit_comment(*, comment: Comment, reader: Reader, body: str) -> Comment:
    """Replaces the text, keeps the old one for staff, and passes the checks of a post again.

    Raises NotAllowed when it is not this reader's, answered already, or older than the window.
    """
    row = lock_reader(reader)
    comment = lock_comment(comment)
    check_editable(comment, row)
    body = text.clean_body(body)
    if body == comment.text:
        return comment
    fingerprint = repeats.fingerprint(body)
    facts = facts_of(
        comment.discussion,
        row,
        body=body,
        fingerprint=fingerprint,
        word="" if row.is_staff else suspect_word(body),
        but=comment,
    )
    old = moderation.Verdict(comment.state, comment.held_reason, comment.held_detail)
    verdict = moderation.after_edit(old, facts)
    if verdict.state != comment.state:
        note_comment("hold_comment", comment, actor=None, reason=verdict.held_reason)
    CommentVersion.objects.create(comment=comment, text=comment.text)
    return set_state(
        comment,
        verdict.state,
        held_reason=verdict.held_reason,
        held_detail=verdict.held_detail,
        text=body,
        html=text.render_comment(body),
        fingerprint=fingerprint,
        edited_at=timezone.now(),
    )


def check_editable(comment: Comment, reader: Reader) -> None:
    """Raises NotAllowed unless it is this reader's own, young, and not answered."""
    editable = moderation.may_edit(
        created_at=comment.created_at,
        now=timezone.now(),
        has_reply=comment.reply_count > 0,
        state=comment.state,
        mine=comment.reader_id == reader.pk,
    )
    if not editable:
        raise NotAllowed(_("A comment can be edited for 15 minutes, until somebody answers it."))


@act
def withdraw_comment(*, comment: Comment, reader: Reader) -> Comment:
    """Deletes a comment at its author's wish: text, name and camp are erased at once.

    Also of an author who is blocked: what they said stays theirs to take back.

    The empty row stays as a tombstone; it is drawn only while replies stand below it.
    """
    row = lock_reader(reader, even_blocked=True)
    comment = lock_comment(comment)
    if comment.reader_id != row.pk:
        raise NotAllowed(_("This comment is somebody else's."))
    if comment.state == Comment.State.WITHDRAWN:
        return comment
    settle(comment, at=timezone.now(), upheld=None)
    return clear(comment, Comment.State.WITHDRAWN)
