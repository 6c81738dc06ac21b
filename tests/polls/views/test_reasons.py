"""The reasons that may follow a reaction: one press, counted nowhere but among the results."""

import pytest

from polls.models import Discussion, Reader
from polls.queries.questions import Poll
from polls.queries.results import reason_rows
from tests.factories import answer, answers
from tests.reading import buttons, has_piece, sent_to, words

pytestmark = pytest.mark.django_db
PAGE = "/articles/isekai/"
REACT = f"{PAGE}questions/reaction/"
WHY = f"{PAGE}questions/reason/"


def test_they_are_offered_only_once_somebody_has_reacted(ann, isekai):
    assert not has_piece(ann.get(PAGE), "ask-reason")
    answered = ann.post(REACT, {"answer": "enraged"}, htmx=True)
    assert buttons(answered, "ask-reason") == dict.fromkeys(
        ["genre", "sold", "article", "else"], False
    )


@pytest.mark.parametrize("htmx", [False, True])
def test_one_press_gives_changes_and_withdraws_one(ann, isekai, htmx):
    ann.post(REACT, {"answer": "enraged"})
    for sent, pressed in (("genre", "genre"), ("sold", "sold"), ("", None)):
        response = ann.post(WHY, {"answer": sent}, htmx=htmx)
        shown = response if htmx else ann.get(sent_to(response))
        found = buttons(shown, "ask-reason")
        found.pop("", None)  # "Withdraw this"
        assert [key for key, is_on in found.items() if is_on] == ([pressed] if pressed else [])


def test_the_card_never_counts_them(ann, isekai, discussion):
    answers(discussion, question="reason", genre=30)
    ann.post(REACT, {"answer": "enraged"})
    answered = ann.post(WHY, {"answer": "genre"}, htmx=True)
    assert "31" not in words(answered, "ask-reason")
    assert "%" not in words(answered, "ask-reason")


def test_they_stand_before_the_intent_and_only_there(ann, isekai):
    answered = ann.post(REACT, {"answer": "happy"}, htmx=True)
    seen = words(answered, "respond")
    assert seen.count("What is it about, above all?") == 1
    assert seen.index("What is it about") < seen.index("Will you try it?")


def test_a_closed_discussion_shows_ones_own_reason_and_asks_for_none(ann, sam, isekai):
    for browser in (ann, sam):
        browser.post(REACT, {"answer": "sad"})
    ann.post(WHY, {"answer": "genre"})
    Discussion.objects.update(state=Discussion.State.READ_ONLY)
    assert "The genre" in words(ann.get(PAGE), "respond")
    assert "This article" not in words(ann.get(PAGE), "respond")
    assert "What is it about" not in words(sam.get(PAGE), "respond")


def test_the_results_count_them_and_tell_them_by_reaction(ann, isekai, discussion):
    for camp in ("enraged", "happy"):
        for reason in ("genre", "sold", "article", "else"):
            for reader in answers(discussion, **{camp: 6}):
                answer(discussion, reader, reason, question="reason")
    seen = words(ann.get(f"{PAGE}results/"), "main")
    assert "The genre 12 25%" in seen
    assert "Enraged 6 6 6 6" in seen
    assert "Happy 6 6 6 6" in seen


def test_a_small_camp_is_left_out_of_the_table(ann, isekai, discussion):
    for camp, each in (("enraged", 6), ("happy", 6), ("sad", 2)):
        for reason in ("genre", "sold", "article", "else"):
            for reader in answers(discussion, **{camp: each}):
                answer(discussion, reader, reason, question="reason")
    rows = reason_rows(Poll(discussion, Reader()))
    assert "sad" not in [row.key for row in rows]
    assert len(rows) <= 1  # or the hidden one would be the total minus the rest
