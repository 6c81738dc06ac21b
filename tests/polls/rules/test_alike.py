"""Which readers vote the same, and which honest crowds do not."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polls.rules import alike
from polls.rules.alike import COMPARED, READERS, SHARE, VOTES

SAME = ((1, True), (2, True), (3, False))
# A page as in the study behind the rules: the first comments are seen most, a third of what is seen
# is voted on. A camp finds good what its own say, and what the others say less often.
COMMENTS, SEEN_NEXT, VOTED, AGREES = 60, 0.88, 0.35, {True: 0.8, False: 0.3}


def groups(votes):
    return [group.readers for group in alike.groups(votes)]


class TestSameBallots:
    def test_ten_readers_with_the_same_three_votes_in_whatever_order(self):
        votes = {n: SAME[n % 3 :] + SAME[: n % 3] for n in range(10)}
        assert groups(votes) == [frozenset(range(10))]

    def test_nine_readers_or_two_votes_or_another_answer_are_none(self):
        assert groups(dict.fromkeys(range(9), SAME)) == []
        assert groups(dict.fromkeys(range(10), SAME[:2])) == []
        other = {9: ((1, True), (2, True), (3, True))}
        assert groups(dict.fromkeys(range(9), SAME) | other) == []

    def test_the_largest_group_comes_first(self):
        few, many = dict.fromkeys(range(10), SAME), ((4, True), (5, True), (6, True))
        found = groups(few | dict.fromkeys(range(10, 25), many))
        assert [len(group) for group in found] == [15, 10]

    def test_a_few_of_many_who_gave_each_of_these(self):
        crowd = {n: [SAME[n % 3]] for n in range(100, 400)}
        assert groups(dict.fromkeys(range(10), SAME) | crowd) == [frozenset(range(10))]


class TestSharing:
    def covered(self, readers, covers=1):
        """The same three votes each, and so many more that nobody else gave."""
        return {n: [*SAME, *((1000 * n + m, True) for m in range(covers))] for n in range(readers)}

    @pytest.mark.parametrize("covers", [1, 2, 40])
    def test_votes_of_their_own_hide_nobody(self, covers):
        assert groups(self.covered(10, covers)) == [frozenset(range(10))]
        assert groups(self.covered(9, covers)) == []

    def test_votes_that_many_others_gave_hide_nobody_either(self):
        popular = {n: [(900 + n % 15, True)] for n in range(1000, 1300)}
        covered = {
            n: [*said[:3], *((900 + m, True) for m in range(n % 15))]
            for n, said in self.covered(20).items()
        }
        assert frozenset(range(20)) in groups(covered | popular)

    def test_they_are_nearly_all_who_gave_each_of_the_three(self):
        brigade, others = self.covered(20), {n: [SAME[0]] for n in range(100, 105)}
        assert len(brigade) == SHARE * (len(brigade) + len(others))
        assert groups(brigade | others) == [frozenset(range(20))]
        assert groups(brigade | others | {105: [SAME[0]]}) == []

    def test_each_of_five_targets_names_the_group(self):
        targets = [(n, True) for n in range(1, 6)]
        votes = {n: [*targets, (100 + n, False)] for n in range(12)}
        named = {comment for group in alike.groups(votes) for comment, _yes in group.votes}
        assert named == {1, 2, 3, 4, 5}

    def test_two_groups_are_two(self):
        others = {
            n + 100: [(c + 10, yes) for c, yes in said] for n, said in self.covered(12).items()
        }
        assert set(groups(self.covered(15) | others)) == {
            frozenset(range(15)),
            frozenset(range(100, 112)),
        }

    def test_pairs_that_many_share_are_no_group(self):
        votes = {
            n: [SAME[place] for place in range(3) if place != n % 3] + [(50 + n, True)]
            for n in range(90)
        }
        assert groups(votes) == []

    @given(
        st.dictionaries(
            st.integers(0, 60), st.sets(st.tuples(st.integers(0, 5), st.booleans()), max_size=6)
        )
    )
    def test_a_group_shares_its_votes_and_is_nearly_all_who_gave_them(self, votes):
        for group in alike.sharing(votes):
            assert len(group.votes) == VOTES
            assert len(group.readers) >= READERS
            assert group.readers == {n for n, said in votes.items() if group.votes <= said}
            for vote in group.votes:
                gave = sum(vote in said for said in votes.values())
                assert len(group.readers) >= SHARE * gave

    def test_the_work_is_bounded_for_who_votes_on_everything(self):
        """Of 300 votes each, the rarest are compared, so all pairs are few."""
        votes = {n: [(m, True) for m in range(300)] for n in range(12)}
        pairs = alike._together(votes, {(m, True): set(range(12)) for m in range(300)})
        assert len(pairs) == COMPARED * (COMPARED - 1) // 2


class TestHonestCrowds:
    """Readers of three camps who look from the top, vote on what moves them, and know nobody."""

    def crowd(self, seed, readers, *, voted=VOTED, comments=COMMENTS):
        chance = random.Random(seed)
        camps = [chance.choices("esh", (5, 3, 2))[0] for _ in range(comments)]
        return {n: self.read(chance, camps, voted) for n in range(readers)}

    def read(self, chance, camps, voted):
        own = chance.choices("esh", (5, 3, 2))[0]
        said = []
        for place, camp in enumerate(camps):
            if chance.random() > SEEN_NEXT:
                break
            if chance.random() < voted:
                said.append((place, chance.random() < AGREES[camp == own]))
        return said

    @pytest.mark.parametrize("seed", range(10))
    @pytest.mark.parametrize("readers", [40, 300, 1000])
    def test_a_crowd_is_no_group(self, seed, readers):
        assert alike.sharing(self.crowd(seed, readers)) == []

    @pytest.mark.parametrize("seed", range(10))
    def test_nor_one_that_votes_on_nearly_all_it_sees(self, seed):
        assert alike.sharing(self.crowd(seed, 300, voted=0.9)) == []

    @pytest.mark.parametrize("seed", range(10))
    def test_nor_one_that_has_four_comments_to_vote_on(self, seed):
        assert alike.sharing(self.crowd(seed, 60, voted=0.7, comments=4)) == []

    @pytest.mark.parametrize("seed", range(10))
    def test_a_brigade_among_them_is_found_and_nobody_else(self, seed):
        """Thirty for three late comments, which few others have seen; each with cover votes."""
        honest = self.crowd(seed, 300)
        targets = {(place, True) for place in (50, 51, 52)}
        chance = random.Random(f"brigade {seed}")
        brigade = {
            1000 + n: targets | {(chance.randrange(10), True) for _ in range(3)} for n in range(30)
        }
        found = alike.sharing(honest | brigade)
        assert {group.readers for group in found} == {frozenset(brigade)}
