"""What a reader's acts begin with: the first makes the row, the next wait for each other."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from polls.errors import NotAllowed
from polls.models import Reader, statements
from polls.queries.decisions import written

P = ParamSpec("P")
R = TypeVar("R")


def act(function: Callable[P, R]) -> Callable[P, R]:
    """`transaction.atomic` for what a `reader` does, given by keyword.

    A refused first act takes the new row back, and here the reader's number with it: it may be
    somebody else's before the refusal is drawn.
    """

    @wraps(function)
    def whole(*args: P.args, **kwargs: P.kwargs) -> R:
        reader = kwargs["reader"]
        was_new = reader.is_new
        try:
            with transaction.atomic():
                return function(*args, **kwargs)
        except BaseException:
            if was_new:
                reader.pk, reader._state.adding = None, True
            raise

    return whole


def lock_reader(reader: Reader, *, even_blocked: bool = False) -> Reader:
    """Stores a reader at the first act and queues one reader's acts behind each other.

    Must run in a transaction. A row that does not exist yet cannot be locked, so everything one
    reader does is serialised on the reader's own row, which nobody else waits for.

    It is the first lock of every act. The order of all, so that nobody waits in a ring: the reader,
    the speed limits (their own, then their address's), topics or works (by number), comments (from
    the root down, or by number), the tallies (by choice, by work), the revision, which never waits.
    What many share comes last and is held shortly. A reader's votes, ballots and favourites need no
    place in it: they change under the reader's lock, whoever moves them (`_reader_locks`).

    It leaves the row's key alone: others may refer to the reader meanwhile, and mute them.

    Raises NotAllowed for a reader whom a moderator has blocked or suspended, unless the act is one
    that stays theirs (`even_blocked`).
    """
    if reader.user_id and (reader.is_new or reader.is_claimed_now):
        _join_account(reader)
    elif reader.is_new and _store(reader):
        return reader
    row = statements.lock(Reader, no_key=True, id=reader.pk)
    if row is None:
        raise Reader.DoesNotExist
    if not even_blocked:
        _check_may_act(row)
    return row


def _check_may_act(reader: Reader) -> None:
    if reader.blocked_at:
        sentence = _("A moderator has blocked you here: {reason}")
        raise NotAllowed(sentence, reason=reader.blocked_reason)
    if not reader.is_suspended:
        return
    until = written(reader.suspended_until)
    if reader.suspended_reason:
        sentence = _("A moderator has suspended you here until {until}: {reason}")
        raise NotAllowed(sentence, until=until, reason=reader.suspended_reason)
    raise NotAllowed(_("A moderator has suspended you here until {until}."), until=until)


def _store(reader: Reader) -> bool:
    """Stores a guest; False for one whom the same first act, sent twice, has stored already.

    A row that was stored a moment ago is nobody else's to change: it needs no lock.
    """
    reader.is_first_act = statements.insert(reader, unique=("key",))
    if reader.is_first_act:
        return True
    first = statements.find(Reader, key=reader.key)
    if first.user_id is None:
        reader.pk, reader._state.adding = first.pk, False
        return False
    # Whoever has signed in since is reached by their account alone.
    reader.key = uuid.uuid4()
    return _store(reader)


def _join_account(reader: Reader) -> None:
    """Ties a reader to their account; who acts in two places at once is the one stored first."""
    try:
        with transaction.atomic():
            reader.save(
                force_insert=reader.is_new, update_fields=None if reader.is_new else ["user"]
            )
    except IntegrityError:
        first = Reader.objects.get(user=reader.user)
        reader.pk, reader.key, reader.name = first.pk, first.key, first.name
        reader._state.adding = False


@act
def acknowledge_warning(*, reader: Reader, text: str) -> None:
    """The reader has read what a moderator had to tell them: `text`, and nothing that came since.

    Also of a reader who is blocked.
    """
    if not reader.is_new:
        row = lock_reader(reader, even_blocked=True)
        if row.warning == text:
            row.warning = ""
            row.save(update_fields=["warning"])
        reader.warning = row.warning
