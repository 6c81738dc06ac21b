"""Names that read like another name, and addresses that read like another address.

A small skeleton in the sense of Unicode TR 39 (section 4): enough to stop a guest from signing
as the staff, not a full confusables table.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

STAFF_WORDS = ("admin", "administrator", "moderator", "editor", "author", "staff")

# Drawn the same as an ASCII letter in most faces.
_TWINS = (
    "аa еe оo рp сc уy хx іi јj ѕs һh ԁd ԛq ԝw ӏl "  # Cyrillic
    "οo νv ϲc ϳj "  # Greek
    "ɑa ɡg ıi ȷj ᴄc ᴏo ꜱs ᴠv ᴡw ᴢz"  # Latin
)
# Close enough for a hasty eye that reads a name.
_COUSINS = (
    "вb ёe зe кk мm нh тt їi ьb гr пn "  # Cyrillic
    "αa βb γy δd εe ζz ηn ιi κk μu ρp σo ςc τt υu χx ωw "  # Greek
    "ᴀa ʙb ᴅd ᴇe ꜰf ɢg ʜh ɪi ᴊj ᴋk ʟl ᴍm ɴn ᴘp ʀr ᴛt ᴜu ʏy øo łl đd ħh ŧt "  # Latin
    "0o 1l 3e 4a 5s 7t @a $s !l |l"  # digits and signs
)


def _table(pairs: str) -> dict[int, str]:
    return {ord(unlike): like for unlike, like in pairs.split()}


_TWIN_TABLE = _table(_TWINS)
_NAME_TABLE = _TWIN_TABLE | _table(_COUSINS)
_SEPARATORS = re.compile(r"[\W_]+")


# The same few names are asked about with every comment: the staff's.
@lru_cache(maxsize=256)
def skeleton(name: str) -> str:
    """Return what a hasty eye reads: two names that look alike have the same skeleton."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    letters = "".join(c for c in decomposed if not unicodedata.category(c).startswith("M"))
    read = letters.casefold().translate(_NAME_TABLE)
    return _SEPARATORS.sub("", read).replace("i", "l").replace("rn", "m")


def letters(word: str) -> str:
    """Return a folded word with digits, signs and foreign letters as the letters they look like."""
    return word.translate(_NAME_TABLE).replace("i", "l")


def is_reserved(name: str, reserved: Iterable[str] = ()) -> bool:
    """Say whether the name would be taken for one of the staff words or `reserved` names."""
    taken = {skeleton(word) for word in (*STAFF_WORDS, *reserved)} - {""}
    return skeleton(name) in taken


def reads_as_ascii(host: str) -> bool:
    """Say whether a host name with other letters could be taken for a plain ASCII one.

    Marks count (é is not e), so a French name stays itself. Whatever is neither a letter, a mark
    nor a digit is suspect too: a division slash is no part of a name.
    """
    for label in host.split("."):
        if label.isascii():
            continue
        if not all(c == "-" or unicodedata.category(c)[0] in "LMN" for c in label):
            return True
        if label.casefold().translate(_TWIN_TABLE).isascii():
            return True
    return False
