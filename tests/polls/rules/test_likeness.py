"""Two spellings of one title."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polls.rules.likeness import Forms, fold, glue, likeness, nearest, trigrams, words


def forms(text):
    return Forms(" ".join(words(text)), glue(words(text)))


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Café", "cafe"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Ｈｅｉｓｔ", "heist"),
        ("ﬁlm", "film"),
        ("don’t", "dont"),
        ("ガンダム", "ガンダム"),
        ("カンタム", "カンタム"),
        ("ｶﾞﾝﾀﾞﾑ", "ガンダム"),
        ("이세계", "이세계"),
        ("हिन्दी", "हिन्दी"),
        ("he\u200bist", "heist"),
    ],
)
def test_folding_drops_what_people_spell_differently_and_nothing_else(typed, folded):
    assert fold(typed) == unicodedata.normalize("NFC", folded)


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_gluing_twice_is_gluing_once(text):
    key = glue(words(text))
    assert glue(words(key)) == key


@pytest.mark.parametrize(
    "nothing", ["", " ", "?!", "\u3164", "\u2800", "❤\ufe0f", "\u0301", "\x00"]
)
def test_what_cannot_be_read_has_no_words(nothing):
    assert words(nothing) == []


def test_trigrams_are_those_of_pg_trgm():
    assert trigrams("cat") == {"  c", " ca", "cat", "at "}


def test_likeness_is_one_for_the_same_and_zero_for_strangers():
    assert likeness(forms("body horror"), forms("Body-Horror")) == 1
    assert likeness(forms("isekai"), forms("heist story")) == 0


def test_the_nearest_come_best_first_each_once_and_no_more_than_asked():
    titles = ["heist stories", "heist story", "a heist storys", "isekai"]
    pairs = [(forms(title), title) for title in titles]
    found = nearest(forms("heist story"), [*pairs, (forms("heist story!"), "heist story")])
    assert found[0] == "heist story"
    assert sorted(found) == ["a heist storys", "heist stories", "heist story"]
    assert nearest(forms("heist story"), pairs, limit=1) == ["heist story"]
    assert nearest(forms("heist story"), reversed(pairs)) == found
