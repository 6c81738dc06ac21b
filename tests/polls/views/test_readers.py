"""A reader's own page, and the rules."""

import pytest

from polls.actions.moderation import publish_comment
from polls.models import Comment
from tests.factories import make_comments, make_topic, make_work
from tests.reading import has_piece, piece, words

pytestmark = pytest.mark.django_db
PAGE = "/articles/isekai/"


@pytest.fixture
def busy(ann, isekai):
    """Ann, who has done everything there is to do."""
    make_work()
    ann.post(f"{PAGE}questions/reaction/", {"answer": "sad", "stage": "before"})
    ann.post(f"{PAGE}questions/reaction/", {"answer": "enraged"})
    ann.post(f"{PAGE}questions/intent/", {"answer": "stay_away"})
    ann.post(f"{PAGE}comments/", {"body": "It is an *escape*.", "name": "Ann"})
    ann.post(f"{PAGE}favourite/", {"title": "The Twelve Kingdoms"})
    ann.post("/topics/suggest/", {"title": "a heist story"})
    ann.post(f"/topics/{make_topic('cottagecore').pk}/vote/", {"wanted": "1"})
    return ann


def test_somebody_who_has_only_looked_has_an_empty_page(ann, isekai):
    response = ann.get("/me/")
    assert "Nothing yet" in words(response)
    assert not response.cookies


def test_everything_a_reader_did_is_there(busy):
    seen = words(busy.get("/me/"), "main")
    for did in (
        "How does isekai leave you? Enraged",
        "How does isekai leave you? Sad",
        "Before reading",
        "Will you try it? I’ll stay away",
        "It is an escape.",
        "Waiting for a moderator",
        "The Twelve Kingdoms",
        "What’s a heist story?",
        "What’s cottagecore?",
    ):
        assert did in seen


def test_nobody_else_sees_it(busy, sam):
    assert "Nothing yet" in words(sam.get("/me/"))
    assert "private" in busy.get("/me/")["Cache-Control"]


def test_what_was_taken_back_is_not_there(busy):
    busy.post(f"{PAGE}questions/reaction/", {"answer": ""})
    busy.post(f"{PAGE}comments/{Comment.objects.get().pk}/delete/")
    busy.post(f"{PAGE}favourite/", {"withdraw": "1"})
    seen = words(busy.get("/me/"), "main")
    assert "Enraged" not in seen
    assert "escape" not in seen
    assert "Twelve Kingdoms" not in seen


def test_its_link_to_a_comment_finds_it_however_many_came_after(busy, discussion, mo):
    comment = publish_comment(comment=Comment.objects.get(), actor=mo.user)
    make_comments(discussion, 25)
    links = [a.get("href") for a in piece(busy.get("/me/"), "main").iter("a")]
    link = next(href for href in links if f"c{comment.pk}" in href)
    assert has_piece(busy.get(link), f"c{comment.pk}")


def test_the_rules_name_the_numbers_the_code_goes_by(ann):
    seen = words(ann.get("/rules/"), "main")
    for number in (
        "15 minutes",
        "3,000 characters",
        "10 links",
        "first 2 comments",
        "5 different readers",
        "3 in 100 comments",
    ):
        assert number in seen
