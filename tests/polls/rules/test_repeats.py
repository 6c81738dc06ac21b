"""When two texts are the same."""

import pytest

from polls.rules.repeats import fingerprint

TEXT = "Buy the whole series at my shop, today only."


@pytest.mark.parametrize(
    "again",
    [
        "buy THE whole series, at my shop: today only",
        "Buy the whole series at my shop, today only.\n\n!!!",
        "B\u200buy the wh\u00f3le series at my shop, today only.",
        "**Buy** the whole series at my shop, today only.",
    ],
)
def test_dress_makes_no_other_text(again):
    assert fingerprint(again) == fingerprint(TEXT)


def test_another_word_makes_another_text():
    assert fingerprint(TEXT.replace("today", "tonight")) != fingerprint(TEXT)


@pytest.mark.parametrize("short", ["", "I think so too.", "…" * 40, "1234567890123456789"])
def test_a_short_text_is_said_twice_by_chance(short):
    assert fingerprint(short) == ""


def test_twenty_letters_are_enough_in_any_script():
    assert fingerprint("12345678901234567890")
    assert fingerprint("あ" * 20)


def test_a_fingerprint_tells_nothing_of_the_text_and_fits_its_column():
    assert len(fingerprint(TEXT * 60)) == 32
