"""The order across camps: the published examples, and what must hold for any votes at all."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import permutations
from math import prod

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from polls.rules import ranking
from polls.rules.ranking import (
    BADGE_CAMPS,
    BADGE_DELAY,
    BADGE_FACTOR,
    BADGE_VOTES,
    NEUTRAL,
    Badge,
    Entry,
    badge,
    most_of_one_camp,
    places,
    rate,
    score,
    shown_badge,
)
from polls.rules.voting import CAMPS

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)

# Small numbers are where rules break; the database takes no larger ones.
MOST = 2**31 - 1
# What a vote changes at most, of three camps: the first yes after three no, where the others are
# wholly convinced. The change is the others' rates, which are below 1, times that of its own camp,
# and that shrinks with every further vote: the grid of small counts below holds the largest.
MOST_OF_ONE_VOTE = (2 / 6) ** (1 / 3) - (1 / 5) ** (1 / 3)
counts = st.one_of(st.integers(0, 12), st.integers(0, 1000), st.integers(0, MOST))
sides = st.tuples(counts, counts)
two_to_five_camps = st.integers(2, 5).flatmap(
    lambda number: st.fixed_dictionaries({f"camp {n}": sides for n in range(number)})
)
three_camps = st.fixed_dictionaries(dict.fromkeys(CAMPS, sides))


def of(*votes: tuple[int, int]) -> dict[str, tuple[int, int]]:
    """Votes in the order enraged, sad, happy."""
    return dict(zip(CAMPS, votes, strict=True))


def power(votes: ranking.Votes) -> Fraction:
    """The score to the power of the number of camps, exact.

    Two scores compare as these do. Floats cannot always tell: beyond some ten million votes of one
    camp another vote changes less than their last digit.
    """
    return prod((Fraction(yes + 1, yes + no + 2) for yes, no in votes.values()), start=Fraction(1))


def plus(votes: ranking.Votes, camp: str, yes: int = 0, no: int = 0) -> ranking.Votes:
    return {**votes, camp: (votes[camp][0] + yes, votes[camp][1] + no)}


def swapped(votes: ranking.Votes) -> ranking.Votes:
    """Every yes a no, and the other way round."""
    return {camp: (no, yes) for camp, (yes, no) in votes.items()}


@pytest.mark.parametrize(
    ("votes", "rates", "expected", "label"),
    [
        (of((0, 0), (0, 0), (0, 0)), (0.50, 0.50, 0.50), 0.500, None),
        (of((1, 0), (0, 0), (0, 0)), (0.67, 0.50, 0.50), 0.550, None),
        (of((100, 0), (0, 0), (0, 0)), (0.99, 0.50, 0.50), 0.628, None),
        (of((100, 0), (0, 10), (0, 10)), (0.99, 0.08, 0.08), 0.190, "split"),
        (of((40, 10), (8, 2), (4, 1)), (0.79, 0.75, 0.71), 0.750, "enraged sad"),
        (of((30, 30), (5, 5), (3, 3)), (0.50, 0.50, 0.50), 0.500, None),
        (of((80, 5), (3, 9), (1, 4)), (0.93, 0.29, 0.29), 0.424, "split"),
        (of((12, 3), (10, 2), (0, 0)), (0.76, 0.79, 0.50), 0.670, "enraged sad"),
        (of((12, 3), (10, 2), (0, 30)), (0.76, 0.79, 0.03), 0.266, "split"),
        (of((5, 0), (5, 0), (5, 0)), (0.86, 0.86, 0.86), 0.857, "enraged sad happy"),
    ],
)
def test_worked_examples(votes, rates, expected, label):
    assert [round(rate(*side), 2) for side in votes.values()] == list(rates)
    assert round(score(votes), 3) == expected
    earned = badge(votes)
    said = earned and (" ".join(earned.valued) if earned.kind == "valued" else earned.kind)
    assert said == label


def test_a_comment_without_votes_is_exactly_neutral():
    assert score(of((0, 0), (0, 0), (0, 0))) == NEUTRAL == rate(0, 0)


class TestScore:
    @given(two_to_five_camps)
    def test_it_is_the_root_of_the_rates_and_between_nothing_and_one(self, votes):
        assert 0 < score(votes) < 1
        assert score(votes) == pytest.approx(float(power(votes)) ** (1 / len(votes)), rel=1e-12)

    @given(two_to_five_camps, st.data())
    def test_each_yes_raises_it_and_each_no_lowers_it(self, votes, data):
        camp = data.draw(st.sampled_from(sorted(votes)))
        more, less = plus(votes, camp, yes=1), plus(votes, camp, no=1)
        assert power(less) < power(votes) < power(more)
        assert score(less) <= score(votes) <= score(more)

    @given(
        st.fixed_dictionaries({camp: st.tuples(*[st.integers(0, 1000)] * 2) for camp in CAMPS}),
        st.sampled_from(CAMPS),
    )
    def test_with_a_thousand_votes_the_number_that_is_kept_moves_too(self, votes, camp):
        assert score(plus(votes, camp, no=1)) < score(votes) < score(plus(votes, camp, yes=1))

    @given(three_camps)
    def test_no_camp_is_special_down_to_the_last_digit(self, votes):
        orders = permutations(votes.values())
        assert {score(of(*sides)) for sides in orders} == {score(votes)}

    @given(two_to_five_camps)
    def test_it_lies_between_the_least_and_the_most_convinced_camp(self, votes):
        rates = [rate(*side) for side in votes.values()]
        assert min(rates) * (1 - 1e-12) <= score(votes) <= max(rates) * (1 + 1e-12)

    @given(st.integers(2, 5), sides)
    @example(3, (MOST, 0))
    def test_one_camp_alone_stays_below_the_limit(self, camps, side):
        votes = {"loud": side} | {f"silent {n}": (0, 0) for n in range(camps - 1)}
        assert power(votes) < Fraction(1, 2) ** (camps - 1)
        assert score(votes) <= most_of_one_camp(camps)

    def test_the_limits_of_one_camp(self):
        limits = [round(most_of_one_camp(camps), 3) for camps in (2, 3, 4)]
        assert limits == [0.707, 0.630, 0.595]

    @given(two_to_five_camps, st.data())
    def test_one_camp_lifts_it_no_further_than_the_others_let_it(self, votes, data):
        camp = data.draw(st.sampled_from(sorted(votes)))
        others = {other: side for other, side in votes.items() if other != camp}
        assert power(votes) < power(others)
        most = score(others) ** (len(others) / len(votes))
        assert score(votes) <= most * (1 + 1e-12)

    @given(three_camps, three_camps, st.sampled_from(CAMPS))
    def test_a_camp_that_is_silent_on_both_reorders_nothing(self, first, second, silent):
        first, second = {**first, silent: (0, 0)}, {**second, silent: (0, 0)}
        heard = [camp for camp in CAMPS if camp != silent]
        among_the_others = [{camp: votes[camp] for camp in heard} for votes in (first, second)]
        with_it = power(first) > power(second), power(first) == power(second)
        without = [power(votes) for votes in among_the_others]
        assert with_it == (without[0] > without[1], without[0] == without[1])

    @given(two_to_five_camps, st.data(), st.booleans())
    def test_one_vote_moves_it_by_a_bounded_factor(self, votes, data, is_yes):
        camp = data.draw(st.sampled_from(sorted(votes)))
        moved = plus(votes, camp, yes=is_yes, no=not is_yes)
        assert Fraction(2, 3) <= power(moved) / power(votes) < 2

    @given(three_camps, st.sampled_from(CAMPS), st.booleans())
    @example(of((0, 3), (MOST, 0), (MOST, 0)), "enraged", True)
    def test_of_three_camps_one_vote_moves_it_by_an_eighth_at_most(self, votes, camp, is_yes):
        moved = plus(votes, camp, yes=is_yes, no=not is_yes)
        assert abs(score(moved) - score(votes)) <= MOST_OF_ONE_VOTE + 1e-12

    def test_the_first_yes_after_three_no_moves_it_most(self):
        def change(yes: int, no: int, *, is_yes: bool) -> float:
            votes = of((yes, no), (MOST, 0), (MOST, 0))
            moved = plus(votes, "enraged", yes=is_yes, no=not is_yes)
            return abs(score(moved) - score(votes))

        most = max(
            change(yes, no, is_yes=is_yes)
            for yes in range(40)
            for no in range(40)
            for is_yes in (True, False)
        )
        assert most == change(0, 3, is_yes=True) == pytest.approx(MOST_OF_ONE_VOTE)

    @given(three_camps, st.permutations(CAMPS), st.integers(2, MOST), st.data())
    def test_a_yes_is_worth_more_in_the_less_convinced_of_two_equal_camps(
        self, votes, order, size, data
    ):
        convinced, doubting, _third = order
        yes = data.draw(st.integers(1, size))
        fewer = data.draw(st.integers(0, size - 1))
        assume(fewer < yes - 1)  # with one less the two would only change places
        votes = {**votes, convinced: (yes, size - yes), doubting: (fewer, size - fewer)}
        moved = plus(plus(votes, convinced, -1, 1), doubting, 1, -1)
        assert power(moved) > power(votes)
        assert score(moved) >= score(votes)

    @given(three_camps, st.sampled_from(CAMPS), st.integers(1, 1000))
    def test_a_larger_camp_of_the_same_mind_earns_nothing_of_its_own(self, votes, camp, times):
        # The same rate from more readers is the same score: size alone is no argument.
        (yes, no) = votes[camp]
        larger = {**votes, camp: ((yes + 1) * times - 1, (no + 1) * times - 1)}
        assert score(larger) == pytest.approx(score(votes), rel=1e-12)


class TestBadge:
    @given(sides, st.sampled_from(CAMPS))
    def test_one_camp_alone_earns_none(self, side, loud):
        assert badge({camp: side if camp == loud else (0, 0) for camp in CAMPS}) is None

    @given(
        st.lists(
            st.tuples(st.sampled_from(CAMPS), st.booleans()),
            max_size=BADGE_CAMPS * BADGE_VOTES - 1,
        )
    )
    def test_fewer_heads_than_the_rule_asks_for_earn_none(self, heads):
        votes = {camp: (heads.count((camp, True)), heads.count((camp, False))) for camp in CAMPS}
        assert badge(votes) is None

    def test_the_fewest_heads_that_earn_one(self):
        assert badge(of((5, 0), (5, 0), (0, 0))) == Badge("valued", ("enraged", "sad"), ())
        assert badge(of((5, 0), (0, 5), (0, 0))) == Badge("split", ("enraged",), ("sad",))
        assert badge(of((5, 0), (4, 0), (4, 0))) is None
        assert badge(of((5, 0), (0, 4), (0, 4))) is None

    def test_twice_as_many_is_not_enough(self):
        assert badge(of((10, 5), (10, 5), (10, 5))) is None
        assert badge(of((11, 5), (11, 5), (10, 5))) == Badge("valued", ("enraged", "sad"), ())

    @given(three_camps)
    def test_it_names_whoever_values_and_whoever_rejects(self, votes):
        valued = tuple(camp for camp in votes if is_clear(*votes[camp]))
        rejected = tuple(camp for camp in votes if is_clear(*reversed(votes[camp])))
        assert not set(valued) & set(rejected)
        earned = badge(votes)
        if earned is None:
            assert not (valued and rejected)
            assert rejected or len(valued) < BADGE_CAMPS
        else:
            assert (earned.valued, earned.rejected) == (valued, rejected)
            assert (earned.kind == "split") == bool(rejected)

    @given(three_camps, st.permutations(CAMPS))
    def test_no_camp_is_special(self, votes, order):
        renamed = {new: votes[old] for new, old in zip(CAMPS, order, strict=True)}
        first, second = badge(votes), badge(renamed)
        assert (first and first.kind) == (second and second.kind)
        if first and second:
            name = dict(zip(order, CAMPS, strict=True))
            assert {name[camp] for camp in first.valued} == set(second.valued)
            assert {name[camp] for camp in first.rejected} == set(second.rejected)

    @given(three_camps)
    def test_yes_and_no_change_places_and_so_do_the_sides_of_a_split(self, votes):
        first, second = badge(votes), badge(swapped(votes))
        assert (first is not None and first.kind == "split") == (
            second is not None and second.kind == "split"
        )
        if first and second and first.kind == "split":
            assert (first.valued, first.rejected) == (second.rejected, second.valued)

    # Where the rule turns: around five, and around twice as many.
    edges = st.fixed_dictionaries({camp: st.tuples(*[st.integers(0, 13)] * 2) for camp in CAMPS})

    @given(st.one_of(edges, three_camps), st.sampled_from(CAMPS))
    @example(of((4, 0), (5, 0), (0, 0)), "enraged")  # a no must not make five votes of four yes
    def test_a_yes_never_takes_valued_away_and_a_no_never_gives_it(self, votes, camp):
        if is_valued(votes):
            assert is_valued(plus(votes, camp, yes=1))
        else:
            assert not is_valued(plus(votes, camp, no=1))

    def test_it_shows_once_it_has_been_earned_for_the_delay(self):
        votes = of((5, 0), (5, 0), (0, 0))
        assert shown_badge(votes, None, NOON) is None
        early = NOON - BADGE_DELAY + timedelta(microseconds=1)
        assert shown_badge(votes, early, NOON) is None
        assert shown_badge(votes, NOON - BADGE_DELAY, NOON) == badge(votes)

    @given(three_camps, st.timedeltas(min_value=BADGE_DELAY, max_value=timedelta(days=999)))
    def test_none_shows_that_the_votes_do_not_bear_out_now(self, votes, age):
        assert shown_badge(votes, NOON - age, NOON) == badge(votes)


def is_clear(many: int, few: int) -> bool:
    return many >= BADGE_VOTES and many > BADGE_FACTOR * few


def is_valued(votes: ranking.Votes) -> bool:
    earned = badge(votes)
    return earned is not None and earned.kind == "valued"


def entries(*ids: int, author: int | None = None) -> list[Entry]:
    """Comments, each by somebody else unless one author is given."""
    return [Entry(id_, author or 1000 + id_) for id_ in ids]


@st.composite
def pages(draw):
    """A page's comments best first, some of them least first, a few that are only there."""
    ids = draw(st.lists(st.integers(1, 60), unique=True, max_size=35))
    authors = st.integers(1, draw(st.integers(1, 40)))
    rows = [Entry(id_, draw(authors)) for id_ in ids]
    cut = draw(st.integers(0, len(rows)))
    least = draw(st.permutations(rows))[: draw(st.integers(0, len(rows)))]
    return rows[:cut], least, draw(st.integers(0, 40))


