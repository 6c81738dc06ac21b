"""A moderator's word to a reader: shown until it is read, to nobody else."""

import pytest

from polls.models import Reader
from tests.factories import make_article
from tests.reading import fields, has_piece, piece, sent_to, tree, words

pytestmark = pytest.mark.django_db
PAGE = "/articles/isekai/"
TOLD = "Argue with what was said, please."


@pytest.fixture
def warned(ann, isekai):
    """Ann, whom a moderator has something to tell."""
    ann.post(f"{PAGE}questions/reaction/", {"answer": "sad"})
    Reader.objects.filter(pk=ann.reader.pk).update(warning=TOLD)
    return ann


def test_it_stands_over_the_composer_and_on_the_readers_own_page(warned, sam):
    assert TOLD in words(warned.get(PAGE), "comments")
    assert TOLD in words(warned.get("/me/"), "main")
    for path in (PAGE, "/me/"):
        assert TOLD not in words(sam.get(path))


@pytest.mark.parametrize(
    ("sent", "there"),
    [(PAGE, PAGE), ("", "/me/"), ("https://evil.example/", "/me/"), ("//evil.example", "/me/")],
)
def test_once_read_it_is_gone(warned, sent, there):
    assert sent_to(warned.post("/me/warning/", {"next": sent, "read": TOLD})) == there
    assert TOLD not in words(warned.get(PAGE))
    assert warned.reader.warning == ""


@pytest.mark.parametrize("path", [PAGE, "/me/"])
def test_its_button_leads_back_to_where_it_was_pressed(warned, isekai, path):
    make_article("What is tsundere?", slug="tsundere")  # which the page calls the next
    buttons = [b for b in piece(warned.get(path), "main").iter("button") if b.get("name") == "next"]
    assert [button.get("value") for button in buttons] == [path]


def test_htmx_is_told_in_place(warned):
    for _ in range(2):
        response = warned.post("/me/warning/", {"read": TOLD}, htmx=True)
        assert "Noted." in words(response)
        assert not has_piece(response, "main")
    assert warned.reader.warning == ""


@pytest.mark.parametrize("htmx", [False, True])
def test_one_that_came_since_is_shown_instead(warned, htmx):
    said = fields(warned.get("/me/"), "main")
    Reader.objects.filter(pk=warned.reader.pk).update(warning="Be kind.")
    sent = {"read": said["read"], "next": PAGE}
    response = warned.post("/me/warning/", sent, htmx=htmx)
    if not htmx:
        assert sent_to(response) == PAGE
        response = warned.get(PAGE)
    assert "Be kind." in words(response)
    assert fields(response)["read"] == "Be kind."
    back = [b.get("value") for b in tree(response).iter("button") if b.get("name") == "next"]
    assert PAGE in back
    assert warned.reader.warning == "Be kind."


def test_a_look_does_not_read_it(warned, nothing_stored):
    with nothing_stored():
        assert warned.get("/me/warning/").status_code == 405


def test_somebody_who_has_only_looked_has_nothing_to_read(sam, isekai, nothing_stored):
    with nothing_stored():
        assert sam.post("/me/warning/").status_code == 303
