"""What may be said about who meets which decision."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polls.rules.fairness import Share, apart, share


@pytest.mark.parametrize(
    ("count", "of", "expected"),
    [
        (0, 0, None),
        (4, 4, None),
        (2, 5, Share(2, 5)),
        (19, 19, Share(19, 19)),
        (10, 20, Share(10, 20, 50, 29, 71)),
        (0, 20, Share(0, 20, 0, 0, 17)),
        (20, 20, Share(20, 20, 100, 83, 100)),
    ],
)
def test_a_share_shows_what_its_number_allows(count: int, of: int, expected: Share) -> None:
    assert share(count, of) == expected


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_the_interval_holds_the_share(count: int, of: int) -> None:
    found = share(count, of)
    if found and found.percent is not None:
        assert 0 <= found.low <= found.percent <= found.high <= 100


def test_what_was_erased_since_still_counts_among_the_posted() -> None:
    assert share(30, 25) == share(30, 30)


def test_two_shares_lie_apart_when_their_intervals_do_not_touch() -> None:
    assert apart({"enraged": share(90, 100), "sad": share(50, 100), "happy": share(10, 100)}) == (
        "enraged",
        "happy",
    )
    assert apart({"enraged": share(12, 100), "sad": share(10, 100)}) is None


@pytest.mark.parametrize(
    "shares", [{}, {"sad": share(50, 100)}, {"sad": None, "happy": share(19, 19)}]
)
def test_small_numbers_say_nothing(shares: dict) -> None:
    assert apart(shares) is None


def test_the_same_numbers_read_the_same_in_their_order() -> None:
    high, low = share(90, 100), share(10, 100)
    assert apart({"enraged": high, "sad": low, "happy": low}) == ("enraged", "sad")
