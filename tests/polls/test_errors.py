"""A refusal carries a sentence, a status and, where it helps, a field and a time."""

import pytest

from polls.errors import Closed, NotAllowed, Refused, TooSoon


def test_a_sentence_without_values_is_taken_word_for_word():
    assert Refused("Not {this}, 100%.").message == "Not {this}, 100%."
    assert str(Refused("No.")) == "No."


def test_a_sentence_is_translated_before_it_is_filled():
    refused = Refused("It has {length:,}.", field="body", length=5212)
    assert refused.message == "It has 5,212."
    german = refused.translated(lambda sentence: sentence.replace("It has", "Es hat"))
    assert german == "Es hat 5,212."
    assert refused.field == "body"


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (Refused("a"), 422),
        (NotAllowed("a"), 403),
        (Closed("a"), 409),
        (TooSoon("a", retry_after=3), 429),
    ],
)
def test_each_refusal_has_its_status(refusal, status):
    assert refusal.status == status
    assert isinstance(refusal, Refused)


def test_a_wait_is_rounded_up_to_whole_seconds():
    assert TooSoon("a", retry_after=39.2).retry_after == 40
    assert TooSoon("a", retry_after=40).retry_after == 40
    assert TooSoon("a", retry_after=0).retry_after == 1
