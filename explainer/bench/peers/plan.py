"""How much is measured beside each peer, and how many readers that takes."""

from dataclasses import dataclass

from explainer.bench.peers.acks import ACTS
from explainer.bench.peers.rows import COMMENTS, LONG, VOTES
from explainer.bench.plan import Plan, pace
from explainer.bench.site import ANSWERS
from explainer.bench.site import COMMENTS as POSTING

PACES = {VOTES: ANSWERS, COMMENTS: POSTING}  # a vote is as fast as an answer


@dataclass(frozen=True)
class PeersPlan(Plan):
    """As for a Plan; `small` and `comments` are how many the short and the long discussion have.

    `keep` keeps what was installed, and uses what is kept.
    """

    keep: bool = False

    @property
    def load(self) -> int:
        """Seconds of load in all."""
        return 2 * self.a_side * sum(not name.endswith(LONG) for name in self.names)

    def acts(self, measure: str) -> int:
        """How many readers the site needs for its side of these rows."""
        rows = sum(name.endswith(measure) for name in self.names)
        read = ACTS if measure == COMMENTS else 0
        return rows * (self.a_side * pace(PACES[measure]) + read)
