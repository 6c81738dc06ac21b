"""Named works: when two titles are the same work, and which to offer while a reader types."""

import unicodedata
from collections.abc import Mapping
from typing import TypeVar

from polls.errors import Refused, gettext_noop
from polls.rules import likeness

T = TypeVar("T")


def key(title: str) -> str:
    """The key under which equal titles are one work: "The Apothecary Diaries!" and
    "apothecary diaries" are.

    Case, width, accents, punctuation, spaces and a leading article are dropped, every script is
    kept. A title made of signs alone ("!!!") keeps its signs. Raises Refused when nothing is left.
    key(key(title)) == key(title).
    """
    found = _forms(title).key
    if not found:
        raise Refused(gettext_noop("Write the title of a work."), field="title")
    return found


def similar(title: str, candidates: Mapping[str, T], limit: int = likeness.OFFERED) -> list[T]:
    """Works to offer for what was typed, best first.

    `candidates` maps titles to whatever the caller wants back; a work may stand under several (its
    native title too) and is offered once.
    """
    return likeness.nearest(
        _forms(title), ((_forms(other), found) for other, found in candidates.items()), limit
    )


def _forms(title: str) -> likeness.Forms:
    parts = likeness.words(title)
    if len(parts) > 1 and parts[0] in likeness.ARTICLES:
        parts = parts[1:]
    return likeness.Forms(" ".join(parts), likeness.glue(parts) or _signs(title))


def _signs(title: str) -> str:
    return "".join(c for c in likeness.fold(title) if unicodedata.category(c)[0] in "PS")
