"""What is said about counts, with the figures of the study behind the rules."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polls.rules import results
from polls.rules.results import Changes, IntentSummary, Move

counts = st.lists(st.integers(0, 10_000), min_size=1, max_size=8)


def camps(enraged, sad, happy):
    return {"enraged": enraged, "sad": sad, "happy": happy}


def intent(tries, stays):
    return {"try": tries, "stay_away": stays}


class TestPercents:
    @pytest.mark.parametrize(
        ("counted", "whole"),
        [
            ([1, 1, 1], [34, 33, 33]),
            ([2, 2, 2, 1], [29, 29, 28, 14]),
            ([118, 94], [56, 44]),
            ([1, 999], [0, 100]),
            ([7], [100]),
            ([0, 0, 0], [0, 0, 0]),
            ([], []),
        ],
    )
    def test_the_largest_remainders_get_the_missing_points(self, counted, whole):
        assert results.percents(counted) == whole

    @given(counts.filter(any))
    def test_they_sum_to_100_and_stay_within_one_of_the_exact_share(self, counted):
        whole = results.percents(counted)
        assert sum(whole) == 100
        for part, n in zip(whole, counted, strict=True):
            assert abs(part - 100 * n / sum(counted)) < 1

    @given(counts)
    def test_more_answers_never_show_a_smaller_share(self, counted):
        whole = results.percents(counted)
        ranked = sorted(zip(counted, whole, strict=True))
        assert [part for _, part in ranked] == sorted(whole)


@pytest.mark.parametrize(
    ("total", "mode"),
    [(0, "nothing"), (4, "nothing"), (5, "counts"), (19, "counts"), (20, "percents")],
)
def test_small_numbers_show_less(total, mode):
    assert results.shown(total) == mode


class TestLeader:
    def test_120_to_100_is_too_close_to_call(self):
        assert results.leader({"happy": 120, "sad": 100}) is None

    def test_130_to_100_has_a_leader(self):
        assert results.leader({"sad": 100, "happy": 131}) == "happy"

    def test_a_lead_of_exactly_twice_the_root_counts(self):
        # 58 + 42 = 100, so 2 * sqrt(100) = 20 is not reached by 16 and is by 60 to 40.
        assert results.leader(camps(58, 42, 0)) is None
        assert results.leader(camps(60, 40, 0)) == "enraged"

    @pytest.mark.parametrize("tied", [{}, camps(0, 0, 0), camps(9, 9, 1), {"sad": 0}])
    def test_nobody_leads_a_tie(self, tied):
        assert results.leader(tied) is None

    @given(st.integers(0, 500), st.integers(0, 500))
    def test_the_order_of_the_choices_does_not_matter(self, one, other):
        forth = results.leader({"enraged": one, "happy": other})
        back = results.leader({"happy": other, "enraged": one})
        assert forth == back


class TestVerdict:
    @pytest.mark.parametrize(
        ("counted", "said"),
        [
            (camps(100, 73, 239), ("mostly", "happy")),
            (camps(10, 0, 10), ("split", "enraged", "happy")),
            (camps(20, 39, 41), ("split", "sad", "happy")),
            (camps(20, 41, 39), ("split", "sad", "happy")),
            (camps(42, 37, 21), ("split", "enraged", "sad")),
            (camps(43, 37, 20), ("leaning", "enraged")),
            (camps(50, 49, 1), ("mostly", "enraged")),
            (camps(20, 0, 0), ("mostly", "enraged")),
            ({"happy": 20}, ("mostly", "happy")),
        ],
    )
    def test_it_is_the_first_that_fits(self, counted, said):
        assert results.verdict(counted) == said

    def test_readers_in_no_camp_count_in_the_shares(self):
        assert results.verdict(camps(2, 10, 28)) == ("mostly", "happy")
        assert results.verdict(camps(2, 10, 28), total=80) == ("leaning", "happy")

    def test_nobody_in_a_camp_is_no_verdict(self):
        assert results.verdict(camps(0, 0, 0), total=30) == ()

    @pytest.mark.parametrize("few", [{}, camps(0, 0, 0), camps(0, 0, 19)])
    def test_under_20_answers_there_is_none(self, few):
        assert results.verdict(few) == ()


class TestWilson:
    @pytest.mark.parametrize(
        ("yes", "no", "low"),
        [
            (0, 0, 0),
            (1, 0, 0.378448),
            (3, 1, 0.432541),
            (10, 0, 0.858931),
            (40, 20, 0.585151),
            (99, 1, 0.967161),
        ],
    )
    def test_the_lower_bound_is_the_published_one(self, yes, no, low):
        assert results.wilson(yes, yes + no, 1.281551565545)[0] == pytest.approx(low, abs=1e-6)

    @given(st.integers(0, 500), st.integers(0, 500), st.floats(0.1, 3))
    def test_it_holds_the_share_and_mirrors_yes_and_no(self, yes, no, z):
        low, high = results.wilson(yes, yes + no, z)
        assert 0 <= low <= high <= 1
        if yes + no:
            assert low <= yes / (yes + no) + 1e-12
            assert high >= yes / (yes + no) - 1e-12
        mirrored = results.wilson(no, yes + no, z)
        assert mirrored == pytest.approx((1 - high, 1 - low))

    @pytest.mark.parametrize(("yes", "n"), [(-1, 3), (4, 3)])
    def test_more_yes_than_answers_is_an_error(self, yes, n):
        with pytest.raises(ValueError, match="between 0 and n"):
            results.wilson(yes, n, 1.96)


class TestChanges:
    def test_57_of_200_changed_and_most_moved_from_enraged_to_sad(self):
        stayed = {("enraged", "enraged"): 70, ("sad", "sad"): 40, ("happy", "happy"): 33}
        moved = dict(
            zip(
                [(a, b) for a, b in product(camps(0, 0, 0), repeat=2) if a != b],
                [12, 9, 11, 10, 8, 7],
                strict=True,
            )
        )
        found = results.changes(stayed | moved)
        assert found == Changes(200, 57, Move("enraged", "sad", 12))

    def test_29_pairs_are_too_few(self):
        pairs = {("sad", "sad"): 19, ("sad", "happy"): 10}
        assert results.changes(pairs) is None
        assert results.changes(pairs | {("sad", "sad"): 20}) is not None

    def test_9_changes_are_too_few(self):
        assert results.changes({("sad", "sad"): 100, ("sad", "happy"): 9}) is None

    def test_two_equally_common_moves_leave_none_the_most_common(self):
        pairs = {("sad", "sad"): 30, ("sad", "happy"): 6, ("happy", "sad"): 6}
        assert results.changes(pairs) == Changes(42, 12, None)

    def test_a_move_of_4_readers_is_not_shown(self):
        pairs = {("sad", "sad"): 30, ("sad", "happy"): 4}
        pairs |= {("happy", "sad"): 3, ("sad", "enraged"): 3}
        assert results.changes(pairs) == Changes(40, 10, None)

    def test_nobody_asked_twice_says_nothing(self):
        assert results.changes({}) is None


class TestIntentSummary:
    def test_under_5_answers_it_says_nothing(self):
        assert results.intent_summary(intent(3, 1), {}) == IntentSummary("nothing", 4)

    def test_under_20_answers_it_counts(self):
        said = results.intent_summary(intent(12, 7), {"enraged": intent(12, 7)})
        assert said == IntentSummary("counts", 19, tries=12)

    def test_from_20_it_gives_percents_and_the_camp_that_differs_most(self):
        by_camp = {"enraged": intent(21, 79), "sad": intent(50, 50), "happy": intent(181, 19)}
        said = results.intent_summary(intent(252, 148), by_camp)
        assert said == IntentSummary("percents", 400, 252, 63, "enraged", 21)

    def test_a_camp_of_19_is_not_named(self):
        by_camp = {"enraged": intent(5, 14), "happy": intent(50, 50)}
        assert results.intent_summary(intent(55, 64), by_camp).camp == "happy"

    def test_a_camp_with_a_cell_of_4_is_not_named(self):
        by_camp = {"enraged": intent(4, 40), "sad": intent(15, 15), "happy": intent(50, 20)}
        assert results.intent_summary(intent(69, 75), by_camp).camp == "happy"

    def test_a_camp_that_gives_away_the_only_other_one_is_not_named(self):
        by_camp = {"enraged": intent(4, 40), "happy": intent(50, 20)}
        said = results.intent_summary(intent(54, 60), by_camp)
        assert said == IntentSummary("percents", 114, 54, 47)

    def test_a_camp_that_gives_away_the_readers_in_no_camp_is_not_named(self):
        said = results.intent_summary(intent(51, 20), {"happy": intent(50, 20)})
        assert said.camp is None

    def test_a_camp_that_says_the_same_is_not_worth_naming(self):
        by_camp = {"enraged": intent(20, 20), "happy": intent(30, 30)}
        assert results.intent_summary(intent(50, 50), by_camp).camp is None

    def test_of_two_equally_different_camps_the_same_one_is_always_named(self):
        by_camp = {"sad": intent(10, 30), "happy": intent(30, 10)}
        backwards = dict(reversed(by_camp.items()))
        assert results.intent_summary(intent(40, 40), by_camp).camp == "happy"
        assert results.intent_summary(intent(40, 40), backwards).camp == "happy"

    def test_nobody_answered(self):
        assert results.intent_summary({}, {}) == IntentSummary("nothing", 0)
