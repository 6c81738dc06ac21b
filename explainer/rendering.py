"""An article's Markdown to the HTML of its page, its contents and its length.

Editors write it, and still it passes an allow-list: a pasted text is nobody's, and an editor's
account can be stolen. The dialect itself is in `explainer.dialect`.
"""

import re
from dataclasses import dataclass

import nh3

from explainer.dialect import REL, is_linkable, parser, words_of

# Adults read English non-fiction silently at 238 words a minute on average (M. Brysbaert, "How
# many words do we read per minute?", Journal of Memory and Language 109, 2019). Rounded down,
# since explainers hold foreign words and titles.
WORDS_A_MINUTE = 230

# Well-formed BCP 47 (RFC 5646, 2.1) without private-use and grandfathered tags.
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_MARK = re.compile(r'<hr data-example="([a-z0-9-]+)">')
_NEWLINES = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_UNSOUND = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_WORD = re.compile(r"\w+(?:[’'-]\w+)*")
_INLINE_TAGS = {"em", "strong", "s", "code", "a", "b", "span", "sup", "sub", "ruby", "rt", "rp"}
_BLOCK_TAGS = {
    *("p", "br", "hr", "h2", "h3", "ol", "ul", "li", "blockquote", "pre", "aside"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


@dataclass(frozen=True)
class TocEntry:
    """A line of the contents list: the id of an h2 and its plain text."""

    anchor: str
    text: str


@dataclass(frozen=True)
class RenderedArticle:
    """Safe HTML with example marks in it, the contents list, and the number of words."""

    html: str
    toc: tuple[TocEntry, ...]
    words: int


@dataclass(frozen=True)
class ExampleMark:
    """The place in an article where the card of the work with this slug stands."""

    slug: str


def render_article(markdown: str) -> RenderedArticle:
    """Return the article as safe HTML with its contents and length. Never raises."""
    env: dict[str, list[tuple[str, str]]] = {}
    tokens = _PARSER.parse(sound(markdown), env)
    html = _PARSER.renderer.render(tokens, _PARSER.options, env)
    text = " ".join(words_of(token) for token in tokens if token.type == "inline")
    return RenderedArticle(
        html=SANITISER.clean(html),
        toc=tuple(TocEntry(anchor, heading) for anchor, heading in env["toc"]),
        words=len(_WORD.findall(text)),
    )


def render_inline(text: str) -> str:
    """Return one line of the dialect (the short answer) as safe HTML without a block around it."""
    return LINE_SANITISER.clean(_PARSER.renderInline(sound(text)))


def split_examples(html: str) -> list[str | ExampleMark]:
    """Cut an article's HTML at its example marks, in order; each string is whole HTML."""
    parts = _MARK.split(html)
    blocks: list[str | ExampleMark] = []
    for index, part in enumerate(parts):
        if index % 2:
            blocks.append(ExampleMark(part))
        elif part.strip():
            blocks.append(part)
    return blocks


def reading_minutes(words: int) -> int:
    """Return the whole minutes an adult needs for so many words, at least 1."""
    return max(1, round(words / WORDS_A_MINUTE))


def sound(text: str) -> str:
    """The text without what no page and no feed can show: controls, lone surrogates.

    A paste from a word processor may hold a vertical tab, which no XML may.
    """
    return _UNSOUND.sub("", _NEWLINES.sub("\n", text))


def _attribute(tag: str, name: str, value: str) -> str | None:
    allowed = {
        "href": is_linkable,
        "rel": lambda rel: rel == REL,
        "lang": _LANGUAGE.fullmatch,
    }.get(name)
    return value if allowed is None or allowed(value) else None


def _sanitiser(tags: set[str]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=tags,
        attributes={
            "*": set(),  # without it, title and lang would be allowed everywhere
            "a": {"href", "rel", "lang", "aria-label"},
            "span": {"lang"},
            "h2": {"id"},
            "h3": {"id"},
            "ol": {"start"},
            "hr": {"data-example"},
        },
        allowed_classes={"a": {"anchor"}, "aside": {"note"}},
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto"},
        url_relative="pass_through",
        link_rel=None,
    )


_PARSER = parser()
SANITISER = _sanitiser(_INLINE_TAGS | _BLOCK_TAGS)
LINE_SANITISER = _sanitiser(_INLINE_TAGS)
