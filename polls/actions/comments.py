"""Posting, editing and deleting a comment."""

import math
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.utils import timezone
from django.utils.translation import gettext as _

from polls.actions import limits
from polls.actions._comments import PUBLISHED, clear, count_move, lock_comment, set_state
from polls.actions._facts import facts_of
from polls.actions._log import note_comment
from polls.actions._reports import settle
from polls.actions.readers import act, lock_reader
from polls.actions.stamps import age_of
from polls.errors import Closed, NotAllowed, Refused, TooSoon
from polls.models import Ballot, Choice, Comment, CommentVersion, Discussion, Reader
from polls.models.questions import INTENT, REACTION, Stage
from polls.rules import moderation, repeats, text, threads, voting
from polls.rules.limits import COMMENTS, COMMENTS_OF_ADDRESS, wait_words

# The same text by the same reader at the same place within this time is the same comment: a double
# click, a retry after a lost answer.
REPEAT_WINDOW = timedelta(minutes=6)

# A new comment stood nowhere before.
NEW = {"state_before": "", "reason_before": ""}


@act
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
    row = lock_reader(reader)
    name = signature(row, name)
    same = Comment.objects.filter(discussion=discussion, reader=row, parent=parent, text=body)
    repeated = same.filter(created_at__gt=timezone.now() - REPEAT_WINDOW).first()
    if repeated:
        return repeated
    _check_pace(discussion, row, address)
    facts = facts_of(discussion, row, body=body, name=name)
    verdict = moderation.first_state(
        facts._replace(form_age=age_of(stamp), trap=bool(trap.strip()))
    )
    camp = camp_of(row, discussion) if show_reaction else None
    comment = Comment.objects.create(
        discussion=discussion,
        reader=row,
        parent=parent,
        root=(parent.root or parent) if parent else None,
        name=name,
        camp=camp,
        intent=intent_of(row, discussion) if camp else None,
        text=body,
        html=text.render_comment(body),
        fingerprint=repeats.fingerprint(body),
        published_at=timezone.now() if verdict.state == PUBLISHED else None,
        **verdict._asdict(),
    )
    comment.path = threads.path(parent.path if parent else "", comment.pk)
    comment.save(update_fields=["path"])
    count_move(comment, int(comment.state == PUBLISHED))
    if comment.state != PUBLISHED:
        note_comment("hold_comment", comment, actor=None, reason=comment.held_reason, **NEW)
    if reader.name != name:
        reader.name = name  # the next form offers it again
        Reader.objects.filter(pk=row.pk).update(name=name)
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


def _check_pace(discussion: Discussion, reader: Reader, address: str) -> None:
    for limit in COMMENTS:
        limits.check(limit, f"r{reader.pk}")
    limits.check(COMMENTS_OF_ADDRESS, limits.address_hash(address))
    mine = discussion.comments.filter(reader=reader).order_by("-created_at")
    last = mine.values_list("created_at", flat=True).first() if discussion.slow_seconds else None
    if last is None or reader.is_staff:
        return
    wait = math.ceil(discussion.slow_seconds - (timezone.now() - last).total_seconds())
    if wait > 0:
        sentence, number = wait_words(wait)
        raise TooSoon(sentence, retry_after=wait, number=number)


def signature(reader: Reader, name: str) -> str:
    """The name that stands at a comment: the account's own, or what a guest typed.

    Raises Refused for a guest's name that reads like somebody's on the staff.
    """
    if reader.user:
        return account_name(reader.user)
    staff = [account_name(user) for user in get_user_model().objects.filter(is_staff=True)]
    return text.clean_name(name, reserved=staff)


def account_name(user: AbstractUser) -> str:
    """How an account is called in public."""
    return (user.get_full_name() or user.get_username())[: text.NAME_MOST]


def camp_of(reader: Reader, discussion: Discussion) -> Choice | None:
    """The camp this reader is in on a discussion; "None of these" is none."""
    said = _said(reader, discussion, REACTION)
    return None if said and said.key == voting.NONE else said


def intent_of(reader: Reader, discussion: Discussion) -> Choice | None:
    """Whether this reader will try what a discussion is about, as far as they have said so."""
    return _said(reader, discussion, INTENT)


def _said(reader: Reader, discussion: Discussion, question: str) -> Choice | None:
    ballot = (
        Ballot.objects.filter(
            question__discussion=discussion,
            question__key=question,
            reader=reader,
            stage=Stage.AFTER,
            choice__isnull=False,
        )
        .select_related("choice")
        .first()
    )
    return ballot.choice if ballot else None


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
    facts = facts_of(comment.discussion, row, body=body, but=comment)
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
        fingerprint=repeats.fingerprint(body),
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
