"""Reader's text on its way in: what is kept, and what is refused in which words."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polls.errors import Refused
from polls.rules.text import clean_body, clean_line, clean_name
from tests.oracle import names_only_text
from tests.strategies import hostile_texts


def sentence_of(clean, raw, **limits):
    with pytest.raises(Refused) as refused:
        clean(raw, **limits)
    return refused.value.message


# A comment on its way in


@pytest.mark.parametrize(
    "raw", ["", " ", "\n\n\t \n", "\u200b\u200b\u200b", "\u3164\u3164", "\xa0"]
)
def test_an_empty_comment_is_refused(raw):
    assert sentence_of(clean_body, raw) == "Write something before posting."


def test_a_comment_may_have_3000_characters_and_no_more():
    assert len(clean_body("é" * 2_999)) == 2_999
    assert len(clean_body("é" * 3_000)) == 3_000
    assert sentence_of(clean_body, "é" * 3_001) == (
        "Shorten your comment to 3,000 characters or fewer. It has 3,001."
    )
    assert sentence_of(clean_body, "a" * 5_212) == (
        "Shorten your comment to 3,000 characters or fewer. It has 5,212."
    )


def test_a_comment_needs_two_characters():
    assert clean_body("ok") == "ok"
    assert sentence_of(clean_body, "k") == "Write a little more: at least 2 characters."


def test_length_is_counted_after_normalising():
    decomposed = "e\u0301" * 3_000
    assert clean_body(decomposed) == "é" * 3_000
    assert clean_body("👨‍👩‍👧" * 600) == "👨‍👩‍👧" * 600  # five code points each


def test_a_huge_text_is_refused_without_reading_it_all():
    assert "It has 10,000,000." in sentence_of(clean_body, "\u0301\u0323" * 5_000_000)


def test_lines_and_blank_lines_are_kept_in_moderation():
    assert clean_body("one\r\ntwo\rthree\u2028four") == "one\ntwo\nthree\nfour"
    assert clean_body("one\n\n\ntwo") == "one\n\n\ntwo"
    assert clean_body("one\n \n\n\t\n\ntwo  \n\n") == "one\n\n\ntwo"
    assert clean_body("\n\n    code\n") == "    code"


@pytest.mark.parametrize(
    "text",
    [
        "ก็น้ำใจที่ยิ่งใหญ่",  # Thai
        "Tiếng Việt có dấu thanh, ngữ nghĩa",  # Vietnamese
        "السَّلَامُ عَلَيْكُمْ وَرَحْمَةُ اللَّهِ",  # Arabic with vowel signs
        "בְּרֵאשִׁית בָּרָא אֱלֹהִים",  # Hebrew with points
        "జ్ఞానం తెలుగు క్షీరము",  # Telugu
        "လျှို့ဝှက်ချက်",  # Burmese: four marks in a row
        "می\u200cخواهم",  # Persian with its zero-width non-joiner
        "寝取られ、ガ行、한국어, ｶﾞ",
        "👩🏽‍🚀 🏳️‍🌈 👨‍👩‍👧‍👦 1️⃣ ❤️ 🇯🇵",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",  # the flag of Scotland
        "a \u2067right to left\u2069 b \u200f",
        "x² ½ ™ \ufb01 \tTab",
    ],
)
def test_real_text_comes_back_byte_for_byte(text):
    composed = unicodedata.normalize("NFC", text)
    assert clean_body(composed) == composed
    assert clean_body(unicodedata.normalize("NFD", text)) == composed


def test_piled_up_marks_are_cut_to_four():
    assert clean_body("Z" + "\u0316" * 40 + "a") == "Z" + "\u0316" * 4 + "a"
    assert clean_body("Z" + "\u0316\u200d" * 40).count("\u0316") == 4
    assert clean_name("Z" + "\u0316" * 40 + "a") == "Z" + "\u0316" * 2 + "a"


def test_direction_tricks_are_dropped():
    assert clean_body("Admin\u202egnp.exe\u202c") == "Admingnp.exe"
    assert clean_body("\u2066abc") == "abc"
    assert clean_body("abc\u2069\u2067d") == "abcd"
    assert clean_body("\u2066a\nb\u2069") == "a\nb"


@pytest.mark.parametrize(
    ("character", "code"),
    [
        *(("\x00", "U+0000"), ("\x07", "U+0007"), ("\x0b", "U+000B"), ("\x1b", "U+001B")),
        *(("\x7f", "U+007F"), ("\x85", "U+0085"), ("\x9b", "U+009B"), ("\ud800", "U+D800")),
        *(("\udfff", "U+DFFF"), ("\ufdd0", "U+FDD0"), ("\ufffe", "U+FFFE"), ("\uffff", "U+FFFF")),
        *(("\U0010ffff", "U+10FFFF"), ("\U000e0041", "U+E0041")),
    ],
)
def test_an_unkeepable_character_is_named(character, code):
    words = f"Remove the character {code}: it cannot be shown, so it is not kept."
    assert sentence_of(clean_body, f"a{character}b") == words
    assert sentence_of(clean_line, f"a{character}b", least=1, most=9) == words
    assert sentence_of(clean_name, f"a{character}b") == words


def test_ten_links_are_enough():
    link = "https://example.org/{} "
    assert clean_body("".join(link.format(n) for n in range(9)))
    assert clean_body("".join(link.format(n) for n in range(10)))
    twelve = "".join(link.format(n) for n in range(12))
    assert sentence_of(clean_body, twelve) == "Use 10 links or fewer. Your comment has 12."
    hidden = f"[spoiler]{twelve}[/spoiler]"
    assert sentence_of(clean_body, hidden) == "Use 10 links or fewer. Your comment has 12."


def test_a_refusal_knows_its_field():
    for refuse, field in (
        (lambda: clean_body(""), "body"),
        (lambda: clean_line("", least=1, most=5), "title"),
        (lambda: clean_line("too long", least=1, most=5, field="note"), "note"),
        (lambda: clean_name(""), "name"),
    ):
        with pytest.raises(Refused) as refused:
            refuse()
        assert (refused.value.field, refused.value.status) == (field, 422)


# A line: a title, a note


def test_a_line_is_one_line():
    line = clean_line("  What’s\ta\r\nheist\u3000 story?\xa0", least=3, most=120)
    assert line == "What’s a heist story?"


def test_a_line_keeps_the_writing_of_a_title():
    title = "俺は彼女を信じてる！ ½ ﾊﾝｶｸ"
    assert clean_line(title, least=1, most=120) == title


def test_a_line_has_limits():
    assert clean_line("abc", least=3, most=5) == "abc"
    assert clean_line("abcde", least=3, most=5) == "abcde"
    assert sentence_of(clean_line, "ab", least=3, most=5) == (
        "Write a little more: at least 3 characters."
    )
    assert sentence_of(clean_line, "abcdef", least=3, most=5) == (
        "Shorten this to 5 characters or fewer. It has 6."
    )
    assert sentence_of(clean_line, " \u200b", least=3, most=5) == "Write something here first."


def test_a_note_may_be_empty():
    assert clean_line(" \u200b\n", least=0, most=200) == ""


# A name


def test_a_name_is_kept_in_its_plain_form():
    assert clean_name("  Ａnn\u200b  Lee ") == "Ann Lee"
    assert clean_name("José") == "José"
    assert clean_name("نیلوفر می\u200cآید") == "نیلوفر می\u200cآید"
    assert clean_name("'onmouseover='alert(1)'x='") == "'onmouseover='alert(1)'x='"


@pytest.mark.parametrize("raw", ["", " ", "\u200d", "\u3164", "\uffa0", "\u2800", "\u0301", "\xad"])
def test_an_invisible_name_is_refused(raw):
    assert sentence_of(clean_name, raw) == "Write the name you want to be shown with."


def test_a_name_may_have_60_characters():
    assert clean_name("a" * 60) == "a" * 60
    assert sentence_of(clean_name, "a" * 61) == (
        "Shorten your name to 60 characters or fewer. It has 61."
    )
    assert "It has 72." in sentence_of(clean_name, "\ufdfa" * 4)  # one character, eighteen letters


@pytest.mark.parametrize(
    "name",
    [
        *("Admin", "ADMIN.", "a d m i n", "аdmin", "ᴀᴅᴍɪɴ", "adm1n", "adrnin", "Ädmin", "𝐚𝐝𝐦𝐢𝐧"),
        *("ad\u200cmin", "Editor", "3ditor", "m0derat0r", "Mοderator", "_staff_", "@uthor"),
    ],
)
def test_nobody_signs_as_the_staff(name):
    assert "could be taken for somebody on the staff" in sentence_of(clean_name, name)


@pytest.mark.parametrize(
    "name", ["Ed", "Edith", "Mo", "Adminton", "Modern", "Авдотья", "作者", "🦊"]
)
def test_other_names_are_free(name):
    assert clean_name(name) == name


def test_reserved_names_are_the_hosts_own():
    assert clean_name("Mara Lindqvist") == "Mara Lindqvist"
    for name in ("Mara Lindqvist", "mara lindqvist", "Marа Lindqvist", "MaraL1ndqv1st"):
        refusal = sentence_of(clean_name, name, reserved=["Mara Lindqvist", "🦊"])
        assert refusal == f"Choose another name: “{name}” could be taken for somebody on the staff."


# Any text


@settings(deadline=None)
@given(hostile_texts, st.sampled_from([clean_body, clean_name, clean_line]))
def test_what_was_cleaned_is_clean(text, clean):
    limits = {"least": 1, "most": 300} if clean is clean_line else {}
    try:
        once = clean(text, **limits)
    except Refused:
        return
    assert clean(once, **limits) == once
    assert once.encode()
    assert names_only_text(once)