class TestPlaces:
    def test_without_a_camp_the_best_stand_in_their_order(self):
        placed = places(entries(*range(1, 31)), [])
        assert [place.id for place in placed] == list(range(1, 21))
        assert not any(place.is_reserved for place in placed)

    def test_the_third_and_the_eighth_of_ten_go_to_the_least_judged(self):
        placed = places(entries(*range(1, 31)), entries(26, 30, 27, 28, 29))
        assert [place.id for place in placed] == [
            *(1, 2, 26, 3, 4, 5, 6, 30, 7, 8),
            *(9, 10, 27, 11, 12, 13, 14, 28, 15, 16),
        ]
        assert {place.id for place in placed if place.is_reserved} == {26, 30, 27, 28}

    def test_one_that_stands_already_is_passed_over(self):
        placed = places(entries(1, 2, 3, 4, 5), entries(1, 2, 5))
        assert [place.id for place in placed] == [1, 2, 5, 3, 4]

    def test_an_author_who_stands_in_that_ten_gets_no_reserved_place_in_it(self):
        best = [Entry(1, 7), *entries(*range(2, 19))]
        least = [Entry(30, 7), *entries(31, 32), Entry(33, 7)]
        placed = places(best, least)
        assert [place.id for place in placed if place.is_reserved] == [31, 32, 30]
        assert [place.id for place in placed].index(30) == 12

    def test_without_a_fit_one_the_natural_next_follows(self):
        placed = places(entries(1, 2, 3, author=7), [Entry(9, 7)])
        assert [(place.id, place.is_reserved) for place in placed] == [
            (1, False),
            (2, False),
            (3, False),
            (9, False),
        ]

    @given(pages())
    def test_nobody_is_placed_twice_or_lost(self, page):
        best, least, size = page
        placed = [place.id for place in places(best, least, size)]
        everybody = {row.id for row in [*best, *least]}
        assert len(placed) == len(set(placed)) == min(size, len(everybody))
        assert set(placed) <= everybody

    @given(pages())
    def test_only_the_reserved_places_are_reserved_and_the_rest_keeps_its_order(self, page):
        best, least, size = page
        placed = places(best, least, size)
        for index, place in enumerate(placed):
            assert not place.is_reserved or index % 10 + 1 in (3, 8)
        natural = [row.id for row in best]
        kept = [place.id for place in placed if place.id in natural and not place.is_reserved]
        assert kept == sorted(kept, key=natural.index)

    @given(pages())
    def test_a_reserved_place_goes_to_the_first_that_is_free_with_a_new_author(self, page):
        best, least, size = page
        author = {row.id: row.author_id for row in [*best, *least]}
        placed = places(best, least, size)
        for index, place in enumerate(placed):
            if index % 10 + 1 not in (3, 8):
                continue
            before = {earlier.id for earlier in placed[:index]}
            here = {author[earlier.id] for earlier in placed[index - index % 10 : index]}
            fit = [row.id for row in least if row.id not in before and row.author_id not in here]
            assert place.is_reserved == bool(fit)
            if fit:
                assert place.id == fit[0]

    @given(pages())
    def test_a_shorter_page_is_the_beginning_of_a_longer_one(self, page):
        best, least, size = page
        assert places(best, least, size) == places(best, least, 100)[:size]
