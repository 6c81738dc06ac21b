"""The operator's words in a reader's text, found as whole words however they are written.

Case, accents, width, look-alikes of other scripts, digits and signs in place of letters, characters
that nobody sees and letters set apart are seen through. A word inside another word is not that
word.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import groupby

from polls.rules.likeness import IN_WORDS, Table, is_kept
from polls.rules.likeness import fold as folded
from polls.rules.lookalikes import letters

# Thai to Khmer, kana and Han are written without spaces: nobody can see where a word ends.
_RUNS_ON = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_SIGNS = "@$!|"  # stand for letters: sh!t
_WITH_SIGNS = Table(lambda char: char if is_kept(char) or char in _SIGNS else " ")
_ENDS = "!|"  # stand for nothing at the end of a word
_APART = 3  # so many letters that stand alone in a row are one word: s p a m


def fold(word: str) -> str:
    """A word or phrase as it is compared: folded words with one space between; "" for none."""
    return " ".join(_words(word, signs=True))


def find(texts: Iterable[str], listed: Collection[str]) -> str:
    """The first of the `listed` (folded) words that stands in one of the texts; "" for none.

    Give a comment as it was typed and as it is read: Markdown can take a word apart.
    """
    most = max((word.count(" ") + 1 for word in listed), default=0)
    running = [word for word in listed if _RUNS_ON.search(word)]
    readings = (words for text in texts for words in _readings(text)) if listed else ()
    found = (_phrase(words, listed, most) or _part(words, running) for words in readings)
    return next(filter(None, found), "")


def _phrase(words: list[str], listed: Collection[str], most: int) -> str:
    for start in range(len(words)):
        for end in range(start + 1, min(start + most, len(words)) + 1):
            phrase = " ".join(words[start:end])
            if phrase in listed:
                return phrase
    return ""


def _part(words: list[str], running: Iterable[str]) -> str:
    line = "".join(words)
    return next((word for word in running if word.replace(" ", "") in line), "")


def _readings(text: str) -> Iterator[list[str]]:
    """The words of a text: with signs as letters, with signs as gaps, with lone letters joined."""
    yield _words(text, signs=True)
    apart = _words(text, signs=False)
    yield apart
    yield _joined(apart)


def _words(text: str, *, signs: bool) -> list[str]:
    spaced = folded(text).translate(_WITH_SIGNS if signs else IN_WORDS)
    read = " ".join(_read(piece.rstrip(_ENDS)) for piece in spaced.split())
    return [word.strip(_SIGNS) for word in read.split() if word.strip(_SIGNS)]


def _read(piece: str) -> str:
    """A piece with what stands for a letter as that letter; a number stays a number."""
    return letters(piece) if any(c.isalpha() for c in piece) else piece


def _joined(words: list[str]) -> list[str]:
    found: list[str] = []
    for is_lone, run in groupby(words, key=lambda word: len(word) == 1):
        row = list(run)
        found += ["".join(row)] if is_lone and len(row) >= _APART else row
    return found
