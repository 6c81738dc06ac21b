"""Hostile and odd texts go through the very functions that a reader's text goes through."""

import sys
from functools import partial

import pytest

from polls.errors import Refused
from polls.rules.markdown import OUTPUT_LIMIT, SANITISER
from polls.rules.text import (
    clean_body,
    clean_line,
    clean_name,
    count_links,
    excerpt,
    render_comment,
)
from tests.corpora import ALL, load, pathological, unicode_tricks
from tests.oracle import COMMENT, names_only_text, parse, problems

LENGTH = 3_000
CALLS = 1_500_000  # About a tenth of a second of processor time.
GROWTH = 2.5  # Twice the text may cost twice the work and a little, never four times.
WAYS_IN = (
    clean_body,
    partial(clean_line, least=0, most=3_000),
    partial(clean_name, most=3_000),
)


def cleaned(text, clean):
    """Return the text as it would be kept, None when it is refused."""
    try:
        return clean(text)
    except Refused:
        return None


@pytest.mark.parametrize("corpus", ALL)
def test_every_comment_comes_out_as_safe_html(corpus):
    unsafe = {}
    for name, raw in ALL[corpus]().items():
        body = cleaned(raw, clean_body)
        # What is refused is rendered too: safety must not hang on the refusal.
        for text in {raw, body} - {None}:
            html = render_comment(text)
            if found := problems(html, COMMENT):
                unsafe[name] = found
            assert html == SANITISER.clean(html), name
            assert len(html.encode()) <= OUTPUT_LIMIT, name
            assert len(parse(html).findall(".//{*}a")) == count_links(text), name
    assert unsafe == {}


@pytest.mark.parametrize("corpus", ALL)
def test_cleaning_twice_changes_nothing(corpus):
    for name, raw in ALL[corpus]().items():
        for clean in WAYS_IN:
            once = cleaned(raw, clean)
            if once is not None:
                assert clean(once) == once, (name, clean)


@pytest.mark.parametrize("corpus", ALL)
def test_names_titles_and_excerpts_stay_text(corpus):
    for name, raw in ALL[corpus]().items():
        for text in {cleaned(raw, clean) for clean in WAYS_IN[1:]} - {None}:
            assert names_only_text(text), name
            assert "\n" not in text, name
        short = excerpt(raw)
        assert len(short) <= 140, name
        assert "\n" not in short, name


def calls_for(text):
    """Return how many calls the text costs: what a clock would say, on any machine, every time."""
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        render_comment(text)
        cleaned(text, clean_body)
        excerpt(text)
    finally:
        sys.setprofile(None)
    return calls


def test_a_slow_comment_costs_little():
    render_comment("warm")
    halves = {name: calls_for(text) for name, text in pathological(LENGTH // 2).items()}
    slow = {}
    for name, text in pathological(LENGTH).items():
        calls = calls_for(text)
        if calls > CALLS or calls > GROWTH * halves[name]:
            slow[name] = (halves[name], calls)
    assert slow == {}


LEGAL_TRICKS = (
    "isolate RLI/PDI",
    "LRM/RLM",
    "ALM",
    "zero width space in name",
    "ZWNJ",
    "ZWJ",
    "soft hyphen",
    "arabic ligature crash class",
    "telugu crash class",
    "astral",
    "emoji flag halves",
    "skin-tone/ZWJ family",
    "keycap",
    "cyrillic homoglyph admin",
    "fullwidth",
    "turkish casing",
    "sharp s",
    "csv formula",
    "template injection",
    "path traversal",
)


def test_legal_tricks_come_back_byte_for_byte():
    tricks = unicode_tricks()
    for name in LEGAL_TRICKS:
        assert clean_body(tricks[name], least=1) == tricks[name], name


REFUSED_TRICKS = (
    *("NEL", "C0 controls", "NUL", "DEL", "C1", "ansi escape (log injection)"),
    *("noncharacter", "tag characters (E0041..)"),
)


def test_unkeepable_tricks_are_refused_everywhere():
    tricks = unicode_tricks()
    for name in REFUSED_TRICKS:
        for clean in WAYS_IN:
            with pytest.raises(Refused, match=r"U\+"):
                clean(tricks[name])


STAFF_TRICKS = (
    "LRM/RLM",
    "ALM",
    "zero width space in name",
    "ZWNJ",
    "ZWJ",
    "word joiner",
    "BOM inside",
    "soft hyphen",
    "combining grapheme joiner",
    "invisible times",
    "cyrillic homoglyph admin",
    "greek omicron",
    "fullwidth",
    "math bold",
    "small caps",
    "dotless i",
)


def test_tricks_do_not_make_somebody_the_admin():
    tricks = unicode_tricks()
    for name in STAFF_TRICKS:
        with pytest.raises(Refused, match="staff"):
            clean_name(tricks[name])


def test_invisible_tricks_are_no_name():
    tricks = unicode_tricks()
    for name in (
        "hangul filler name",
        "halfwidth hangul filler",
        "braille blank",
        "mongolian vowel sep",
        "nbsp only",
        "ideographic space only",
    ):
        with pytest.raises(Refused, match="name you want"):
            clean_name(tricks[name])


# Where our subset is CommonMark, it must be CommonMark. Left out: what we switch off (HTML, images,
# headings, rules, references) and what we do differently (line breaks, code languages, links).
SUBSET = {
    "Backslash escapes": 7,
    "Code spans": 18,
    "Emphasis and strong emphasis": 114,
    "Block quotes": 11,
    "List items": 37,
    "Lists": 21,
    "Indented code blocks": 10,
    "Fenced code blocks": 22,
}


def test_the_subset_agrees_with_commonmark():
    agreed = dict.fromkeys(SUBSET, 0)
    for case in load("commonmark/spec-0.31.2.json"):
        if case["section"] not in SUBSET:
            continue
        expected = case["html"].replace("<br />", "<br>").replace("&quot;", '"')
        agreed[case["section"]] += render_comment(case["markdown"]).strip() == expected.strip()
    assert all(agreed[section] >= least for section, least in SUBSET.items()), agreed
