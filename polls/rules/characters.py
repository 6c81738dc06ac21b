"""Which characters a text may hold, and in what shape they are kept.

The aim: what a person typed comes back byte for byte in every script, and nothing else can hide
in it. Sources: Unicode TR 36 and TR 39 (look-alikes, invisible characters), UAX 9 (bidi).
"""

import re
import unicodedata
from typing import Literal

from polls.errors import Refused, gettext_noop

Form = Literal["NFC", "NFKC"]

# Zalgo text piles up the marks that fit any letter; a script's own marks (Burmese, Thai, Hebrew)
# need up to four in real words.
MARKS_OF_A_SCRIPT = 4

_NEWLINES = re.compile("\r\n?|[\u2028\u2029]")
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17)
)
_UNKEEPABLE = re.compile(
    f"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff{_NONCHARACTERS}\U000e0000-\U000e007f]"
)
# Tag characters can smuggle unseen text; only the flags of England, Scotland, Wales need them.
_TAG_FLAGS = re.compile(
    "\U0001f3f4\U000e0067\U000e0062(?:"
    "\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|\U000e0077\U000e006c\U000e0073"
    ")\U000e007f"
)
_BIDI_OVERRIDES = re.compile("[\u202a-\u202e]")
_ISOLATES = frozenset("\u2066\u2067\u2068")
_POP_ISOLATE = "\u2069"
_GENERAL_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
_JOINERS = frozenset("\u200c\u200d")
# Letters by category, blank to the eye: jamo fillers, Khmer inherent vowels, an empty Braille cell.
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u17b4\u17b5\u2800")
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Mn", "Me"})


def normal(text: str, *, field: str, form: Form = "NFC", marks: int = 4) -> str:
    """Return the text in one Unicode form, without what could deceive its readers.

    CR, CRLF and Unicode line separators become LF; bidi overrides and unpaired isolates go; of
    more than `marks` general combining marks in a row the first ones stay.
    Raises Refused, naming the code point, for a character that cannot be kept: NUL and other
    controls, lone surrogates, noncharacters, tag characters.
    """
    text = _NEWLINES.sub("\n", text)
    if found := _UNKEEPABLE.search(_TAG_FLAGS.sub("", text)):
        raise Refused(
            gettext_noop("Remove the character {code}: it cannot be shown, so it is not kept."),
            field=field,
            code=f"U+{ord(found.group()):04X}",
        )
    if text.isascii():
        return text
    text = _BIDI_OVERRIDES.sub("", text)
    text = "\n".join(_without_unpaired_isolates(line) for line in text.split("\n"))
    # A generous cut first, because sorting a long run of marks is quadratic.
    text = _without_piles(text, 4 * marks, 4 * MARKS_OF_A_SCRIPT)
    text = _without_piles(unicodedata.normalize(form, text), marks, MARKS_OF_A_SCRIPT)
    return unicodedata.normalize(form, text)


def without_invisible(text: str) -> str:
    """Return the text without format characters, except the joiners that scripts and emoji need."""
    return "".join(c for c in text if unicodedata.category(c) != "Cf" or c in _JOINERS)


def is_blank(text: str) -> bool:
    """Say whether a reader would see nothing at all."""
    return all(unicodedata.category(c) in _UNSEEN_CATEGORIES or c in _BLANK_LETTERS for c in text)


def _without_unpaired_isolates(line: str) -> str:
    if not _ISOLATES.intersection(line) and _POP_ISOLATE not in line:
        return line
    opened: list[int] = []
    unpaired: set[int] = set()
    for index, character in enumerate(line):
        if character in _ISOLATES:
            opened.append(index)
        elif character == _POP_ISOLATE and opened:
            opened.pop()
        elif character == _POP_ISOLATE:
            unpaired.add(index)
    unpaired.update(opened)
    return "".join(c for index, c in enumerate(line) if index not in unpaired)


def _without_piles(text: str, most_general: int, most_own: int) -> str:
    kept: list[str] = []
    run = 0
    for character in text:
        category = unicodedata.category(character)
        if category in ("Mn", "Me"):
            run += 1
            if run > (most_general if _GENERAL_MARKS.match(character) else most_own):
                continue
        elif category != "Cf":  # an unseen joiner does not end the pile
            run = 0
        kept.append(character)
    return "".join(kept)
