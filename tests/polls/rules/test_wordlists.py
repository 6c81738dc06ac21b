"""A listed word is found however it is written, and inside no other word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polls.rules import text, wordlists

LISTED = {wordlists.fold(word): word for word in ("spam", "go to hell", "Ass", "étude", "4chan")}


def found(*texts: str) -> str:
    """The word of the list that stands in a text."""
    return LISTED.get(wordlists.find(texts, LISTED), "")


@pytest.mark.parametrize(
    "written",
    [
        "spam",
        "It is SPAM!",
        "(spam)",
        "“Spam”, they said",
        "spam\nspam",
        "ＳＰＡＭ",
        "𝓼𝓹𝓪𝓶",
        "spám",
        "sp\u00e4m",
        "sp\u0430m",  # a Cyrillic letter
        "sp\u200bam",  # a space of no width
        "s\u00adpam",  # a soft hyphen
        "sp\u2060a\ufe0fm",
        "sp@m",
        "$pam",
        "5pam",
        "sp4m!!",
        "s p a m",
        "s.p.a.m",
        "s-p-a-m, really",
        "_s_p_a_m_",
        "sp'am",
    ],
)
def test_a_word_is_found_however_it_is_written(written):
    assert found(written) == "spam"


@pytest.mark.parametrize("written", ["go to hell", "Go\nto   HELL.", "g0 to h3ll", "go, to, hell"])
def test_a_phrase_is_found_across_spaces_and_signs(written):
    assert found(written) == "go to hell"


@pytest.mark.parametrize(
    "innocent",
    [
        "",
        "a spammer, spams, antispam",
        "class, assassin, pass",
        "go to hello",
        "hell to go",
        "455 of them, room-455",  # a number is no word
        "It cost $100!",
        "I a m",
        "sp am",
        "!!! ... @ $",
    ],
)
def test_what_is_no_listed_word_is_not_found(innocent):
    assert found(innocent) == ""


def test_accents_of_the_list_do_not_matter_either():
    assert found("an etude") == "étude"


def test_a_number_with_letters_is_a_word():
    assert found("on 4chan") == "4chan"
    assert found("on achan") == "4chan"


def test_markdown_cannot_take_a_word_apart():
    written = "It is sp**a**m, and &#115;pam"
    assert found(written) == ""
    assert found(written, text.readable(written)) == "spam"


def test_a_word_behind_a_spoiler_is_read_too():
    assert found(text.readable("[spoiler: who]\nIt is spam.\n[/spoiler]")) == "spam"


def test_a_script_without_spaces_is_searched_without_them():
    listed = {wordlists.fold("死ね")}
    assert wordlists.find(["お前は死ねよ"], listed)
    assert not wordlists.find(["お前は生きろ"], listed)


def test_marks_make_another_letter_in_kana():
    assert not wordlists.find(["がく"], {wordlists.fold("かく")})


def test_an_empty_list_finds_nothing():
    assert wordlists.find(["spam"], set()) == ""


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once_and_a_listed_word_finds_itself(word):
    folded = wordlists.fold(word)
    assert folded == folded.strip()
    if folded:
        assert wordlists.find([word], {folded}) == folded


@given(st.text(max_size=200), st.lists(st.text(min_size=1, max_size=10), max_size=5))
def test_whatever_is_written_only_a_listed_word_is_found(written, words):
    listed = {wordlists.fold(word) for word in words} - {""}
    assert wordlists.find([written], listed) in {*listed, ""}
