"""An independent judge of HTML: another parser (html5lib) and lists written for the tests alone.

It knows nothing of how the HTML was made. Use `problems(html, COMMENT)` and expect [].
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import html5lib

XHTML = "{http://www.w3.org/1999/xhtml}"
COMMENT_REL = "ugc nofollow noopener noreferrer"
ARTICLE_REL = "noopener noreferrer"

_LANGUAGE = r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*"
_NOT_SPACE = r"[^\x00-\x20\\]"
_WEB = rf"(?i:https?)://(?![/@:])[^/?#@\\\s]+([/?#]{_NOT_SPACE}*)?"
_OUTWARD = rf"({_WEB}|(?i:mailto):[^?@\s]+@[^?@\s]+)"


@dataclass(frozen=True)
class Policy:
    """The elements that may occur, and for each the attributes with a pattern of their values."""

    elements: Mapping[str, Mapping[str, str]]
    rel: str


def _plain(*names: str) -> dict[str, dict[str, str]]:
    return {name: {} for name in names}


COMMENT = Policy(
    elements={
        **_plain("p", "br", "em", "strong", "s", "code", "pre", "blockquote", "ul", "li"),
        **_plain("summary", "b"),
        "ol": {"start": r"\d{1,9}"},
        "details": {"class": "spoiler"},
        "span": {"class": "label"},
        "a": {"href": _OUTWARD, "rel": re.escape(COMMENT_REL)},
    },
    rel=COMMENT_REL,
)
ARTICLE = Policy(
    elements={
        **_plain("p", "br", "em", "strong", "s", "code", "pre", "blockquote", "ul", "li", "b"),
        **_plain("sup", "sub", "ruby", "rt", "rp"),
        **_plain("table", "thead", "tbody", "tr", "th", "td"),
        "ol": {"start": r"\d{1,9}"},
        "h2": {"id": r"[^\s\"'<>&]+"},
        "h3": {"id": r"[^\s\"'<>&]+"},
        "hr": {"data-example": r"[a-z0-9-]+"},
        "aside": {"class": "note"},
        "span": {"lang": _LANGUAGE},
        "a": {
            "href": rf"{_OUTWARD}|#{_NOT_SPACE}*|/(?![/\\]){_NOT_SPACE}*",
            "rel": re.escape(ARTICLE_REL),
            "lang": _LANGUAGE,
            "class": "anchor",
            "aria-label": "Link to this section",
        },
    },
    rel=ARTICLE_REL,
)


def problems(markup: str, policy: Policy) -> list[str]:
    """Return a sentence for each element, attribute or address that the policy does not allow."""
    found: list[str] = []
    for element in parse(markup).iter():
        if not isinstance(element.tag, str):
            found.append(f"a comment or instruction: {element.text!r}")
        elif not element.tag.startswith(XHTML):
            found.append(f"an element of another namespace: {element.tag}")
        elif element.tag != "DOCUMENT_FRAGMENT":
            found.extend(_problems_of(element, policy))
    return found


def parse(markup: str) -> Any:
    """Return the markup as a browser would build it inside a body."""
    fragment = html5lib.parseFragment(markup, treebuilder="etree")
    fragment.tag = XHTML + "body"
    return fragment


def names_only_text(text: str) -> bool:
    """Say whether escaped text stays text, between tags and in an attribute of either quote."""
    safe = html.escape(text)
    markup = f"<p title=\"{safe}\" lang='{safe}'>{safe}</p>"
    (paragraph,) = list(parse(markup))
    attributes = {"title": text, "lang": text}
    return not list(paragraph) and (paragraph.text or "") == text and paragraph.attrib == attributes


def _problems_of(element: Any, policy: Policy) -> list[str]:
    name = element.tag.removeprefix(XHTML)
    if name == "body":
        return []
    if name not in policy.elements:
        return [f"<{name}>"]
    allowed = policy.elements[name]
    found = [
        f"<{name} {attribute}={value!r}>"
        for attribute, value in element.attrib.items()
        if attribute not in allowed or not re.fullmatch(allowed[attribute], value)
    ]
    return found + _problems_of_link(element, policy) if name == "a" else found


def _problems_of_link(link: Any, policy: Policy) -> list[str]:
    address = link.get("href")
    if not address:
        return ["a link that leads nowhere"]
    found = [] if "".join(link.itertext()).strip() else [f"a link without text: {address}"]
    if not address.startswith(("/", "#")) and link.get("rel") != policy.rel:
        found.append(f"rel={link.get('rel')!r} on {address}")
    return found
