"""What a page loads, and what may stand in a template: small, our own, nothing inline."""

import gzip
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from explainer.models import Article
from tests import factories
from tests.conftest import Browser

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SOURCES = sorted(path for app in ("explainer", "polls") for path in (ROOT / app).rglob("*.py"))
OWN_FILES = sorted(
    path
    for app in ("explainer", "polls")
    for path in (ROOT / app / "static").rglob("*")
    if path.suffix in {".css", ".js"}
)
KIB = 1024

# Where text leaves unescaped, and what made it safe on its way in.
SAFE_IN_TEMPLATES = {
    # explainer.rendering: the editors' Markdown
    "templates/explainer/article.html": ["block", "short_answer"],
    # polls.rules.text: what readers wrote
    "templates/polls/alone.html": ["answered.html"],
    "templates/polls/appeals/decision.html": ["decision.html"],
    "templates/polls/me.html": ["said.html"],
    "templates/polls/comments/_said.html": ["node.html"],
    "templates/polls/comments/_composer.html": ["preview"],
    "templates/polls/comments/_delete.html": ["comment.html"],
    "templates/polls/comments/_reply.html": ["preview"],
    "templates/polls/moderation/_case.html": ["case.comment.html"],
    "templates/polls/moderation/_erase.html": ["comment.html"],
}
SAFE_IN_SOURCES = {
    # polls.rules.text
    "polls/admin/comments.py": ["comment.html"],
    # What templates have drawn already: a slot's own nodes, a thread, the mark of a place.
    "polls/templatetags/polls_pieces.py": ["mark", "self.nodelist.render", "thread_of"],
    # An f-string with JSON in which nothing can end the script element it stands in.
    "polls/templatetags/polls_ui.py": ["f"],
}

UNESCAPED = re.compile(r"([\w.]+)\s*\|\s*safe\b")
SWITCHED_OFF = re.compile(r"autoescape\s+off|\|\s*safeseq\b")
MARKED = re.compile(r"\bmark_safe\(([\w.]*)")
# Whatever else makes Django trust a string; an import of mark_safe alone does nothing.
OTHER_WAYS = re.compile(
    r"\b(?:SafeString|SafeText)\(|\bhtml_safe\b|def __html__|^(?!\s*from ).*\bmark_safe\b(?!\()",
    re.MULTILINE,
)
OTHER_HOST = re.compile(r"""(?:https?:)?//[\w.-]+\.\w|["'(]//""")
DATA_URL = re.compile(r"""url\((["'])data:.*?\1\)""")
LOADS = re.compile(r"url\([^)]*\)|@import")
TAG, VALUE = re.compile(r"\{%.*?%\}", re.DOTALL), re.compile(r"\{\{.*?\}\}", re.DOTALL)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


class Inline(HTMLParser):
    """Collects what a strict content policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or (tag == "script" and not given.get("src")):
            self.found.append(f"<{tag}>")
        for attribute, value in attrs:
            is_handler = attribute.startswith(("on", "hx-on", "data-hx-on"))
            is_code = (value or "").strip().lower().startswith(("javascript:", "js:"))
            if attribute == "style" or is_handler or is_code:
                self.found.append(f"{attribute}={value}")


def inline(markup: str) -> list[str]:
    """Inline styles, scripts and handlers in the markup of a template."""
    parser = Inline()
    parser.feed(VALUE.sub("x", TAG.sub(" ", markup)))
    return parser.found


def found_in(paths: list[Path], find: Callable[[str], list[str]]) -> dict[str, list[str]]:
    """What `find` finds in the files, without the files in which it finds nothing."""
    found = {name(path): sorted(find(path.read_text())) for path in paths}
    return {path: hits for path, hits in found.items() if hits}


class Links(HTMLParser):
    """Collects what a page loads."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "link" and given.get("rel") in {"stylesheet", "icon", "preload"}:
            self.loaded.append(given["href"] or "")
        if tag in {"script", "img", "iframe", "source"} and given.get("src"):
            self.loaded.append(given["src"] or "")


def loaded_by(client: Browser, path: str) -> list[str]:
    """The addresses of the files that a page links."""
    response = client.get(path)
    assert response.status_code == 200
    links = Links()
    links.feed(response.content.decode())
    return links.loaded


def weight(url: str) -> int:
    """The size of a static file in bytes, compressed as a server sends it."""
    found = finders.find(url.removeprefix(settings.STATIC_URL))
    assert isinstance(found, str), f"{url} is linked and does not exist"
    return len(gzip.compress(Path(found).read_bytes(), compresslevel=9))


@pytest.mark.parametrize("path", ["/", "/articles/isekai/", "/topics/", "/me/"])
def test_styles_and_scripts_of_a_page_weigh_less_than_40_kib(
    ann: Browser, isekai: Article, path: str
) -> None:
    factories.make_comment(isekai.discussion)
    loaded = loaded_by(ann, path)
    assert all(url.startswith(settings.STATIC_URL) for url in loaded)
    files = [url for url in loaded if url.endswith((".css", ".js"))]
    assert len(files) == 3, "one stylesheet, htmx, our own script"
    assert sum(weight(url) for url in files) < 40 * KIB


def test_our_own_script_weighs_less_than_4_kib(ann: Browser, isekai: Article) -> None:
    [script] = [url for url in loaded_by(ann, "/articles/isekai/") if "polls/" in url]
    assert weight(script) < 4 * KIB


def test_no_template_holds_anything_inline() -> None:
    assert found_in(TEMPLATES, inline) == {}


@pytest.mark.parametrize(
    "markup",
    [
        '<p style="color: red">',
        "<style>p {}</style>",
        "<script>go()</script>",
        '<a onclick="go()">',
        '<a hx-on:click="go()">',
        '<a href="javascript:go()">',
        '<p {% if yes %}style="{{ it }}"{% endif %}>',
    ],
)
def test_inline_code_in_a_template_would_be_seen(markup: str) -> None:
    assert inline(markup)


def test_templates_let_through_unescaped_only_what_was_made_safe() -> None:
    assert found_in(TEMPLATES, UNESCAPED.findall) == SAFE_IN_TEMPLATES
    assert found_in(TEMPLATES, SWITCHED_OFF.findall) == {}


def test_code_marks_as_safe_only_in_the_named_places() -> None:
    assert found_in(SOURCES, MARKED.findall) == SAFE_IN_SOURCES
    assert found_in(SOURCES, OTHER_WAYS.findall) == {}


def hosts(text: str) -> list[str]:
    """Addresses on other hosts; a drawing inside a stylesheet is none."""
    return OTHER_HOST.findall(DATA_URL.sub("", text))


def test_no_file_names_another_host() -> None:
    assert found_in(OWN_FILES + TEMPLATES, hosts) == {}


def test_a_stylesheet_loads_nothing() -> None:
    sheets = [path for path in OWN_FILES if path.suffix == ".css"]
    assert sheets
    assert found_in(sheets, lambda css: LOADS.findall(DATA_URL.sub("", css))) == {}


@pytest.mark.parametrize(
    "text",
    [
        '<img src="https://elsewhere.example/a.png">',
        '<img src="//elsewhere.example/a.png">',
        "background: url(//elsewhere.example/a.png)",
        "@import 'https://elsewhere.example/a.css'",
    ],
)
def test_a_link_to_another_host_would_be_seen(text: str) -> None:
    assert hosts(text)
