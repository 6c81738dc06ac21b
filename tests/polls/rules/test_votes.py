"""Who may say what to a comment."""

from typing import Any

import pytest

from polls.errors import Closed, NotAllowed, Refused
from polls.rules.votes import VOTES, check_vote


def vote(said: str, **changed: bool) -> None:
    """Ann votes on a published comment of somebody else, but for what is `changed`."""
    asked: dict[str, Any] = {"mine": False, "is_published": True, "is_open": True}
    check_vote(said, **asked | changed)


@pytest.mark.parametrize("said", VOTES)
def test_each_vote_and_a_withdrawal_pass(said):
    vote(said)


@pytest.mark.parametrize("said", ["yes", "Good", "1", " ", "good\x00"])
def test_anything_else_is_refused(said):
    with pytest.raises(Refused, match="vote must be good or not"):
        vote(said)


@pytest.mark.parametrize("said", VOTES)
def test_nobody_votes_on_what_they_wrote(said):
    with pytest.raises(NotAllowed, match="of your own"):
        vote(said, mine=True)


@pytest.mark.parametrize(
    ("standing", "refusal"), [({"is_published": False}, NotAllowed), ({"is_open": False}, Closed)]
)
def test_where_nothing_new_may_be_said_a_vote_can_be_taken_back(standing, refusal):
    vote("", **standing)
    for said in ("good", "not"):
        with pytest.raises(refusal):
            vote(said, **standing)
