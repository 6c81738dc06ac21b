"""The hostile and odd texts that lie outside the project (their licences differ from ours).

They are read from `../shared/corpora` beside the repository, or from the folder that the
environment variable AFTERWORD_CORPORA names. Without them the tests that need them skip.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PLACE = Path(
    os.environ.get("AFTERWORD_CORPORA")
    or Path(__file__).resolve().parents[2] / "shared" / "corpora"
)
Texts = dict[str, str]


def load(name: str) -> Any:
    """Return the parsed JSON file of that name; skip the test when it is not there."""
    path = PLACE / name
    if not path.is_file():
        message = f"NOT TESTED: no corpus at {path} (set AFTERWORD_CORPORA to its folder)"
        if os.environ.get("REQUIRE_CORPORA"):
            pytest.fail(message)
        pytest.skip(message)
    return json.loads(path.read_text(encoding="utf-8"))


def owasp() -> Texts:
    return {case["id"]: case["payload"] for case in load("owasp/xss_filter_evasion.json")}


def markdown_vectors() -> Texts:
    return {case["id"]: case["payload"] for case in load("owasp/markdown_vectors.json")}


def naughty_strings() -> Texts:
    return {f"blns-{number}": text for number, text in enumerate(load("blns/blns.json"))}


def commonmark() -> Texts:
    cases = load("commonmark/spec-0.31.2.json")
    return {f"commonmark-{case['number']}": case["markdown"] for case in cases}


def unicode_tricks() -> Texts:
    return {case["name"]: case["text"] for case in load("unicode/tricks.json")}


def pathological(length: int = 3_000) -> Texts:
    """Return one text of at most `length` characters for each class of slow input."""
    texts = {}
    for name, parts in load("commonmark/pathological.json")["cases"].items():
        unit = sum(len(text) for text, repeat in parts if repeat == "n")
        fixed = sum(len(text) * repeat for text, repeat in parts if repeat != "n")
        count = (length - fixed) // unit
        texts[name] = "".join(t * (count if repeat == "n" else repeat) for t, repeat in parts)
    texts["deeply nested lists"] = "".join("  " * x + "* a\n" for x in range(length))[:length]
    texts["backticks"] = "".join("e" + "`" * x for x in range(1, length))[:length]
    half = length // 2
    texts["many references"] = ("".join(f"[{x}]: u\n" for x in range(half))[:half]) + "[0] " * (
        half // 4
    )
    return texts


ALL: dict[str, Callable[[], Texts]] = {
    "owasp": owasp,
    "markdown vectors": markdown_vectors,
    "naughty strings": naughty_strings,
    "commonmark": commonmark,
    "unicode tricks": unicode_tricks,
    "pathological": pathological,
}
