"""One work under many spellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polls.errors import Refused
from polls.rules import works


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Apothecary Diaries", "apothecary diaries!"),
        ("Re:Zero", "RE ZERO"),
        ("Pokémon", "pokemon"),
        ("Ｋ－ＯＮ！", "K-On"),
        ("推しの子", "【推しの子】"),
        ("Frieren: Beyond Journey’s End", "Frieren - Beyond Journey's End"),
    ],
)
def test_spellings_of_one_work_share_a_key(one, other):
    assert works.key(one) == works.key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Monster", "Monsters"),
        ("86", "1984"),
        ("A", "An"),
        ("ガンダム", "カンタム"),
        ("!!!", "???"),
        ("Theatre", "Atre"),
        ("Dune", "Dune 2"),
    ],
)
def test_different_works_have_different_keys(one, other):
    assert works.key(one) != works.key(other)


@pytest.mark.parametrize("empty", ["", "  ", "\u200b", "\u3164", "\n"])
def test_a_title_of_nothing_is_refused(empty):
    with pytest.raises(Refused) as refusal:
        works.key(empty)
    assert refusal.value.message == "Write the title of a work."


@given(st.text())
def test_the_key_of_a_key_is_itself(title):
    try:
        key = works.key(title)
    except Refused:
        return
    assert works.key(key) == key


def test_like_works_are_offered_best_first_and_once_for_all_their_titles():
    titles = {
        "The Twelve Kingdoms": "kingdoms",
        "Twelve Kingdom": "kingdoms",
        "十二国記": "kingdoms",
        "Kingdom": "kingdom",
        "Frieren": "frieren",
    }
    assert works.similar("kingdom", titles) == ["kingdom", "kingdoms"]
    assert works.similar("twelve kingdoms", titles) == ["kingdoms"]
    assert works.similar("十二国記", titles) == ["kingdoms"]
    assert works.similar("Berserk", titles) == []
