"""What the documents say is so: files, places in the code, commands."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"]
TOP_LEVEL = {
    "manage.py",
    "pyproject.toml",
    "explainer",
    "polls",
    "templates",
    "tests",
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
}
MADE_BY_RUNNING = {"var", "uv.lock"}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_to_a_file_leads_to_one(name: str) -> None:
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", read(name))
    assert [target for target in targets if not (ROOT / target).exists()] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_is_there(name: str) -> None:
    named = set(re.findall(r"manage\.py ([\w-]+)", read(name)))
    assert named <= set(get_commands())


def stands(named: str) -> bool:
    """Whether `actions/comments.post_comment` is a file, a folder or a name in one."""
    for place in (ROOT, ROOT / "polls", ROOT / "templates", ROOT / "templates" / "polls"):
        if (place / named).exists() or (place / f"{named}.py").exists():
            return True
        folder, _slash, last = named.rpartition("/")
        file, _dot, attribute = last.partition(".")
        source = place / folder / f"{file}.py"
        if source.exists() and re.search(rf"^(def|class) {attribute}\b", source.read_text(), re.M):
            return True
    return False


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_every_place_in_the_code_that_is_named_exists(name: str) -> None:
    named = re.findall(r"`([a-z_]+(?:/[\w.]+)+/?)`", read(name))
    assert named
    assert [place for place in named if not stands(place)] == []


def test_the_top_level_holds_nothing_more() -> None:
    seen = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert seen - MADE_BY_RUNNING == TOP_LEVEL
