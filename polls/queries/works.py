"""The favourites of a discussion, and the titles to offer while somebody types."""

from dataclasses import dataclass

from polls.models import Discussion, Favourite, FavouriteTally, Reader, Work, WorkAlias
from polls.rules import works

TOP = 5
OFFERED = 5
KNOWN = 200  # titles in the list behind the field


@dataclass
class FavouriteCard:
    """The panel “Name a favourite”."""

    key: str
    open: bool
    top: list[tuple[Work, int]]
    mine: Work | None
    mine_count: int
    form: object = None
    notice: str = ""
    replacing: str = ""


def favourite(discussion: Discussion, reader: Reader) -> FavouriteCard:
    """What this reader named, and what readers name most."""
    mine = None
    if not reader.is_new:
        named = Favourite.objects.filter(discussion=discussion, reader=reader)
        row = named.select_related("work").first()
        mine = row.work if row else None
    return FavouriteCard(
        key=discussion.key,
        open=discussion.is_open,
        top=most_named(discussion),
        mine=mine,
        mine_count=others_who_named(discussion, mine) if mine else 0,
    )


def most_named(discussion: Discussion, limit: int = TOP) -> list[tuple[Work, int]]:
    """The approved works by how many readers named them here, most first."""
    tallies = FavouriteTally.objects.filter(discussion=discussion, work__is_approved=True)
    rows = tallies.totals("work_id", "work__title").filter(total__gt=0)
    best = rows.order_by("-total", "work__title")[:limit]
    counts = {row["work_id"]: row["total"] for row in best}
    found = Work.objects.in_bulk(list(counts))
    return [(found[pk], count) for pk, count in counts.items()]


def others_who_named(discussion: Discussion, work: Work) -> int:
    """How many readers beside this one named that work here."""
    return FavouriteTally.objects.filter(discussion=discussion, work=work).total() - 1


def like(title: str) -> list[str]:
    """Approved titles like the one being typed, best first; every title while it is empty."""
    aliases = WorkAlias.objects.filter(work__is_approved=True).order_by("title")
    if not title.strip():
        return list(aliases.values_list("title", flat=True)[:KNOWN])
    candidates = dict(aliases.values_list("title", "work__title"))
    begun = [name for name in candidates if title.casefold().strip() in name.casefold()]
    return list(dict.fromkeys(begun + works.similar(title, candidates)))[:OFFERED]
