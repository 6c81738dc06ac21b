"""Who says what, when, in answer to whom: lines of a script become comments with their places."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, chain
from random import Random

from explainer.demo import cast, storing
from explainer.demo.bulk import take_ids
from explainer.demo.said import Said
from explainer.demo.scripts import Line, Thread
from explainer.demo.storing import Person
from explainer.demo.votes import Voters
from polls.models import Comment, Discussion

PAUSE = timedelta(hours=5)  # between two comments of a thread, on the average


@dataclass
class Scene:
    """Where threads are played: below an article, by these readers.

    They begin between two moments, and nothing is said after the third.
    """

    discussion: Discussion
    readers: dict[str, list[Person]]
    rng: Random
    since: datetime
    until: datetime
    latest: datetime

    def play(self, plays: list[Thread], voters: Voters) -> None:
        """Stores the threads, the oldest first, with what the voters make of them."""
        waiting = {camp: deque(people) for camp, people in self.readers.items()}
        ids = take_ids(Comment, sum(len(thread) for thread in plays))
        span = self.until - self.since
        moments = sorted(self.rng.random() for _ in plays)
        said = list(
            chain.from_iterable(
                self._said(thread, self.since + moment * span, ids, waiting)
                for moment, thread in zip(moments, plays, strict=True)
            )
        )
        votes = [vote for row in said for vote in row.judged_by(voters)]
        judge = cast.staff()
        storing.store_comments(said, votes, judge.pk if judge else None)

    def _said(
        self,
        thread: Thread,
        begun: datetime,
        ids: Iterator[int],
        waiting: dict[str, deque[Person]],
    ) -> list[Said]:
        rows: list[Said] = []
        for line, at in zip(thread, self._moments(thread, begun), strict=True):
            author = _next(waiting, line.camp) if line.same is None else rows[line.same].author
            parent = rows[line.to] if line.to is not None else None
            rows.append(Said(next(ids), self.discussion.pk, line, author, at, parent))
        return rows

    def _moments(self, thread: list[Line], begun: datetime) -> Iterable[datetime]:
        """When each is said: a long thread has shorter pauses, so that it ends in time."""
        left = max(self.latest - begun, timedelta())
        pause = min(PAUSE, left / len(thread))
        pauses = (pause * self.rng.expovariate(1) for _ in thread[1:])
        return (min(moment, self.latest) for moment in accumulate(pauses, initial=begun))


def _next(waiting: dict[str, deque[Person]], camp: str) -> Person:
    """Somebody of the camp, as far as there is anybody; the one who waited longest."""
    people = waiting.get(camp) or next(iter(waiting.values()))
    people.rotate(-1)
    return people[-1]
