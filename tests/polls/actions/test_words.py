"""The lists of words: imported a line each, found as they are folded, logged."""

import pytest

from polls.actions.words import add_words, remove_word
from polls.errors import Refused
from polls.models import ListedWord, ModerationEntry

pytestmark = pytest.mark.django_db


def listed():
    return set(ListedWord.objects.values_list("word", "kind"))


def test_a_line_is_a_word_and_the_rest_is_passed_over(mo):
    text = "# from the old site\n Cowslip \n\n  you   lot\r\ncówslip\n"
    assert add_words(text=text, kind="suspect", actor=mo.user) == 2
    assert listed() == {("Cowslip", "suspect"), ("you lot", "suspect")}
    entry = ModerationEntry.objects.get()
    assert (entry.act, entry.reason) == ("add_words", "2 words, suspect: Cowslip, you lot")


def test_the_log_names_as_many_words_as_an_entry_holds(mo):
    text = "\n".join(f"word{n:04}" for n in range(1000))
    add_words(text=text, kind="banned", actor=mo.user)
    reason = ModerationEntry.objects.get().reason
    assert reason.startswith("1000 words, banned: word0000, word0001, ")
    assert reason.endswith(", …")
    named = reason.removesuffix(", …").split(": ")[1].split(", ")
    assert named == [f"word{n:04}" for n in range(len(named))]
    assert 290 < len(reason) <= 300


def test_the_same_import_again_adds_nothing(mo, nothing_stored):
    add_words(text="cowslip\nhogweed", kind="banned", actor=mo.user)
    with nothing_stored():
        assert add_words(text="Hogweed\nCOWSLIP", kind="banned", actor=mo.user) == 0


def test_a_word_moves_from_one_list_to_the_other(mo):
    add_words(text="cowslip", kind="suspect", actor=mo.user)
    assert add_words(text="Cowslip\nhogweed", kind="banned", actor=mo.user) == 2
    assert listed() == {("Cowslip", "banned"), ("hogweed", "banned")}


@pytest.mark.parametrize(
    ("text", "kind", "field"),
    [
        ("cowslip\n!!!", "suspect", "text"),
        ("cowslip\n" + "x" * 61, "suspect", "text"),
        ("cowslip\n" + "\ufdfa" * 20, "suspect", "text"),
        ("cowslip\n\0", "suspect", "text"),
        ("cowslip", "deadly", "kind"),
    ],
)
def test_a_line_that_is_no_word_stops_the_whole_import(mo, text, kind, field, nothing_stored):
    with nothing_stored(), pytest.raises(Refused) as refusal:
        add_words(text=text, kind=kind, actor=mo.user)
    assert refusal.value.field == field


def test_the_lists_have_an_end(mo, nothing_stored):
    lines = "\n".join(f"word{n}" for n in range(5001))
    with nothing_stored(), pytest.raises(Refused, match="5,000"):
        add_words(text=lines, kind="suspect", actor=mo.user)


def test_a_word_is_taken_off(mo):
    add_words(text="cowslip", kind="suspect", actor=mo.user)
    remove_word(word=ListedWord.objects.get(), actor=mo.user)
    assert listed() == set()
    entry = ModerationEntry.objects.first()
    assert (entry.act, entry.reason) == ("remove_word", "cowslip")
