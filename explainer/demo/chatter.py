"""Threads put together by chance from points and phrases, as many as are asked for."""

from collections.abc import Hashable, Iterator, Mapping
from random import Random
from typing import TypeVar

from explainer.demo.scripts import Line, Script, Thread, read

Key = TypeVar("Key", bound=Hashable)


def deck(shares: Mapping[Key, int]) -> tuple[Key, ...]:
    """Each key as often as its share says, to draw one from."""
    return tuple(key for key, share in shares.items() for _ in range(share))


# How many replies a comment gets, and how often.
REPLIES = {0: 52, 1: 18, 2: 11, 3: 7, 4: 5, 6: 4, 9: 2, 14: 1}
# What a reply answers, in percent: the root, the reply before it, or any comment of the thread.
ROOT, LATEST = 55, 0
IN_A_LONG_THREAD = 25, 35
QUARREL = 60  # replies of a long thread in which two cannot stop answering each other
# What became of a comment, of a thousand; the rest is published.
UNANSWERED = {"pending": 15, "rejected": 4, "spam": 2}
ANSWERED = {"hidden": 6, "withdrawn": 8}
REASONS = {"hidden": "unkind", "rejected": "off_topic", "spam": "spam"}

_FATES = {
    answered: deck(fates | {"published": 1000 - sum(fates.values())})
    for answered, fates in ((True, ANSWERED), (False, UNANSWERED))
}


def invented_threads(
    script: Script, number: int, rng: Random, replies: Mapping[int, int] = REPLIES
) -> Iterator[Thread]:
    """Threads of `number` comments in all; `replies` says how many a comment gets, how often."""
    chatter, lengths = Chatter(script, rng), deck(replies)
    while number > 0:
        thread = chatter.thread(min(rng.choice(lengths) + 1, number))
        yield thread
        number -= len(thread)


def long_thread(script: Script, number: int, rng: Random) -> Thread:
    """One thread of so many comments, with a quarrel as deep as it is long."""
    return Chatter(script, rng).thread(number, IN_A_LONG_THREAD, quarrel=QUARREL)


class Chatter:
    """Who makes up lines for an article."""

    def __init__(self, script: Script, rng: Random) -> None:
        self.rng, self.points, self.talk = rng, script.points, read("talk")
        self.camps = deck({camp: script.after[camp] for camp in script.points})

    def thread(
        self, number: int, habit: tuple[int, int] = (ROOT, LATEST), quarrel: int = 0
    ) -> Thread:
        """A comment and its replies, `number` in all."""
        middle = number // 2
        fight = range(middle, min(middle + quarrel, number)) if middle else range(0)
        to = [None, *(self._to(at, at in fight, *habit) for at in range(1, number))]
        answered = set(to)
        lines: Thread = []
        for at in range(number):
            same = at - 2 if at - 2 in fight else None
            camp = lines[same].camp if same else self.rng.choice(self.camps)
            said = self._reply(camp) if at else self._root(camp)
            state = self.rng.choice(_FATES[at in answered])
            lines.append(Line(said, camp, to[at], same, state, REASONS.get(state, "")))
        return lines

    def _to(self, at: int, fights: bool, root: int, latest: int) -> int:
        """Which line the one at this place answers."""
        percent = self.rng.random() * 100
        if percent < root and not fights:
            return 0
        return at - 1 if fights or percent < root + latest else self.rng.randrange(at)

    def _root(self, camp: str) -> str:
        words = [self.rng.choice(self.talk["before"]), self._point(camp)]
        words.append(self.rng.choice(self.talk["after"]))
        return " ".join(word for word in words if word)

    def _reply(self, camp: str) -> str:
        phrase, chance = self.rng.choice(self.talk["replies"]), self.rng.random()
        if chance < 0.45:
            return phrase
        return f"{phrase} {self._point(camp)}" if chance < 0.8 else self._point(camp)

    def _point(self, camp: str) -> str:
        return self.rng.choice(self.points[camp])
