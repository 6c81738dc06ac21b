"""Editors put comments forward."""

import pytest

from polls.models import Comment, Pick
from tests.factories import make_comment, make_comments
from tests.reading import sent_to, words

pytestmark = pytest.mark.django_db
PAGE = "/articles/isekai/"


def pick(browser, comment, how="pick", *, htmx=False):
    return browser.post(f"{PAGE}comments/{comment.pk}/pick/", {"pick": how}, htmx=htmx)


@pytest.mark.parametrize("htmx", [False, True])
def test_ed_picks_and_everybody_sees_who_did(ed, ann, comment, htmx):
    response = pick(ed, comment, htmx=htmx)
    if htmx:
        assert response["HX-Retarget"] == f"#c{comment.pk}"
        assert "Picked." in words(response, f"c{comment.pk}")
    else:
        assert sent_to(response) == f"{PAGE}?comment={comment.pk}#c{comment.pk}"
    found = Pick.objects.get()
    assert (found.comment, found.chosen_by, found.is_pinned) == (comment, ed.user, False)
    assert "Picked by the editors" in words(ann.get(PAGE), f"c{comment.pk}")


def test_a_pinned_pick_stands_first(ed, ann, discussion, comment):
    make_comments(discussion, 4)
    pick(ed, comment, "pin")
    assert Pick.objects.get().is_pinned
    first = words(ann.get(PAGE), "comments").index("It is an escape.")
    assert first < words(ann.get(PAGE), "comments").index("Comment ")


def test_a_pick_is_taken_back(ed, ann, comment):
    pick(ed, comment)
    assert pick(ed, comment, "").status_code == 303
    assert not Pick.objects.exists()
    assert "Picked" not in words(ann.get(PAGE), "comments")


def test_the_menu_offers_what_can_be_done_next(ed, comment):
    def menu():
        return words(ed.get(PAGE), f"c{comment.pk}")

    assert "Pick and pin" in menu()
    assert "Take the pick back" not in menu()
    pick(ed, comment, "pin")
    assert "Pick and pin" not in menu()
    assert "Take the pick back" in menu()


def test_nobody_else_picks(ann, mo, comment, nothing_stored):
    with nothing_stored():
        for browser in (ann, mo):
            assert pick(browser, comment).status_code == 403
    assert "Pick" not in words(ann.get(PAGE), f"c{comment.pk}")


@pytest.mark.parametrize("how", ["top", "PICK", "pick\0", "1"])
def test_what_cannot_be_asked_is_refused(ed, comment, how, nothing_stored):
    with nothing_stored():
        assert pick(ed, comment, how).status_code == 422


def test_a_missing_answer_is_no_unpick(ed, comment):
    pick(ed, comment)
    assert ed.post(f"{PAGE}comments/{comment.pk}/pick/").status_code == 422
    assert Pick.objects.exists()


def test_more_picks_than_the_rule_allows_are_refused_with_a_sentence(ed, discussion, comment):
    other = make_comment(discussion)
    pick(ed, comment)
    refused = pick(ed, other)
    assert refused.status_code == 422
    assert "That was not saved" in words(refused)
    assert Pick.objects.get().comment == comment


def test_a_hidden_comment_cannot_be_picked(ed, comment, nothing_stored):
    Comment.objects.update(state="hidden")
    with nothing_stored():
        assert pick(ed, comment).status_code == 404
