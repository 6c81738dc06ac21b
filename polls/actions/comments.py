"""Posting, editing and deleting a comment."""

from django.contrib.auth.models import AbstractUser
from django.utils import timezone
from django.utils.translation import gettext as _

from polls.actions import limits
from polls.actions._comments import clear, lock_comment, set_state
from polls.actions._facts import facts_of, suspect_word
from polls.actions._log import note_comment
from polls.actions._places import check_parent
from polls.actions._posting import Draft, post
from polls.actions._reports import settle
from polls.actions.readers import act, lock_reader
from polls.actions.stamps import age_of
from polls.errors import Closed, NotAllowed
from polls.models import Comment, CommentVersion, Discussion, Reader, statements
from polls.rules import moderation, repeats, text


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
        check_parent(parent, discussion)
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
    return post(draft, reader=reader, show_reaction=show_reaction)


def signature(reader: Reader, name: str) -> str:
    """The name that stands at a comment: the account's own, or what a guest typed.

    Raises Refused for a guest's name that reads like somebody's on the staff.
    """
    if reader.user:
        return account_name(reader.user)
    staff = [_public_name(*names) for names in statements.names_of_staff()]
    return text.clean_name(name, reserved=staff)


def account_name(user: AbstractUser) -> str:
    """How an account is called in public."""
    return _public_name(user.first_name, user.last_name, user.get_username())


def _public_name(first: str, last: str, username: str) -> str:
    return (f"{first} {last}".strip() or username)[: text.NAME_MOST]


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
        word="" if row.is_staff else suspect_word(body, comment.name),
        but=comment,
    )
    old = moderation.Verdict(comment.state, comment.held_reason, comment.held_detail)
    verdict = moderation.after_edit(old, facts)
    if verdict[:2] != old[:2]:  # it waits from now on, or for another reason
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
