"""No table by camp gives away what few readers answered."""

from hypothesis import given
from hypothesis import strategies as st

from polls.rules.crosstabs import MIN_CELL, crosstab_cells


def row(tries, stays):
    return {"try": tries, "stay_away": stays}


rows = st.builds(row, st.integers(0, 14), st.integers(0, 14))
tables = st.dictionaries(st.sampled_from(["enraged", "sad", "happy", "mixed"]), rows)


def sums(parts):
    return row(sum(part["try"] for part in parts), sum(part["stay_away"] for part in parts))


def possible_tries(hidden, tries):
    """For each hidden row, every number of tries it may have, by trying all."""
    sizes = [sum(part.values()) for part in hidden]
    for i, size in enumerate(sizes):
        reachable = {0}
        for other in sizes[:i] + sizes[i + 1 :]:
            reachable = {done + n for done in reachable for n in range(other + 1)}
        yield hidden[i], [n for n in range(size + 1) if tries - n in reachable]


def test_a_table_of_large_cells_is_shown_whole():
    table = {"enraged": row(21, 79), "happy": row(5, 5)}
    assert crosstab_cells(table) == table


def test_a_single_small_row_takes_the_smallest_other_one_with_it():
    table = {"enraged": row(3, 40), "sad": row(20, 20), "happy": row(50, 50)}
    assert crosstab_cells(table) == {"enraged": None, "sad": None, "happy": row(50, 50)}


def test_two_small_rows_hide_each_other_when_their_sum_is_large_enough():
    table = {"enraged": row(2, 40), "sad": row(3, 20), "happy": row(50, 50)}
    assert crosstab_cells(table) == {"enraged": None, "sad": None, "happy": row(50, 50)}


def test_two_small_rows_with_a_small_sum_take_a_third():
    table = {"enraged": row(2, 40), "sad": row(2, 20), "happy": row(50, 50)}
    assert set(crosstab_cells(table).values()) == {None}


def test_a_camp_without_answers_hides_nobody_else():
    table = {"enraged": row(0, 0), "happy": row(50, 50)}
    assert crosstab_cells(table) == {"enraged": None, "happy": row(50, 50)}


def test_a_few_readers_in_no_camp_are_hidden_behind_the_smallest_camp():
    table = {"enraged": row(20, 20), "happy": row(50, 50)}
    assert crosstab_cells(table, row(71, 72)) == {"enraged": None, "happy": row(50, 50)}


def test_many_readers_in_no_camp_hide_nothing():
    table = {"enraged": row(20, 20), "happy": row(50, 50)}
    assert crosstab_cells(table, row(75, 75)) == table


def test_counts_that_contradict_each_other_are_not_shown():
    assert crosstab_cells({"happy": row(50, 50)}, row(49, 60)) == {"happy": None}


def test_a_missing_choice_is_an_empty_cell():
    table = {"enraged": {"try": 30}, "happy": row(50, 50)}
    assert crosstab_cells(table) == {"enraged": None, "happy": None}


def test_an_empty_table_stays_empty():
    assert crosstab_cells({}) == {}


@given(tables, st.randoms())
def test_the_order_of_the_rows_does_not_matter(table, chance):
    """Or two looks at the page would hide different rows, and show both."""
    shuffled = dict(chance.sample(list(table.items()), len(table)))
    assert crosstab_cells(shuffled) == crosstab_cells(table)


def test_of_two_rows_of_one_size_the_same_one_is_always_hidden():
    table = {"enraged": row(3, 40), "sad": row(20, 20), "happy": row(20, 20)}
    backwards = dict(reversed(table.items()))
    assert crosstab_cells(table) == crosstab_cells(backwards)
    assert crosstab_cells(table)["happy"] is None


@given(tables)
def test_every_shown_cell_is_large_enough_and_true(table):
    for camp, cells in crosstab_cells(table).items():
        assert cells is None or (cells == table[camp] and min(cells.values()) >= MIN_CELL)


@given(tables, rows)
def test_no_small_hidden_cell_can_be_worked_out(table, outside):
    """Even by somebody who knows how many readers each camp has, and all the totals."""
    everybody = sums([*table.values(), outside])
    shown = crosstab_cells(table, everybody)
    if not any(shown.values()):
        return  # nothing but the totals is told
    hidden = [outside, *(table[camp] for camp, cells in shown.items() if cells is None)]
    tries = everybody["try"] - sums([cells for cells in shown.values() if cells])["try"]
    for cells, possible in possible_tries(hidden, tries):
        assert cells["try"] in possible
        small = sum(cells.values()) > 0 and min(cells.values()) < MIN_CELL
        assert not small or len(possible) > 1
