"""What invented readers think of a comment: votes, and what they come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from explainer.demo.chatter import deck
from explainer.demo.storing import Person
from polls.rules import ranking, voting

# How many readers judge a comment, and how often. Below what is written out many have read every
# comment; in a long talk most comments are read by few.
OF_A_ROOT = {14: 2, 26: 3, 38: 2, 52: 1}
OF_A_REPLY = {2: 3, 5: 3, 9: 2, 16: 1}
OF_MANY = {0: 900, 1: 40, 2: 25, 4: 18, 7: 10, 13: 5, 28: 2}
# How likely "Good point" is: from the author's own camp, from each other one, from no camp.
OWN, OTHERS, NO_CAMP = 0.86, (0.2, 0.45, 0.7, 0.85), 0.6
# The latest votes are older than the delay after which a badge is shown.
BREAK = ranking.BADGE_DELAY + timedelta(minutes=10)


class Verdict(NamedTuple):
    """What votes on a comment come to."""

    good: int = 0
    camps: Mapping[str, tuple[int, int]] = dict.fromkeys(voting.CAMPS, (0, 0))
    score: float = ranking.NEUTRAL
    own_rate: float = ranking.NEUTRAL
    badge_since: datetime | None = None


NOBODY = Verdict()


@dataclass(frozen=True)
class Vote:
    """One reader's vote."""

    voter: Person
    is_good: bool
    at: datetime

    @property
    def camp(self) -> str:
        return self.voter.camp if self.voter.camp in voting.CAMPS else ""


class Voters:
    """Readers who judge comments, up to a moment."""

    def __init__(
        self,
        people: Sequence[Person],
        rng: Random,
        now: datetime,
        *,
        roots: Mapping[int, int] = OF_A_ROOT,
        replies: Mapping[int, int] = OF_A_REPLY,
    ) -> None:
        self.people, self.rng, self.until = people, rng, now - BREAK
        self.roots, self.replies = deck(roots), deck(replies)

    def votes(self, author: Person, at: datetime, *, is_root: bool) -> list[Vote]:
        """The votes on a comment that was published at that moment."""
        number = self.rng.choice(self.roots if is_root else self.replies)
        if not number or at >= self.until:
            return []
        likely = {camp: self.rng.choice(OTHERS) for camp in voting.CAMPS}
        likely |= {voting.NONE: NO_CAMP, author.camp: OWN}
        return [
            Vote(
                voter,
                self.rng.random() < likely.get(voter.camp, NO_CAMP),
                at + self.rng.random() * (self.until - at),
            )
            for voter in self.rng.sample(self.people, min(number, len(self.people)))
            if voter.pk != author.pk
        ]


def verdict(votes: Sequence[Vote], camp: str) -> Verdict:
    """What the votes come to, on a comment with which that camp is shown ("" for none)."""
    if not votes:
        return NOBODY
    camps = {
        name: (
            sum(vote.is_good for vote in votes if vote.camp == name),
            sum(not vote.is_good for vote in votes if vote.camp == name),
        )
        for name in voting.CAMPS
    }
    return Verdict(
        good=sum(vote.is_good for vote in votes),
        camps=camps,
        score=ranking.score(camps),
        own_rate=ranking.rate(*camps[camp]) if camp in camps else ranking.NEUTRAL,
        badge_since=max(vote.at for vote in votes) if ranking.badge(camps) else None,
    )
