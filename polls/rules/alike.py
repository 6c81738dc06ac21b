"""Which readers vote the same: one hand behind many names, or friends who were called.

Whose taste is the same shares a vote or two with many others. So a group is either readers who said
the very same and nothing else, or nearly all who gave each of three votes.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import NamedTuple

# So many readers with the same votes, at least three each, within a day.
READERS, VOTES = 10, 3
WITHIN = timedelta(hours=24)

# Whatever else they voted, if they are so many of all who gave each of the three. Readers in the
# study behind these rules vote on a third of the comments they see, and then not all the same.
SHARE = 0.8
# So many votes of a reader are compared with each other, the rarest first, and none that fewer than
# ten gave: to hide behind more, each must be one that other readers gave, too, and few of them.
COMPARED = 20

Vote = tuple[int, bool]  # (comment, yes)


class Group(NamedTuple):
    """Readers who gave the same votes."""

    readers: frozenset[int]
    votes: frozenset[Vote]


def groups(votes: Mapping[int, Collection[Vote]]) -> list[Group]:
    """The groups of readers who vote alike, the largest first; `votes` are each reader's."""
    found = {*same_ballots(votes), *sharing(votes)}
    return sorted(found, key=lambda group: (-len(group.readers), sorted(group.votes)))


def same_ballots(votes: Mapping[int, Collection[Vote]]) -> list[Group]:
    """The readers whose votes are the very same, be they few of those who gave them."""
    readers: dict[frozenset[Vote], set[int]] = {}
    for reader, said in votes.items():
        if len(ballot := frozenset(said)) >= VOTES:
            readers.setdefault(ballot, set()).add(reader)
    return [Group(frozenset(some), ballot) for ballot, some in readers.items() if _are_many(some)]


def sharing(votes: Mapping[int, Collection[Vote]]) -> list[Group]:
    """The readers who share three votes whatever else they voted: one group at most for each vote.

    They are SHARE of all who gave each of the three (the h-confidence of Xiong, Tan and Kumar 2003,
    "Mining strong affinity association patterns"). Bounded: COMPARED squared steps for each reader,
    and a vote has no more than COMPARED / SHARE others beside it.
    """
    voters: dict[Vote, set[int]] = {}
    for reader, said in votes.items():
        for vote in said:
            voters.setdefault(vote, set()).add(reader)
    voters = {vote: readers for vote, readers in voters.items() if _are_many(readers)}
    beside: dict[Vote, list[Vote]] = {}
    for (one, other), count in _together(votes, voters).items():
        if count >= _enough(voters, one, other):
            beside.setdefault(one, []).append(other)
            beside.setdefault(other, []).append(one)
    found = (_shared(vote, near, voters) for vote, near in beside.items())
    return [group for group in found if group]


def _are_many(readers: Collection[int]) -> bool:
    return len(readers) >= READERS


def _enough(voters: Mapping[Vote, set[int]], *votes: Vote) -> float:
    """How many readers must have given all of these votes, to be nearly all who gave each."""
    return max(READERS, SHARE * max(len(voters[vote]) for vote in votes))


def _together(
    votes: Mapping[int, Collection[Vote]], voters: Mapping[Vote, set[int]]
) -> Counter[tuple[Vote, Vote]]:
    """How many gave two votes, of which neither is too rare to be given by most of the other's."""
    found: Counter[tuple[Vote, Vote]] = Counter()
    for said in votes.values():
        known = sorted((len(voters[vote]), vote) for vote in said if vote in voters)[:COMPARED]
        for place, (few, rare) in enumerate(known):
            for many, other in known[place + 1 :]:
                if few < SHARE * many:
                    break
                found[rare, other] += 1
    return found


def _shared(vote: Vote, near: list[Vote], voters: Mapping[Vote, set[int]]) -> Group | None:
    """The readers who share a vote and the two that most of them gave."""
    shared, readers = [vote], voters[vote]
    while near and len(shared) < VOTES:
        best = max(near, key=lambda other: (len(readers & voters[other]), other))
        near = [other for other in near if other != best]
        shared, readers = [*shared, best], readers & voters[best]
    is_group = len(shared) == VOTES and len(readers) >= _enough(voters, *shared)
    return Group(frozenset(readers), frozenset(shared)) if is_group else None
