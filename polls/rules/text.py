"""Reader's text on its way in and out: the one place where it is made safe.

On the way in `clean_body`, `clean_line` and `clean_name`, on every path (post, edit, moderator's
edit, import, API, admin). On the way out `render_comment` for comments; everything else is shown
by a template, which escapes it.
"""

import re
from collections.abc import Iterable

from polls.errors import Refused, gettext_noop
from polls.rules.characters import is_blank, normal, without_invisible
from polls.rules.lookalikes import is_reserved, skeleton
from polls.rules.markdown import (
    RENDERER_VERSION,
    count_links,
    excerpt,
    readable,
    render_comment,
)

__all__ = [
    "BODY_LEAST",
    "BODY_MOST",
    "MAX_LINKS",
    "NAME_MOST",
    "RENDERER_VERSION",
    "clean_body",
    "clean_line",
    "clean_lines",
    "clean_name",
    "count_links",
    "excerpt",
    "readable",
    "render_comment",
    "skeleton",
]

BODY_LEAST = 2
BODY_MOST = 3_000  # long enough for an argument, short enough to read in a thread
MAX_LINKS = 10
NAME_MOST = 60
NAME_MARKS = 2

# Past this a text is too long however it is counted, and not worth the work of normalising.
_FAR_TOO_LONG = 4

_EMPTY = gettext_noop("Write something here first.")
_TOO_LONG = gettext_noop("Shorten this to {most:,} characters or fewer. It has {length:,}.")

_LEADING_BLANK_LINES = re.compile(r"\A(?:[^\S\n]*\n)+")
_MANY_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n){3,}")


def clean_body(raw: str, *, least: int = BODY_LEAST, most: int = BODY_MOST) -> str:
    """Return the text of a comment as it is kept: NFC, LF, at most two blank lines in a row.

    `least` and `most` count characters (code points) of what is kept.
    Raises Refused (field "body") for empty, short, long, unkeepable or link-laden text.
    """
    text = clean_lines(
        raw,
        least=least,
        most=most,
        field="body",
        empty=gettext_noop("Write something before posting."),
        too_long=gettext_noop(
            "Shorten your comment to {most:,} characters or fewer. It has {length:,}."
        ),
    )
    if (links := count_links(text)) > MAX_LINKS:
        raise Refused(
            gettext_noop("Use {most} links or fewer. Your comment has {links}."),
            field="body",
            most=MAX_LINKS,
            links=links,
        )
    return text


def clean_lines(
    raw: str,
    *,
    least: int,
    most: int,
    field: str,
    empty: str = _EMPTY,
    too_long: str = _TOO_LONG,
) -> str:
    """Return a text of several lines that is no comment, kept as `clean_body` keeps one.

    Raises Refused (field as given) for empty, short, long or unkeepable text.
    """
    _refuse_longer(len(raw), most * _FAR_TOO_LONG, too_long, field=field, most=most)
    text = _MANY_BLANK_LINES.sub("\n\n\n", normal(raw, field=field))
    text = _LEADING_BLANK_LINES.sub("", text).rstrip()
    if is_blank(text):
        raise Refused(empty, field=field)
    _refuse_shorter(text, least, field=field)
    _refuse_longer(len(text), most, too_long, field=field, most=most)
    return text


def clean_line(raw: str, *, least: int, most: int, field: str = "title") -> str:
    """Return a single line (a title, a note): NFC, every run of white space one space.

    With `least=0` an empty line is fine and comes back as "".
    Raises Refused (field as given) for empty, short, long or unkeepable text.
    """
    _refuse_longer(len(raw), most * _FAR_TOO_LONG, _TOO_LONG, field=field, most=most)
    text = " ".join(normal(raw, field=field).split())
    if is_blank(text):
        if least > 0:
            raise Refused(_EMPTY, field=field)
        return ""
    _refuse_shorter(text, least, field=field)
    _refuse_longer(len(text), most, _TOO_LONG, field=field, most=most)
    return text


def clean_name(
    raw: str, *, most: int = NAME_MOST, reserved: Iterable[str] = (), field: str = "name"
) -> str:
    """Return the name a guest signs with: NFKC, one line, nothing unseen in it.

    Raises Refused (field "name") for a name that is empty, too long, unkeepable, or that reads
    like a word for the staff or one of the `reserved` names.
    """
    too_long = gettext_noop("Shorten your name to {most:,} characters or fewer. It has {length:,}.")
    _refuse_longer(len(raw), most * _FAR_TOO_LONG, too_long, field=field, most=most)
    visible = without_invisible(normal(raw, field=field, form="NFKC", marks=NAME_MARKS))
    name = " ".join(normal(visible, field=field, form="NFKC", marks=NAME_MARKS).split())
    if is_blank(name):
        raise Refused(gettext_noop("Write the name you want to be shown with."), field=field)
    _refuse_longer(len(name), most, too_long, field=field, most=most)
    if is_reserved(name, reserved):
        raise Refused(
            gettext_noop("Choose another name: “{name}” could be taken for somebody on the staff."),
            field=field,
            name=name,
        )
    return name


def _refuse_shorter(text: str, least: int, *, field: str) -> None:
    if len(text) < least:
        raise Refused(
            gettext_noop("Write a little more: at least {least} characters."),
            field=field,
            least=least,
        )


def _refuse_longer(length: int, limit: int, sentence: str, *, field: str, most: int) -> None:
    if length > limit:
        raise Refused(sentence, field=field, most=most, length=length)
