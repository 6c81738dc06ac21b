"""Which addresses a reader's text may link to, and how they are shown."""

import html
import re
from collections.abc import Iterator
from itertools import islice

import nh3
from markdown_it.common.normalize_url import normalizeLink, normalizeLinkText
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from polls.rules.characters import is_blank
from polls.rules.lookalikes import reads_as_ascii

REL = "ugc nofollow noopener noreferrer"
SCHEMES = {"http", "https", "mailto"}

_HOST = r"(?:[a-z0-9_-]++(?:\.[a-z0-9_-]++)*+\.?|\[[0-9a-f:.]++\])"
# Absolute, with a host (`https:evil` is a relative address to a browser), and without a user part,
# which exists to make evil.example look like example.com.
_WEB = re.compile(rf"https?://(?P<host>{_HOST})(?::\d{{1,5}})?(?:[/?#][^\s\\]*+)?", re.IGNORECASE)
# One address and nothing else: ?cc= and ?body= would write the reader's mail for them.
_MAIL = re.compile(rf"mailto:[a-z0-9.!#$&'*+/=^_`{{|}}~-]++@{_HOST}", re.IGNORECASE)
_SHOWN_HOST = re.compile(r"\A(?:https?://)?(?P<host>[^/?#:]++)", re.IGNORECASE)


# The sanitiser reads addresses as a browser does (ports, numeric and xn-- hosts).
_BROWSER = nh3.Cleaner(
    tags={"a"},
    attributes={"*": set(), "a": {"href"}},
    url_schemes=SCHEMES,
    url_relative="deny",
    link_rel=None,
)


def is_absolute(url: str) -> bool:
    """Say whether the address has the shape of a web or mail address that names its host."""
    return bool(_WEB.fullmatch(url) or _MAIL.fullmatch(url))


def is_allowed(url: str) -> bool:
    """Say whether a normalised (percent-encoded, punycoded) address may be linked to."""
    return is_absolute(url) and "href" in _BROWSER.clean(f'<a href="{html.escape(url)}"></a>')


def shown(link: str) -> str:
    """Return the text of a bare link: readable, but in xn-- form where that would mislead."""
    readable = normalizeLinkText(link)
    host = _SHOWN_HOST.match(readable)
    return normalizeLink(link) if host and reads_as_ascii(host["host"]) else readable


def mend_links(state: StateCore) -> None:
    """Undo links to nowhere, and show the address of a link without text. A core rule."""
    for block in state.tokens:
        if block.children:
            block.children = list(_mended(block.children))


def _mended(tokens: list[Token]) -> Iterator[Token]:
    nowhere = False
    for index, token in enumerate(tokens):
        if token.type == "link_open":
            nowhere = not token.attrs["href"]
        if not (nowhere and token.type in ("link_open", "link_close")):
            yield token
        if token.type == "link_open" and not nowhere and _has_no_text(tokens, index + 1):
            yield Token("text", "", 0, content=shown(str(token.attrs["href"])))


def _has_no_text(tokens: list[Token], start: int) -> bool:
    for token in islice(tokens, start, None):
        if token.type == "link_close":
            return True
        if not is_blank(token.content):
            return False
    return True
