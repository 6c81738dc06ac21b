"""A comment's Markdown subset to safe HTML, and to plain text.

Paragraphs, line breaks, emphasis, strong, strike, code, quotes, lists, links and spoilers.
Everything else (HTML, images, headings, tables, rules) is shown as it was typed. Safety does not
rest on the parser: its output goes through an allow-list, and the result is the only HTML of a
reader's that a page ever trusts.
"""

import html
from functools import lru_cache

import nh3
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.token import Token

from polls.rules.links import REL, SCHEMES, is_absolute, is_allowed, mend_links, shown
from polls.rules.spoilers import Piece, split_spoilers

RENDERER_VERSION = 1  # raise it when the same source gives other HTML: stored HTML is then redone
SOURCE_LIMIT = 10_000  # characters; far above a comment, so that rendering has a bound of its own
OUTPUT_LIMIT = 64 * 1024  # bytes of HTML
LABEL_LENGTH = 80
ELLIPSIS = "…"

_NESTING = 20  # the parser drops what is nested deeper, so such a text is shown as typed
_RULES = (
    *("blockquote", "code", "fence", "list"),
    *("newline", "escape", "backticks", "strikethrough", "emphasis", "link", "autolink", "entity"),
    *("linkify", "balance_pairs", "fragments_join"),
)
SANITISER = nh3.Cleaner(
    tags={
        *("p", "br", "em", "strong", "s", "code", "pre", "blockquote", "ol", "ul", "li", "a"),
        *("details", "summary", "span", "b"),
    },
    # "*": without it, title and lang would be allowed everywhere.
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
    allowed_classes={"details": {"spoiler"}, "span": {"label"}},
    attribute_filter=lambda tag, name, value: (
        None if name == "href" and not is_absolute(value) else value
    ),
    url_schemes=SCHEMES,
    url_relative="deny",
    link_rel=REL,
)


# A post asks several times about the one text: how many links it has, and what is to be stored.
@lru_cache(maxsize=32)
def render_comment(text: str) -> str:
    """Return the comment as safe HTML, at most OUTPUT_LIMIT bytes; the same text, the same HTML.

    Never raises. What is too deep or too large for Markdown comes back as plain paragraphs.
    """
    pieces = split_spoilers(_bounded(text))
    rendered = _assembled(pieces, plain=False)
    if rendered is None or len(rendered.encode()) > OUTPUT_LIMIT:
        rendered = _assembled(pieces, plain=True)
    return rendered or ""


def count_links(text: str) -> int:
    """Return how many links the rendered comment has, spoilers included."""
    # A "<" that was typed is escaped, so only real links begin like this.
    return render_comment(text).count("<a ")


def readable(text: str) -> str:
    """Return the whole comment as plain text, as its readers read it, spoilers included."""
    return " ".join(_plain_text(piece.source) for piece in split_spoilers(_bounded(text)))


def excerpt(text: str, length: int = 140) -> str:
    """Return the comment as one line of plain text, at most `length` characters.

    Spoilers, and whatever is cut off at the end, leave an ellipsis. Escape it like any text.
    """
    words = " ".join(
        ELLIPSIS if piece.hidden else _plain_text(piece.source)
        for piece in split_spoilers(_bounded(text))
    )
    line = " ".join(words.split())
    if len(line) <= length:
        return line
    cut = line[:length]
    # A script without spaces has no word to end at.
    kept = cut.rpartition(" ")[0] if " " in cut[length // 2 :] else cut[:-1]
    return kept.rstrip(" ,;:…\u200d") + ELLIPSIS


def _bounded(text: str) -> str:
    sound = text.encode("utf-8", "replace").decode()
    return sound if len(sound) <= SOURCE_LIMIT else sound[:SOURCE_LIMIT] + ELLIPSIS


def _assembled(pieces: list[Piece], *, plain: bool) -> str | None:
    """Return the sanitised HTML of all pieces, None if one of them is nested too deep."""
    parts: list[str] = []
    for piece in pieces:
        rendered = _as_typed(piece.source) if plain else _as_markdown(piece.source)
        if rendered is None:
            return None
        parts.append(_hidden(piece.label, rendered) if piece.hidden else rendered)
    return SANITISER.clean("".join(parts))


# A post is drawn and read as plain text; neither changes the tokens.
@lru_cache(maxsize=32)
def _tokens(source: str) -> list[Token] | None:
    """Return the tokens of the source, None if it is nested deeper than the parser follows."""
    tokens = _MARKDOWN.parse(source)
    return None if any(token.level >= _NESTING - 1 for token in tokens) else tokens


def _as_markdown(source: str) -> str | None:
    tokens = _tokens(source)
    return None if tokens is None else _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})


def _as_typed(source: str) -> str:
    return "<p>" + html.escape(source.strip(), quote=False).replace("\n", "<br>") + "</p>"


def _hidden(label: str, inside: str) -> str:
    if len(label) > LABEL_LENGTH:
        label = label[: LABEL_LENGTH - 1].rstrip() + ELLIPSIS
    what = f" {html.escape(label, quote=False)}" if label else ""
    summary = f'<summary><span class="label"><b>Spoiler</b>{what}</span></summary>'
    return f'<details class="spoiler">{summary}{inside}</details>\n'


def _flat(tokens: list[Token]) -> list[Token]:
    return [leaf for token in tokens for leaf in (token, *(token.children or ()))]


def _plain_text(source: str) -> str:
    tokens = _tokens(source)
    if tokens is None:
        return source
    words: list[str] = []
    for token in _flat(tokens):
        if token.type in ("text", "code_inline", "fence", "code_block"):
            words.append(token.content)
        elif token.block or token.type in ("softbreak", "hardbreak"):
            words.append(" ")
    return "".join(words)


def _parser() -> MarkdownIt:
    options = {"linkify": True, "breaks": True, "html": False, "maxNesting": _NESTING}
    parser = MarkdownIt("zero", options).enable(_RULES)
    parser.core.ruler.push("mend_links", mend_links)
    parser.validateLink = is_allowed
    parser.normalizeLinkText = shown
    # "bad.It was" must not become a link to a stranger's domain: only whole addresses are links.
    links = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False})
    parser.linkify = links.add("//", None).add("ftp:", None)
    return parser


_MARKDOWN = _parser()
