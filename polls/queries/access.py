"""The only way from an id in an address to a row. What a reader may not see does not exist: 404."""

import uuid
from collections.abc import Iterable
from typing import TypeVar

from django.contrib.auth.models import AbstractUser
from django.db.models import Model
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from polls.models import (
    Appeal,
    Burst,
    Comment,
    Discussion,
    ModerationEntry,
    Notice,
    Question,
    Reader,
    Topic,
    statements,
)

M = TypeVar("M", bound=Model)


def discussion(key: str) -> Discussion:
    """A discussion whose page is public."""
    if "\0" in key:  # PostgreSQL would fail instead of finding nothing
        raise Http404
    return _or_404(statements.find_discussion(key, timezone.now()))


def question(key: str, question_key: str) -> Question:
    """A question of a public discussion, with its choices."""
    if "\0" in key:
        raise Http404
    return _or_404(statements.find_question(key, question_key, timezone.now()))


def _or_404(found: M | None) -> M:
    if found is None:
        raise Http404
    return found


def comment(key: str, pk: int, reader: Reader) -> Comment:
    """A comment of a public discussion that this reader may see: published, or their own."""
    found = _comment(key, pk)
    if found.state != Comment.State.PUBLISHED and not _is_own(found, reader):
        raise Http404
    return found


def own_comment(key: str, pk: int, reader: Reader, *, even_deleted: bool = False) -> Comment:
    """A comment of this reader, to be edited or deleted. Somebody else's is a 404.

    `even_deleted`: also one that they have deleted, for when they say so once more.
    """
    found = _comment(key, pk)
    is_deleted = found.state == Comment.State.WITHDRAWN and _is_by(found, reader)
    if not (_is_own(found, reader) or (even_deleted and is_deleted)):
        raise Http404
    return found


def _comment(key: str, pk: int) -> Comment:
    if "\0" in key:
        raise Http404
    found = _or_404(statements.find_comment(key, pk, timezone.now()))
    if found.root_id:
        found.root = statements.find(Comment, id=found.root_id)
    return found


def judged_comment(key: str, pk: int, reader: Reader) -> Comment:
    """A comment of this reader in whatever state, to see what was decided on it.

    What they have deleted themselves is gone.
    """
    found = Comment.objects.select_related("discussion").filter(discussion=discussion(key))
    own = found.filter(reader=None if reader.is_new else reader)
    return get_object_or_404(own.exclude(state=Comment.State.WITHDRAWN), pk=pk)


def thread(key: str, pk: int, reader: Reader) -> Comment:
    """A top-level comment as this reader is shown it, be it the placeholder of one that is gone."""
    rows = Comment.objects.filter(discussion=discussion(key)).roots().drawn_for(reader)
    return get_object_or_404(rows.select_related("discussion"), pk=pk)


def _is_own(found: Comment, reader: Reader) -> bool:
    erased = {Comment.State.WITHDRAWN, Comment.State.ERASED}
    return _is_by(found, reader) and found.state not in erased


def _is_by(found: Comment, reader: Reader) -> bool:
    return not reader.is_new and found.reader_id == reader.pk


def topic(pk: int) -> Topic:
    """A topic that everybody may see."""
    return get_object_or_404(Topic.objects.listed(), pk=pk)


def any_comment(pk: int) -> Comment:
    """A comment in whatever state, for who may judge it."""
    found = Comment.objects.select_related("discussion", "root", "reader__user")
    return get_object_or_404(found, pk=pk)


def any_reader(pk: int) -> Reader:
    """A reader, for who may judge what they say."""
    return get_object_or_404(Reader.objects.select_related("user"), pk=pk)


def any_burst(pk: int) -> Burst:
    """A burst of answers, for who may judge it."""
    return get_object_or_404(Burst, pk=pk)


def any_discussion(pk: int) -> Discussion:
    """A discussion, public or not, for who may open and close it."""
    return get_object_or_404(Discussion, pk=pk)


def any_appeal(pk: int) -> Appeal:
    """An appeal, decided or not, for who may decide it."""
    return get_object_or_404(Appeal.objects.select_related("comment__discussion"), pk=pk)


def notice(key: uuid.UUID) -> Notice:
    """A notice, for whoever has its address."""
    return get_object_or_404(Notice.objects.select_related("comment__discussion"), key=key)


def any_notice(pk: int) -> Notice:
    """A notice of illegal content, decided or not, for who may decide it."""
    return get_object_or_404(Notice.objects.select_related("comment__discussion"), pk=pk)


def own_entry(pk: int, actor: AbstractUser) -> ModerationEntry:
    """What this moderator did themselves: nobody takes back what somebody else decided."""
    found = ModerationEntry.objects.filter(actor=actor, comment__isnull=False)
    return get_object_or_404(found, pk=pk)


def own_entries(pks: Iterable[int], actor: AbstractUser) -> list[ModerationEntry]:
    """The same for several, the latest first; what is somebody else's is left out."""
    found = ModerationEntry.objects.filter(actor=actor, comment__isnull=False, pk__in=list(pks))
    return list(found.select_related("comment").order_by("-pk"))
