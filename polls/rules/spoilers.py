"""Find the spoilers in a comment: `[spoiler: what] … [/spoiler]`.

When in doubt a spoiler stays hidden: one that is never closed hides the rest of the comment, and
inside another it changes nothing. A tag is shown as typed only after a backslash, in a code span
that holds tags and nothing else around them, or in a closed code fence.
"""

import re
from dataclasses import dataclass

_OPENING = r"\[spoiler(?:\s*:[^\]\n]*+)?\]"
_CLOSING = r"\[/spoiler\]"
_TAG = rf"(?:{_OPENING}|{_CLOSING})"
# Possessive quantifiers keep the scan linear on runs of backticks.
_SCANNER = re.compile(
    rf"""
      (?P<escape>    \\. )
    | (?P<fence>     ^[ ]{{0,3}}(?P<bars>```++|~~~++)[^\n`]*+\n
                     (?:(?![ ]{{0,3}}(?P=bars)).*+\n)*+
                     [ ]{{0,3}}(?P=bars)[`~]*+[ ]*+$ )
    | (?P<code>      (?<!`)(?P<ticks>`++)
                     (?: {_TAG} (?:[^`\n]*?{_TAG})? | (?:(?!{_TAG})[^`\n])++ )
                     (?P=ticks)(?!`) )
    | (?P<opening>   {_OPENING} )
    | (?P<closing>   {_CLOSING} )
    """,
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class Piece:
    """A stretch of the source: open text, or what a spoiler hides under its label."""

    source: str
    hidden: bool = False
    label: str = ""


def split_spoilers(text: str) -> list[Piece]:
    """Cut the source of a comment into open and hidden pieces, in order, without the tags."""
    pieces: list[Piece] = []
    source: list[str] = []
    start = depth = 0
    label = ""
    for found in _SCANNER.finditer(text):
        if not (found["opening"] or (found["closing"] and depth)):
            continue
        source.append(text[start : found.start()])
        start = found.end()
        inside = depth > 0
        depth += 1 if found["opening"] else -1
        if inside != (depth > 0):
            pieces.append(_piece(source, pieces, label if inside else None))
            source, label = [], _label(found["opening"] or "")
    source.append(text[start:])
    pieces.append(_piece(source, pieces, label if depth else None))
    return [piece for piece in pieces if piece.hidden or piece.source.strip()]


def _piece(source: list[str], before: list[Piece], label: str | None) -> Piece:
    joined = "".join(source)
    # Spaces after a tag are not the indentation of a code block.
    text = joined.lstrip(" \t") if before else joined
    return Piece(text, hidden=label is not None, label=label or "")


def _label(opening: str) -> str:
    return " ".join(opening[1:-1].partition(":")[2].split())
