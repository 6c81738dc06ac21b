"""Our own scripts put text into a page as text, and ask nobody else for anything."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from explainer.environment import BASE_DIR

# What makes HTML, code or a request elsewhere of a string, or reads what is the server's to read.
REFUSED = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|document\.write|"
    r"\beval\(|new Function|setTimeout\(\s*[\"'`]|document\.cookie|"
    r"postMessage|[\"'`](?:https?:)?//"
)


def own_scripts() -> dict[str, str]:
    """{path: text} of every script that is ours; htmx and the panel's have tests of their own."""
    found = {}
    for finder in finders.get_finders():
        for path, _storage in finder.list([]):
            place = finders.find(path)
            if path.endswith(".js") and place.startswith(f"{BASE_DIR}/") and ".venv" not in place:
                found[path] = Path(place).read_text()
    return found


def test_nothing_is_made_of_a_text_but_text():
    scripts = own_scripts()
    assert scripts
    wrong = {path: REFUSED.findall(text) for path, text in scripts.items()}
    assert {path: words for path, words in wrong.items() if words} == {}


@pytest.mark.parametrize("line", ["a.innerHTML = b", "eval(a)", 'fetch("https://evil.example")'])
def test_it_would_be_found(line):
    assert REFUSED.search(line)
