"""The Markdown that articles are written in: CommonMark without HTML and images, and a few more.

## Heading                  h2 with an anchor (### gives h3)
::: note Say it             a margin note, up to a line ":::"
::: example the-work        where the example card of that work stands, up to ":::"
[異世界]{lang=ja}            words of another language
{異世界|いせかい}             ruby: text and its reading
H~2~O, 29^th^               sub, sup
"""

import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.attrs import attrs_plugin
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.subscript import sub_plugin
from mdit_py_plugins.superscript import superscript_plugin

from polls.rules.links import is_absolute, is_allowed, mend_links

REL = "noopener noreferrer"
# Ids that the page around the article uses, so that no heading may take them.
RESERVED_ANCHORS = frozenset({"respond", "comments", "before", "favourite", "next", "main"})

_RULES = (
    *("blockquote", "code", "fence", "heading", "hr", "list", "reference", "table"),
    *("newline", "escape", "backticks", "strikethrough", "emphasis", "link", "autolink", "entity"),
    *("balance_pairs", "fragments_join", "replacements", "smartquotes"),
)
_COMMENT_ANCHOR = re.compile(r"c\d+")
_INTERNAL = re.compile(r"(?:#|/(?![/\\]))[^\s\\]*")
_NOTE = re.compile(r"\s*note(?:\s+(?P<title>.*?))?\s*")
_EXAMPLE = re.compile(r"\s*example\s+(?P<slug>[a-z0-9]+(?:-[a-z0-9]+)*)\s*")
_RUBY = re.compile(r"\{([^{}|\n]+)\|([^{}|\n]+)\}")
_WORDS_OF = frozenset({"text", "code_inline", "ruby"})


def is_linkable(url: str) -> bool:
    """Say whether an article may link there: a web or mail address, this site, this page."""
    return bool(_INTERNAL.fullmatch(url)) or is_absolute(url)


def words_of(inline: Token) -> str:
    """Return the plain text of an inline token."""
    return "".join(
        child.content if child.type in _WORDS_OF else " "
        for child in inline.children or ()
        if child.type in _WORDS_OF or child.type in ("softbreak", "hardbreak")
    )


def parser(anchor_label: str = "Link to this section") -> MarkdownIt:
    """Return a parser of the dialect; `env["toc"]` holds (anchor, text) of each h2 afterwards."""
    options = {"typographer": True, "html": False, "maxNesting": 20}
    md = MarkdownIt("zero", options).enable(_RULES)
    md.validateLink = lambda url: bool(_INTERNAL.fullmatch(url)) or is_allowed(url)
    attrs_plugin(md, spans=True, after=("link_close", "span_close"), allowed=["lang"])
    md.use(sub_plugin).use(superscript_plugin)
    md.inline.ruler.push("ruby", _ruby)
    md.add_render_rule("ruby", _render_ruby)
    _containers(md)

    def heads(state: StateCore) -> None:
        _headings(state, anchor_label)

    md.core.ruler.push("mend_links", mend_links)
    md.core.ruler.push("outward", _outward)
    md.core.ruler.push("headings", heads)
    return md


def _containers(md: MarkdownIt) -> None:
    def note(_self: object, tokens: Sequence[Token], index: int, *_: object) -> str:
        if tokens[index].nesting < 0:
            return "</aside>\n"
        found = _NOTE.fullmatch(tokens[index].info)
        title = md.renderInline(found["title"]) if found and found["title"] else ""
        return '<aside class="note">' + (f"<b>{title}</b> " if title else "")

    def example(_self: object, tokens: Sequence[Token], index: int, *_: object) -> str:
        found = _EXAMPLE.fullmatch(tokens[index].info)
        # A card in the middle of a quote or a list would cut that in two.
        return f'<hr data-example="{found["slug"]}">\n' if found and not tokens[index].level else ""

    container_plugin(md, "note", validate=_matches(_NOTE), render=note)
    container_plugin(md, "example", validate=_matches(_EXAMPLE), render=example)
    md.core.ruler.after("block", "note_line", _run_in)


def _matches(pattern: re.Pattern[str]) -> Callable[[str, str], bool]:
    return lambda info, _markup: pattern.fullmatch(info) is not None


def _run_in(state: StateCore) -> None:
    """Let a note's first paragraph run on after its title."""
    for index, token in enumerate(state.tokens[:-3]):
        if token.type == "container_note_open" and state.tokens[index + 1].type == "paragraph_open":
            state.tokens[index + 1].hidden = state.tokens[index + 3].hidden = True


def _ruby(state: StateInline, silent: bool) -> bool:
    found = _RUBY.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    if not silent:
        token = state.push("ruby", "ruby", 0)
        token.content, token.meta = found[1], {"reading": found[2]}
    state.pos = found.end()
    return True


def _render_ruby(_self: object, tokens: Sequence[Token], index: int, *_: object) -> str:
    base, reading = (html.escape(t) for t in (tokens[index].content, tokens[index].meta["reading"]))
    return f"<ruby>{base}<rp>(</rp><rt>{reading}</rt><rp>)</rp></ruby>"


def _outward(state: StateCore) -> None:
    for token in (child for block in state.tokens for child in block.children or ()):
        if token.type == "link_open":
            token.attrs.pop("title", None)
            if not _INTERNAL.fullmatch(str(token.attrs["href"])):
                token.attrs["rel"] = REL


def _headings(state: StateCore, anchor_label: str) -> None:
    toc = state.env.setdefault("toc", [])
    taken = set(RESERVED_ANCHORS)
    for index, opening in enumerate(state.tokens):
        if opening.type != "heading_open":
            continue
        inline, closing = state.tokens[index + 1], state.tokens[index + 2]
        text = " ".join(words_of(inline).split())
        anchor = next(slug for slug in _slugs(text) if slug not in taken)
        taken.add(anchor)
        # The page's own title is the one h1, and h4 would be lost on a page of this length.
        opening.tag = closing.tag = "h2" if opening.tag in ("h1", "h2") else "h3"
        opening.attrs["id"] = anchor
        inline.children = [*(inline.children or ()), *_anchor(anchor, anchor_label)]
        if opening.tag == "h2" and opening.level == 0:
            toc.append((anchor, text))


def _slugs(text: str) -> Iterator[str]:
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "").replace("'", "")
    words = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in folded)
    slug = "-".join(words.split()) or "section"
    if not _COMMENT_ANCHOR.fullmatch(slug):
        yield slug
    number = 2
    while True:
        yield f"{slug}-{number}"
        number += 1


def _anchor(anchor: str, label: str) -> list[Token]:
    attributes = {"class": "anchor", "href": f"#{anchor}", "aria-label": label}
    return [
        Token("link_open", "a", 1, attrs=attributes),
        Token("text", "", 0, content="#"),
        Token("link_close", "a", -1),
    ]
