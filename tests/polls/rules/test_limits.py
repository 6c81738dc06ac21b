"""How fast, and when again."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polls.rules import limits
from polls.rules.limits import Limit, wait_words, window

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)
A_MINUTE = Limit("answers", 10, 60)
times = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))


def test_the_limits_are_the_published_ones():
    assert [(limit.count, limit.seconds) for limit in limits.ALL] == [
        (10, 60),
        (30, 60),
        (120, 600),
        (1, 10),
        (6, 600),
        (30, 86_400),
        (60, 600),
        (3, 86_400),
        (10, 3_600),
        (600, 3_600),
        (600, 3_600),
        (120, 3_600),
        (60, 86_400),
        (20, 86_400),
        (60, 86_400),
        (1, 86_400),
        (5, 86_400),
        (10, 600),
    ]


def test_every_limit_has_its_own_name():
    assert len({limit.name for limit in limits.ALL}) == len(limits.ALL)


def test_a_window_begins_on_the_minute_and_lasts_it():
    index, retry_after = window(A_MINUTE, NOON)
    assert retry_after == 60
    assert window(A_MINUTE, NOON + timedelta(seconds=59.9)) == (index, 1)
    assert window(A_MINUTE, NOON + timedelta(seconds=60)) == (index + 1, 60)


def test_the_same_moment_in_another_time_zone_is_the_same_window():
    in_india = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert window(limits.TOPICS, in_india) == window(limits.TOPICS, NOON)


def test_a_naive_time_is_an_error():
    with pytest.raises(ValueError, match="aware"):
        window(A_MINUTE, datetime(2026, 5, 3, 12))


@given(times, st.sampled_from(limits.ALL))
def test_who_waits_as_told_is_in_the_next_window(now, limit):
    index, retry_after = window(limit, now)
    assert 1 <= retry_after <= limit.seconds
    assert window(limit, now + timedelta(seconds=retry_after))[0] == index + 1


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "in 1 second."),
        (1, "in 1 second."),
        (40, "in 40 seconds."),
        (59, "in 59 seconds."),
        (60, "in 1 minute."),
        (61, "in 2 minutes."),
        (180, "in 3 minutes."),
        (59 * 60, "in 59 minutes."),
        (59 * 60 + 1, "in 1 hour."),
        (3_601, "in 2 hours."),
        (18_000, "in 5 hours."),
        (86_400, "in 24 hours."),
    ],
)
def test_the_wait_is_said_in_the_largest_unit_that_fits(seconds, said):
    sentence, number = wait_words(seconds)
    assert sentence.format(number=number) == f"You can post again {said}"


@given(st.integers(0, 90_000))
def test_nobody_is_told_to_come_back_too_early(seconds):
    sentence, number = wait_words(seconds)
    unit = next(n for word, n in [("sec", 1), ("min", 60), ("hour", 3_600)] if word in sentence)
    assert number * unit >= seconds
