"""What the composer says will stand with a comment, and what is kept of it."""

import pytest

from polls.actions.discussions import update_discussion
from polls.models import Comment, Discussion
from tests.factories import make_comment
from tests.reading import has_piece, words

pytestmark = pytest.mark.django_db
PAGE = "/articles/isekai/"


def answer(browser, question, choice, **more):
    return browser.post(f"{PAGE}questions/{question}/", {"answer": choice}, **more)


@pytest.fixture
def decided(ann, isekai):
    """Ann, who is happy and will try it."""
    answer(ann, "reaction", "happy")
    answer(ann, "intent", "try")
    return ann


def post(browser, **more):
    browser.post(f"{PAGE}comments/", {"body": "It is an escape.", "name": "Ann", **more})
    return Comment.objects.get()


def test_it_tells_the_reaction_and_the_intent_that_will_stand_there(decided):
    seen = words(decided.get(PAGE), "as")
    assert "You are marked Happy · will try it" in seen
    assert "Show both with it" in seen


@pytest.mark.parametrize(
    ("choice", "said"), [("try", "will try it"), ("stay_away", "will stay away")]
)
def test_an_intent_given_in_place_reaches_the_composer(ann, isekai, choice, said):
    answered = answer(ann, "reaction", "sad", htmx=True)
    assert "·" not in words(answered, "as")
    assert f"Sad · {said}" in words(answer(ann, "intent", choice, htmx=True), "as")


def test_both_are_kept_as_they_stood_at_posting(decided):
    comment = post(decided, show_reaction="on")
    answer(decided, "reaction", "enraged")
    answer(decided, "intent", "stay_away")
    comment.refresh_from_db()
    assert (comment.camp.key, comment.intent.key) == ("happy", "try")


def test_switched_off_neither_is_kept(decided):
    comment = post(decided)
    assert (comment.camp, comment.intent) == (None, None)


def test_it_tells_how_the_discussion_is_kept(ann, isekai):
    def told():
        return words(ann.get(PAGE), "as"), words(ann.get(PAGE, {"reply": comment.pk}), "comments")

    comment = make_comment(isekai.discussion)
    read_first, closes = "A moderator reads every comment here", "This discussion closes on"
    for seen in told():
        assert read_first not in seen
        assert closes not in seen
    update_discussion(isekai.discussion, state="read_first", close_after_days=3000)
    for seen in told():
        assert f"{read_first} before it appears." in seen
        assert f"{closes} 20 March 2033, 00:00." in seen


def test_without_a_camp_there_is_no_mark_at_all(ann, isekai):
    answer(ann, "reaction", "none")
    answer(ann, "intent", "try")
    assert "will try it" not in words(ann.get(PAGE), "as")
    comment = post(ann, show_reaction="on")
    assert (comment.camp, comment.intent) == (None, None)


def test_deleting_a_comment_erases_both(decided):
    comment = post(decided, show_reaction="on")
    decided.post(f"{PAGE}comments/{comment.pk}/delete/")
    comment.refresh_from_db()
    assert (comment.camp, comment.intent) == (None, None)


def test_a_reply_says_the_same(decided, discussion):
    top = make_comment(discussion)
    form = words(decided.get(f"{PAGE}comments/{top.pk}/reply/"), f"reply-{top.pk}")
    assert "You are marked Happy · will try it" in form


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, ""),
        (1, "Slow mode: one comment a second."),
        (45, "Slow mode: one comment every 45 seconds."),
        (60, "Slow mode: one comment a minute."),
        (90, "Slow mode: one comment every 90 seconds."),
        (300, "Slow mode: one comment every 5 minutes."),
    ],
)
def test_it_tells_how_slow_it_goes_here(ann, discussion, seconds, said):
    Discussion.objects.update(slow_seconds=seconds)
    seen = words(ann.get(PAGE), "composer")
    assert ("Slow mode" in seen) == bool(said)
    assert said in seen
    assert has_piece(ann.get(PAGE), "as")
