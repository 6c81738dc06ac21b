"""Naming a favourite, and keeping the list of works clean."""

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.utils.translation import gettext as _

from polls.actions import limits
from polls.actions._aliases import fitting_key, hold, hold_for_merge, merged_sentence
from polls.actions._facts import approvals
from polls.actions._places import now_of
from polls.actions.readers import act, lock_reader
from polls.actions.revisions import touch, touch_site
from polls.errors import Closed, Refused
from polls.models import (
    Discussion,
    Favourite,
    FavouriteTally,
    ModerationEntry,
    Reader,
    Work,
    WorkAlias,
    statements,
)
from polls.models.tallies import shard_of
from polls.rules import moderation, text, works
from polls.rules.limits import WORKS, WORKS_OF_ADDRESS

TITLE_LENGTH = (1, 120)


class NamedAnother(Refused):
    """This reader has named another work here; `title` is the one they typed now."""

    def __init__(self, title: str, old: Work) -> None:
        super().__init__(_("You have named one already. Replace it with this?"), field="title")
        self.title, self.old = title, old


@act
def name_favourite(
    *,
    discussion: Discussion,
    reader: Reader,
    title: str,
    replace: bool,
    address: str | None = None,
) -> Favourite:
    """Counts this reader once for the work of that title, which is made if nobody knew it.

    Raises NamedAnother when they have named another work here and did not ask to replace it, and
    TooSoon for speed: the reader's, or that of their `address` (None: it came over no network).
    """
    if not discussion.is_open:
        raise Closed(_("This discussion is closed."))
    least, most = TITLE_LENGTH
    title = text.clean_line(title, least=least, most=most)
    house = limits.house_of(address)
    row = lock_reader(reader)
    now_of(discussion)
    limits.check_reader(row, WORKS, WORKS_OF_ADDRESS, house)
    work = _kept_work(title, approved=is_trusted(row))
    old = Favourite.objects.filter(discussion=discussion, reader=row).select_related("work").first()
    if old and old.work_id == work.pk:
        return old
    if old and not replace:
        raise NamedAnother(title, old.work)
    return _replace(old, Favourite(discussion=discussion, reader=row, work=work))


def _replace(old: Favourite | None, new: Favourite) -> Favourite:
    moves = [(new, +1), (old, -1)] if old else [(new, +1)]
    if old:
        old.delete()  # before the counts, as everybody does who locks both
    new.save()
    # In the order of the works: two readers who swap theirs must not wait for each other.
    for favourite, delta in sorted(moves, key=lambda move: move[0].work_id):
        _count(favourite, delta)
    return new


@act
def withdraw_favourite(*, discussion: Discussion, reader: Reader) -> None:
    """Takes this reader's favourite on a discussion back."""
    if reader.is_new:
        return
    row = lock_reader(reader)
    for favourite in Favourite.objects.filter(discussion=discussion, reader=row):
        _drop(favourite)


def is_trusted(reader: Reader) -> bool:
    """Whether a title this reader types may be seen by others at once."""
    return moderation.is_trusted(approvals=approvals(reader), is_staff=reader.is_staff)


def find_or_make_work(title: str, *, approved: bool, **facts: object) -> Work:
    """The work known under that title or one of its spellings, or a new one."""
    key = fitting_key(works.key(title))
    alias = WorkAlias.objects.filter(key=key).select_related("work").first()
    if alias:
        return alias.work
    work = Work.objects.create(title=title, is_approved=approved, **facts)
    alias, made = WorkAlias.objects.get_or_create(key=key, defaults={"title": title, "work": work})
    if not made:  # somebody else named it in the same moment
        work.delete()
    return alias.work


def _kept_work(title: str, *, approved: bool) -> Work:
    """The same, which no merge takes away until the transaction ends."""
    while not statements.keep(Work, id=(work := find_or_make_work(title, approved=approved)).pk):
        pass  # merged in this moment: its spelling leads to the other by now
    return work


def _drop(favourite: Favourite) -> None:
    favourite.delete()  # before the count, as above
    _count(favourite, -1)


def _count(favourite: Favourite, delta: int) -> None:
    FavouriteTally.objects.move(
        delta,
        discussion_id=favourite.discussion_id,
        work_id=favourite.work_id,
        shard=shard_of(favourite.reader_id),
    )
    touch(favourite.discussion_id)


@transaction.atomic
def approve_work(*, work: Work, actor: AbstractUser) -> Work:
    """Lets everybody see a title that a reader typed."""
    hold(work)
    if not work.is_approved:
        work.is_approved = True
        work.save(update_fields=["is_approved"])
        touch_site()
        ModerationEntry.objects.create(actor=actor, act="approve_work", work=work)
    return work


@transaction.atomic
def merge_works(*, source: Work, target: Work, actor: AbstractUser) -> Work:
    """Makes `source` a spelling of `target`; favourites, cards and spellings move along."""
    if source.pk == target.pk:
        raise Refused(_("A work cannot be merged with itself."))
    hold_for_merge(source, target, source.favourites.all())
    for favourite in source.favourites.all():
        _count(favourite, -1)
        favourite.work = target
        favourite.save(update_fields=["work"])
        _count(favourite, +1)
    taken = target.examples.values("article_id")
    source.examples.filter(article_id__in=taken).delete()
    source.examples.update(work=target)
    source.aliases.update(work=target)
    ModerationEntry.objects.create(
        actor=actor, act="merge_works", work=target, reason=merged_sentence(source, target)
    )
    source.delete()
    touch_site()
    return target


@transaction.atomic
def add_spelling(*, work: Work, title: str) -> WorkAlias:
    """Lets a work be found under one more title.

    Raises Refused (field "title") when another work is known under it, or when nothing is left of
    the title to compare.
    """
    key = spelling_key(title)
    hold(work)
    alias, _made = WorkAlias.objects.get_or_create(key=key, defaults={"title": title, "work": work})
    if alias.work_id != work.pk:
        raise Refused(known_already(title, alias.work), field="title")
    return alias


def spelling_key(title: str) -> str:
    """The key under which a title is found. Raises Refused (field "title") when it has none."""
    return fitting_key(works.key(title))


def known_already(title: str, other: Work) -> str:
    """The sentence for a title that another work has."""
    words = {"title": title, "other": other}
    return _("“%(title)s” is a spelling of “%(other)s” already: merge the two works.") % words


def is_used(work: Work) -> bool:
    """Whether a reader named a work or an article shows it."""
    return work.favourites.exists() or work.examples.exists()
