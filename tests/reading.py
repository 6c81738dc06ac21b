"""Reading an answer as a person does: the words of a page or of one piece of it, and its forms."""

from functools import lru_cache
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
from django.http import HttpResponse

NOT_READ = {"script", "style", "template", "head"}
BLOCKS = {"p", "li", "h1", "h2", "h3", "button", "form", "section", "div", "td", "th", "dt", "dd"}


def tree(response: HttpResponse) -> Element:
    """The answer as a tree of elements, to be read only; a piece stands in a body of its own."""
    return _parsed(response.content)


@lru_cache(maxsize=16)
def _parsed(content: bytes) -> Element:
    return html5lib.parse(content.decode(), namespaceHTMLElements=False)


def piece(response: HttpResponse, id_: str) -> Element:
    """The element with that id; there must be exactly one."""
    found = [element for element in tree(response).iter() if element.get("id") == id_]
    assert len(found) == 1, f"{len(found)} elements have the id {id_}"
    return found[0]


def has_piece(response: HttpResponse, id_: str) -> bool:
    return any(element.get("id") == id_ for element in tree(response).iter())


def words(response: HttpResponse, id_: str = "") -> str:
    """What can be read on the page, or in the piece with that id, in one line."""
    return text_of(piece(response, id_) if id_ else tree(response))


def text_of(element: Element) -> str:
    """The text of an element in one line, as far as somebody can read it."""
    return " ".join("".join(_texts(element)).split())


def _texts(element: Element) -> list[str]:
    if element.tag in NOT_READ:
        return []
    gap = " " if element.tag in BLOCKS else ""
    inner = [text for child in element for text in (*_texts(child), child.tail or "")]
    return [gap, element.text or "", *inner, gap]


def buttons(response: HttpResponse, id_: str = "") -> dict[str, bool]:
    """{value of `name=answer`: pressed} of the answer buttons of a piece."""
    element = piece(response, id_) if id_ else tree(response)
    return {
        button.get("value", ""): button.get("aria-pressed") == "true"
        for button in element.iter("button")
        if button.get("name") == "answer"
    }


def fields(response: HttpResponse, id_: str = "") -> dict[str, str]:
    """{name: value} of the input fields and text areas of a piece."""
    element = piece(response, id_) if id_ else tree(response)
    found = {}
    for field in element.iter():
        if field.tag == "input" and field.get("name") and field.get("type") != "checkbox":
            found[field.get("name")] = field.get("value", "")
        if field.tag == "textarea" and field.get("name"):
            found[field.get("name")] = field.text or ""
    return found


def sent_to(response: HttpResponse) -> str:
    """Where a 303 leads, as path, query and fragment."""
    assert response.status_code == 303, (response.status_code, words(response)[:300])
    parts = urlsplit(response["Location"])
    assert not parts.netloc, f"leads to another site: {response['Location']}"
    return parts.geturl()
