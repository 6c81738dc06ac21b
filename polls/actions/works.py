"""Naming a favourite, and keeping the list of works clean."""

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.utils.translation import gettext as _

from polls.actions import limits
from polls.actions._aliases import fitting_key, merged_sentence
from polls.actions._facts import approvals
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
)
from polls.models.tallies import shard_of
from polls.rules import moderation, text, works
from polls.rules.limits import WORKS

TITLE_LENGTH = (1, 120)


class NamedAnother(Refused):
    """This reader has named another work here; `title` is the one they typed now."""

    def __init__(self, title: str, old: Work) -> None:
        super().__init__(_("You have named one already. Replace it with this?"), field="title")
        self.title, self.old = title, old


@act
def name_favourite(
    *, discussion: Discussion, reader: Reader, title: str, replace: bool
) -> Favourite:
    """Counts this reader once for the work of that title, which is made if nobody knew it.

    Raises NamedAnother when they have named another work here and did not ask to replace it.
    """
    if not discussion.is_open:
        raise Closed(_("This discussion is closed."))
    least, most = TITLE_LENGTH
    title = text.clean_line(title, least=least, most=most)
    row = lock_reader(reader)
    limits.check(WORKS, f"r{row.pk}")
    work = find_or_make_work(title, approved=is_trusted(row))
    old = Favourite.objects.filter(discussion=discussion, reader=row).select_related("work").first()
    if old and old.work_id == work.pk:
        return old
    if old and not replace:
        raise NamedAnother(title, old.work)
    if old:
        _drop(old)
    favourite = Favourite.objects.create(discussion=discussion, reader=row, work=work)
    _count(favourite, +1)
    return favourite


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


def _drop(favourite: Favourite) -> None:
    favourite.delete()  # before the count, as everybody does who locks both
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
    # Nobody can name `source` from here on: a favourite of it would keep it from being deleted.
    list(Work.objects.select_for_update().filter(pk__in=[source.pk, target.pk]).order_by("pk"))
    for favourite in Favourite.objects.filter(work=source).select_for_update():
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


def add_spelling(*, work: Work, title: str) -> WorkAlias:
    """Lets a work be found under one more title.

    Raises Refused (field "title") when another work is known under it, or when nothing is left of
    the title to compare.
    """
    key = spelling_key(title)
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
