"""The lists of words in the panel: many are added at once, each is taken off by an act."""

import pytest

from polls.models import ListedWord, ModerationEntry
from tests import factories
from tests.conftest import Browser
from tests.polls.admin.conftest import messages, page_of, press, press_in_list

ADD = "/admin/polls/listedword/add/"


def add(who: Browser, text: str, kind: str = "suspect"):
    return who.post(ADD, {"text": text, "kind": kind, "confirmed": "1"}, follow=True)


def test_mo_puts_many_words_on_a_list(mo: Browser) -> None:
    assert mo.get(ADD).status_code == 200
    response = add(mo, "# from elsewhere\nfoo\nbar baz\n\nFOO\n")
    assert messages(response) == ["2 words added."]
    assert set(ListedWord.objects.values_list("word", "kind")) == {
        ("foo", "suspect"),
        ("bar baz", "suspect"),
    }
    assert ModerationEntry.objects.get().act == "add_words"


@pytest.mark.parametrize(
    ("text", "kind"), [("", "suspect"), ("x" * 61, "suspect"), ("foo", "green"), ("N\0L", "banned")]
)
def test_what_is_no_word_is_refused_and_kept(
    mo: Browser, text: str, kind: str, nothing_stored
) -> None:
    with nothing_stored():
        assert add(mo, text, kind).status_code == 422


def test_a_word_is_taken_off(mo: Browser) -> None:
    add(mo, "foo\nbar\nbaz", "banned")
    foo, bar, baz = (ListedWord.objects.get(word=word) for word in ("foo", "bar", "baz"))
    assert mo.get(page_of(foo)).status_code == 200
    press(mo, "remove", foo)
    response = press_in_list(mo, "remove", bar, baz)
    assert messages(response)[-1] == "2 words removed."
    assert not ListedWord.objects.exists()


def test_who_may_not_add_is_told_no(db: None, nothing_stored) -> None:
    des = Browser(user=factories.make_user("des", is_staff=True))
    with nothing_stored():
        assert des.get(ADD).status_code == 403
        assert add(des, "foo").status_code == 403
