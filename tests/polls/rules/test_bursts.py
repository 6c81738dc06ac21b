"""What makes a burst: each signal at its edge, against printed tables and plain invariants."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polls.errors import Refused
from polls.rules import bursts
from polls.rules.bursts import ALIKE, MIX, SOURCE, VOLUME, Share, Traffic
from polls.rules.chance import chi_square_tail, g_test

WINDOWS = bursts.BASELINE // bursts.WINDOW
counts = st.lists(st.integers(0, 60), min_size=1, max_size=60)
mixes = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 200))

# Upper points of chi-square as every table prints them: (degrees of freedom, x, chance).
TABLE = [
    *((1, 3.841, 0.05), (1, 6.635, 0.01), (1, 10.828, 0.001)),
    *((2, 5.991, 0.05), (2, 9.210, 0.01), (2, 13.816, 0.001)),
    *((3, 7.815, 0.05), (3, 11.345, 0.01), (3, 16.266, 0.001)),
    *((4, 9.488, 0.05), (4, 13.277, 0.01), (4, 18.467, 0.001)),
    *((5, 11.070, 0.05), (5, 15.086, 0.01), (5, 20.515, 0.001)),
    *((10, 18.307, 0.05), (10, 23.209, 0.01), (10, 29.588, 0.001)),
]


def quiet_then(*last: int) -> list[int]:
    """Three days without an answer, and then these windows."""
    return [0] * (WINDOWS - len(last)) + list(last)


class TestChance:
    @pytest.mark.parametrize(("freedom", "x", "chance"), TABLE)
    def test_the_tail_is_that_of_the_tables(self, freedom, x, chance):
        assert chi_square_tail(x, freedom) == pytest.approx(chance, rel=0.005)

    @given(st.floats(0, 400), st.floats(0, 400), st.integers(1, 12))
    def test_the_tail_falls_from_one(self, x, more, freedom):
        tail = chi_square_tail(x, freedom)
        assert 0 <= chi_square_tail(x + more, freedom) <= tail + 1e-12
        assert tail <= 1

    def test_g_is_that_of_a_worked_example(self):
        # By hand: G = 4.1145, Williams' q = 1.0327, so 3.9842 with one degree of freedom.
        chance = g_test({"a": 12, "b": 5}, {"a": 18, "b": 25})
        assert chance == pytest.approx(chi_square_tail(3.9842, 1), rel=1e-4)

    @given(mixes, mixes)
    def test_it_does_not_matter_which_sample_is_named_first(self, one, other):
        assert g_test(one, other) == pytest.approx(g_test(other, one))

    @given(mixes, st.integers(1, 5))
    def test_the_same_mix_is_no_other_mix_whatever_its_size(self, mix, times):
        larger = {kind: count * times for kind, count in mix.items()}
        assert g_test(mix, larger) == pytest.approx(1)
        assert not bursts.is_other_mix(mix, larger)

    @given(mixes)
    def test_nothing_differs_from_nothing(self, mix):
        assert g_test(mix, {}) == g_test({}, mix) == 1


class TestVolume:
    def test_one_answer_to_a_sleeping_page_is_no_alarm_and_ten_at_once_are(self):
        assert bursts.signals(Traffic(quiet_then(1), {}, {})) == ()
        assert bursts.signals(Traffic(quiet_then(8), {}, {})) == ()
        assert bursts.signals(Traffic(quiet_then(10), {}, {})) == (VOLUME,)

    def test_a_busy_page_needs_more(self):
        usual = [20] * (WINDOWS - 1)
        assert bursts.signals(Traffic([*usual, 40], {}, {})) == ()
        assert bursts.signals(Traffic([*usual, 80], {}, {})) == (VOLUME,)

    @given(counts, st.floats(0, 20))
    def test_it_never_falls_below_zero_and_grows_with_every_answer(self, windows, usual):
        height = bursts.rise(windows, usual).height
        more = [*windows[:-1], windows[-1] + 1]
        grown = bursts.rise(more, usual).height
        assert 0 <= height <= grown <= height + 1 + 1e-9

    @given(counts, st.floats(0, 20))
    def test_it_is_the_steepest_stretch_that_ends_now(self, windows, usual):
        allowed = -bursts.step(1000, 0, usual) + 1000
        stretches = [sum(windows[n:]) - allowed * len(windows[n:]) for n in range(len(windows))]
        assert bursts.rise(windows, usual).height == pytest.approx(max(0, *stretches, 0))

    def test_it_says_where_the_rise_began(self):
        assert bursts.rise([9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 6], 0).since == 11
        assert bursts.rise([0, 0, 0], 0).since == 3

    def test_the_usual_is_what_came_before_the_last_two_hours(self):
        assert bursts.usual_of(quiet_then(*[50] * 12)) == 0
        assert bursts.usual_of([3] * WINDOWS) == 3
        assert bursts.usual_of([]) == 0

    def test_it_is_over_after_half_an_hour_as_usual(self):
        assert not bursts.is_over(3, usual=0)
        assert bursts.is_over(2, usual=0)
        assert bursts.is_over(25, usual=5)


class TestMix:
    BEFORE = {"enraged": 50, "sad": 30, "happy": 20}

    def test_a_dozen_of_one_camp_is_another_mix(self):
        assert bursts.is_other_mix({"happy": 12}, self.BEFORE)

    def test_eleven_say_nothing_and_nor_does_a_page_without_a_past(self):
        assert not bursts.is_other_mix({"happy": 11}, self.BEFORE)
        assert not bursts.is_other_mix({"happy": 40}, {"sad": 11})

    def test_a_camp_nobody_was_in_before_is_another_mix(self):
        assert bursts.is_other_mix({"happy": 30}, {"sad": 40})


class TestSource:
    def test_most_of_a_dozen_from_one_place(self):
        assert bursts.is_one_source(Share(12, 20), Share(1, 100))
        assert not bursts.is_one_source(Share(11, 20), Share(1, 100))
        assert not bursts.is_one_source(Share(11, 11), Share(0, 100))

    def test_a_place_that_always_sent_most_is_no_sign(self):
        # As behind a proxy that is not configured: everybody comes from one place.
        assert not bursts.is_one_source(Share(30, 30), Share(200, 200))
        assert bursts.is_one_source(Share(20, 20), Share(33, 100))
        assert not bursts.is_one_source(Share(20, 20), Share(34, 100))

    def test_nothing_known_is_no_sign(self):
        assert not bursts.is_one_source(Share(0, 0), Share(0, 0))


class TestWhatFollows:
    @pytest.mark.parametrize(
        ("fired", "is_alarm"),
        [
            ((), False),
            ((VOLUME,), False),
            ((MIX, SOURCE, ALIKE), False),
            ((VOLUME, MIX), True),
            ((VOLUME, SOURCE), True),
            ((VOLUME, ALIKE), True),
        ],
    )
    def test_an_alarm_needs_volume_and_another_sign(self, fired, is_alarm):
        assert bursts.is_alarm(fired) == is_alarm

    def test_only_volume_mix_and_source_together_set_aside_without_a_person(self):
        assert bursts.is_quarantined_at_once((VOLUME, MIX, SOURCE))
        assert not bursts.is_quarantined_at_once((VOLUME, MIX, ALIKE))
        assert not bursts.is_quarantined_at_once((VOLUME, SOURCE, ALIKE))

    @pytest.mark.parametrize("wanted", [bursts.QUARANTINED, bursts.RELEASED, bursts.EXCLUDED])
    @pytest.mark.parametrize("state", bursts.STATES)
    def test_a_person_may_decide_whatever_differs_and_confirm_what_a_rule_did(self, state, wanted):
        bursts.check_decision(state, wanted, "unclear", is_decided=False)
        if state != wanted:
            bursts.check_decision(state, wanted, "unclear", is_decided=True)
        else:
            with pytest.raises(Refused, match="decided this already"):
                bursts.check_decision(state, wanted, "unclear", is_decided=True)

    def test_a_decision_needs_a_reason(self):
        with pytest.raises(Refused, match="reason"):
            bursts.check_decision(bursts.WATCHED, bursts.RELEASED, "", is_decided=False)


class TestWindows:
    def test_a_row_without_gaps_that_ends_with_the_window_of_now(self):
        now = datetime(2026, 5, 3, 12, 5, tzinfo=UTC)
        present = bursts.window_of(now)
        counted = {present: 4, present - 2: 1, present - 9: 7}
        row = bursts.filled(counted, now, timedelta(minutes=30))
        assert row == [1, 0, 4]

    def test_a_burst_began_with_the_window_in_which_the_count_left_zero(self):
        now = datetime(2026, 5, 3, 12, 5, tzinfo=UTC)
        assert bursts.began(quiet_then(6, 9, 4), now) == datetime(2026, 5, 3, 11, 40, tzinfo=UTC)

    def test_but_no_earlier_than_the_signals_have_looked(self):
        now = datetime(2026, 5, 3, 12, 5, tzinfo=UTC)
        assert bursts.began(quiet_then(*[50] * 40), now) == datetime(2026, 5, 3, 10, 10, tzinfo=UTC)
