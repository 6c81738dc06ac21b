"""The lists of words in the panel: many are added at once, each is taken off by an act."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import MULTIPART_CONTENT

from polls.admin.words import FILE_MOST
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


def send(who: Browser, name: str, content: bytes, text: str = ""):
    file = SimpleUploadedFile(name, content)
    said = {"text": text, "kind": "suspect", "confirmed": "1", "file": file}
    return who.post(ADD, said, content_type=MULTIPART_CONTENT, follow=True)


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("words.txt", "# a list\nfoo\nbar baz, too\n", {"foo", "bar baz, too"}),
        ("words.csv", 'foo,1\n"bar, baz",2\n,3\n\n', {"foo", "bar, baz"}),
        ("words.CSV", "foo;1\nbar;2\n", {"foo", "bar"}),
        ("from-a-spreadsheet.csv", "\ufefffoo\tx\r\nbär\ty\r\n", {"foo", "bär"}),
    ],
)
def test_words_come_in_a_file(mo: Browser, name: str, content: str, found: set[str]) -> None:
    send(mo, name, content.encode())
    assert set(ListedWord.objects.values_list("word", flat=True)) == found


def test_a_file_and_what_was_pasted_are_one_list(mo: Browser) -> None:
    response = send(mo, "words.txt", b"foo\nbar", text="baz\nFOO")
    assert messages(response) == ["3 words added."]


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("words.txt", b"x\n" * (FILE_MOST // 2 + 1), 422),
        ("words.txt", b"", 422),
        ("words.txt", b"f\xfc\xdf", 400),
        ("words.txt", "fuß".encode("utf-16"), 400),
        ("words.csv", b"x" * 200_000, 422),
        ("words.txt", b"N\0L", 422),
    ],
    ids=["large", "empty", "latin-1", "utf-16", "no CSV", "NUL"],
)
def test_a_file_that_cannot_be_read_is_refused(
    mo: Browser, name: str, content: bytes, status: int, nothing_stored
) -> None:
    with nothing_stored():
        assert send(mo, name, content, text="kept").status_code == status
