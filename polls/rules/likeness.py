"""When two titles are alike: shared by topics and works.

The thresholds were measured on 54 hand-labelled pairs of topics: ratio 90 found every same pair and
no different one; trigrams at 0.45 add spellings the ratio misses, at the price of some wrong
offers, which is why a likeness is offered to the reader and never acted upon.
"""

import unicodedata
from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

from rapidfuzz import fuzz

T = TypeVar("T")

RATIO = 90
TRIGRAMS = 0.45

# What a list under a field can hold without burying the button.
OFFERED = 5

_QUOTES = "'\"`´‘’‚‛“”„‟‹›«»′″ʼ＇＂"
# Letters by their category, but drawn as nothing: fillers, selectors of a glyph's variant.
_BLANKS = "\u115f\u1160\u3164\uffa0\u180b\u180c\u180d" + "".join(map(chr, range(0xFE00, 0xFE10)))
_SILENT = frozenset(_QUOTES + _BLANKS)

ARTICLES = ("a", "an", "the")


class Table(dict[int, str | None]):
    """For `str.translate`: what `read` makes of a character, kept for the first MOST that come."""

    MOST = 4_000  # the letters of a few languages; all of Unicode would be 100 MB

    def __init__(self, read: Callable[[str], str | None]) -> None:
        super().__init__()
        self.read = read

    def __missing__(self, code: int) -> str | None:
        found = self.read(chr(code))
        if len(self) < self.MOST:
            self[code] = found
        return found


class Forms(NamedTuple):
    """A title in the two forms that are compared: words with spaces, and letters run together."""

    text: str
    key: str


def fold(text: str) -> str:
    """`text` without what two people spell differently: case, width, accents, quotes.

    Only the accents of Latin, Greek and Cyrillic are dropped (U+0300 to U+036F); elsewhere a mark
    makes another letter (カ ka, ガ ga) and is kept. fold(fold(text)) == fold(text).
    """
    wide = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", wide.translate(_HEARD))


def words(text: str) -> list[str]:
    """The folded words of `text`: runs of letters, digits and the marks that belong to them."""
    spaced = fold(text).translate(IN_WORDS)
    return [word for word in spaced.split() if any(c.isalnum() for c in word)]


def glue(parts: Iterable[str]) -> str:
    """Words run together into one key, so that "light novel" and "lightnovel" are the same."""
    return fold("".join(parts))


def trigrams(text: str) -> set[str]:
    """Three-letter pieces of each word, padded as PostgreSQL's pg_trgm does."""
    padded = [f"  {word} " for word in text.split()]
    return {word[i : i + 3] for word in padded for i in range(len(word) - 2)}


def likeness(one: Forms, other: Forms) -> float:
    """0 when the two are not alike, else how much, up to 1.

    Alike means a rapidfuzz ratio of the keys of RATIO or more, or a Jaccard index of the texts'
    trigrams of TRIGRAMS or more.
    """
    ratio = fuzz.ratio(one.key, other.key)
    ours, theirs = trigrams(one.text), trigrams(other.text)
    shared = len(ours & theirs) / (len(ours | theirs) or 1)
    return max(ratio / 100, shared) if ratio >= RATIO or shared >= TRIGRAMS else 0


def nearest(wanted: Forms, candidates: Iterable[tuple[Forms, T]], limit: int = OFFERED) -> list[T]:
    """The candidates alike to `wanted`, best first, each once, at most `limit`.

    Ties go by the candidates' own text, so that the order does not depend on how they arrived.
    """
    scored = [(likeness(wanted, forms), forms, found) for forms, found in candidates]
    alike = sorted((row for row in scored if row[0]), key=lambda row: (-row[0], row[1]))
    best: list[T] = []
    for _, _, found in alike:
        if len(best) >= limit:
            break
        if found not in best:
            best.append(found)
    return best


def _is_silent(char: str) -> bool:
    return "\u0300" <= char <= "\u036f" or char in _SILENT or unicodedata.category(char) == "Cf"


def is_kept(char: str) -> bool:
    """Whether a character is part of a word: a letter, a digit, a mark that belongs to one."""
    return char.isalnum() or unicodedata.category(char) in ("Mn", "Mc")


_HEARD = Table(lambda char: None if _is_silent(char) else char)
IN_WORDS = Table(lambda char: char if is_kept(char) else " ")
