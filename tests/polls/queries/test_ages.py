"""How old something is in words, and until when the words are true."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from polls.queries.ages import age

POSTED = datetime(2026, 1, 31, 22, 59, 58, 700_000, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("past", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(minutes=60), "1 hour ago"),
        (timedelta(days=800), "2 years ago"),
    ],
)
def test_in_one_unit_rounded_down(past, words):
    assert age(POSTED, POSTED + past)[0].replace("\xa0", " ") == words


@given(st.timedeltas(timedelta(0), timedelta(days=900)), st.floats(0, 1, exclude_max=True))
def test_the_words_are_true_until_the_moment_that_is_named(past, part):
    now = POSTED + past
    words, until = age(POSTED, now)
    assert until > now
    later = now + (until - now) * part
    assume(later < until)  # a float close to 1 rounds to the moment itself
    assert age(POSTED, later)[0] == words


@pytest.mark.parametrize("unit", [timedelta(minutes=1), timedelta(hours=1)])
def test_at_that_moment_others_begin(unit):
    words, until = age(POSTED, POSTED + unit)
    assert age(POSTED, until)[0] != words
