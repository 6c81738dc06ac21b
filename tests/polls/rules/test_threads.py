"""Threads as drawn: the cases stand in threads/*.json, one outline each."""

import json
import random
import re
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from polls.rules.threads import PATH_DIGITS, PATH_LEVELS, Row, ancestors, arrange, going_on, path

HERE = Path(__file__).parent
CASES = [
    case
    for path_ in sorted((HERE / "threads").glob("*.json"))
    for case in json.loads(path_.read_text())
]
GOING_ON = json.loads((HERE / "threads_going_on.json").read_text())
ROW = re.compile(r"(\d+)(?: < (\d+))?(?: in (\d+))?( removed)?")


def row(line: str) -> Row:
    """ "5 < 4 in 1 removed" is comment 5, a removed answer to 4 in the thread of 1."""
    found = ROW.fullmatch(line)
    assert found, line
    id_, parent, root, removed = found.groups()
    return Row(int(id_), int(parent) if parent else None, int(root) if root else None, not removed)


def walk(branches):
    """Every branch with the one it is drawn under, in drawing order, without recursion."""
    waiting = [(branch, None) for branch in reversed(branches)]
    while waiting:
        branch, over = waiting.pop()
        yield branch, over
        waiting.extend((child, branch) for child in reversed(branch.children))


def outline(branches) -> list[str]:
    return [
        "  " * branch.depth
        + str(branch.id)
        + (" removed" if branch.tombstone else "")
        + (f" to {branch.to_id}" if branch.to_id else "")
        + (f", {branch.count} below" if branch.count else "")
        + (", folded" if branch.folded else "")
        for branch, _ in walk(branches)
    ]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_drawn(case):
    rows = [row(line) for line in case["rows"]]
    drawn = arrange(rows, newest_first=case.get("newest_first", True))
    assert outline(drawn) == case["drawn"]


@pytest.mark.parametrize("case", GOING_ON, ids=[case["name"] for case in GOING_ON])
def test_drawn_later(case):
    (thread,) = arrange([row(line) for line in case["rows"]], newest_first=True, fold_over=99)
    assert outline(going_on(thread, case["shown"])) == case["drawn"]


@st.composite
def talks(draw):
    """Sound rows: every reply is younger than what it answers."""
    rows: list[Row] = []
    for id_ in range(1, draw(st.integers(0, 25)) + 1):
        over = draw(st.sampled_from([None, *rows]))
        root = over.root_id if over else id_
        rows.append(Row(id_, over and over.id, root, draw(st.booleans())))
    return rows


ids = st.integers(1, 12)
broken_talks = st.lists(
    st.builds(Row, ids, st.none() | ids, st.none() | ids, st.booleans()),
    unique_by=lambda row: row.id,
)


@given(talks() | broken_talks, st.booleans())
def test_every_visible_comment_is_drawn_once_whatever_the_links(rows, newest_first):
    drawn = [branch for branch, _ in walk(arrange(rows, newest_first=newest_first))]
    visible = sorted(row.id for row in rows if row.state_visible)
    assert sorted(branch.id for branch in drawn if not branch.tombstone) == visible
    assert len({branch.id for branch in drawn}) == len(drawn)


@given(talks() | broken_talks, st.booleans(), st.randoms())
def test_the_order_of_the_rows_does_not_matter(rows, newest_first, chance):
    shuffled = chance.sample(rows, len(rows))
    expected = arrange(rows, newest_first=newest_first)
    assert arrange(shuffled, newest_first=newest_first) == expected


@given(talks(), st.booleans(), st.integers(1, 5))
def test_parents_come_first_and_no_branch_is_too_deep(rows, newest_first, max_depth):
    parents = {row.id: row.parent_id for row in rows}
    drawn = list(walk(arrange(rows, newest_first=newest_first, max_depth=max_depth)))
    place = {branch.id: i for i, (branch, _) in enumerate(drawn)}
    for branch, over in drawn:
        parent = parents[branch.id]
        assert branch.depth < max_depth
        assert branch.depth == (over.depth + 1 if over else 0)
        # Hanging elsewhere than under its parent, it says whom it answers.
        assert branch.to_id == (None if parent == (over and over.id) else parent)
        # One level only has no indent to show what follows what.
        if parent is not None and max_depth > 1:
            assert place[parent] < place[branch.id]


@given(talks(), st.data())
def test_a_thread_in_two_parts_is_drawn_like_the_whole(rows, data):
    whole = {branch.id: (branch, over) for branch, over in walk(arrange(rows, newest_first=True))}
    root = data.draw(st.sampled_from([row.id for row in rows if not row.parent_id] or [None]))
    paths = {None: ""}
    for one in rows:
        paths[one.id] = path(paths[one.parent_id], one.id)
    replies = [row for row in rows if row.root_id == root and row.parent_id and row.id in whole]
    replies.sort(key=lambda row: paths[row.id])
    assume(replies)
    cut = data.draw(st.integers(1, len(replies)))
    shown = {*ancestors(paths[replies[cut - 1].id]), replies[cut - 1].id}
    needed = shown | {row.id for row in replies[cut:]}
    (thread,) = [
        branch
        for branch in arrange([one for one in rows if one.id in needed], newest_first=True)
        if branch.id == root
    ]
    later = list(walk(going_on(thread, shown)))
    drawn = [branch.id for branch, _ in walk([whole[root][0]])]
    assert drawn == [root, *(row.id for row in replies)]
    assert [branch.id for branch, _ in later if branch.id not in shown] == drawn[cut + 1 :]
    for branch, over in later:
        _same, above = whole[branch.id]
        assert branch.depth == whole[branch.id][0].depth
        assert over is None or over.id == above.id


@given(talks())
def test_a_count_is_the_readable_comments_drawn_below(rows):
    for branch, _ in walk(arrange(rows, newest_first=True)):
        below = [one for one, _ in walk(branch.children)]
        assert branch.count == sum(not one.tombstone for one in below)
        assert branch.folded == (branch.count > 5)
        assert not branch.tombstone or below or branch.depth == 2


def test_ten_thousand_replies_in_a_chain_are_drawn():
    chain = [Row(id_, id_ - 1 or None, 1, id_ > 1) for id_ in range(1, 10_001)]
    random.Random(7).shuffle(chain)
    (top,) = arrange(chain, newest_first=True)
    assert (top.tombstone, top.count, top.folded) == (True, 9_999, True)
    last_level = top.children[0].children
    assert [branch.id for branch in last_level] == list(range(3, 10_001))
    assert last_level[-1].to_id == 9_999


def test_a_ring_of_ten_thousand_does_not_hang():
    ring = [Row(id_, id_ % 10_000 + 1, 1, True) for id_ in range(1, 10_001)]
    (top,) = arrange(ring, newest_first=True)
    assert (top.id, top.count) == (1, 9_999)


def test_a_path_is_six_base_36_digits_a_level():
    assert path("", 1) == "000001"
    assert path("000001", 36) == "000001000010"
    assert path("", 36**6 - 1) == "zzzzzz"


@pytest.mark.parametrize("id_", [-1, 36**6])
def test_an_id_without_a_path_is_an_error(id_):
    with pytest.raises(ValueError, match="does not fit"):
        path("", id_)


def test_a_reply_below_the_fortieth_level_becomes_a_sibling():
    here = ""
    for id_ in range(1, PATH_LEVELS + 1):
        here = path(here, id_)
    assert len(here) == PATH_DIGITS * PATH_LEVELS
    below = path(here, 41)
    assert len(below) == len(here)
    assert below[:-PATH_DIGITS] == here[:-PATH_DIGITS]
    assert below > here


def test_the_ancestors_of_a_comment_stand_in_its_path_root_first():
    root = path("", 7)
    reply = path(root, 40)
    assert ancestors(path(reply, 36**6 - 1)) == [7, 40]
    assert ancestors(root) == []


@given(talks())
def test_sorting_by_path_gives_parents_before_replies_and_replies_by_time(rows):
    paths: dict[int | None, str] = {None: ""}
    for one in rows:
        paths[one.id] = path(paths[one.parent_id], one.id)
    by_path = sorted(rows, key=lambda one: paths[one.id])
    everything = [Row(one.id, one.parent_id, one.root_id, True) for one in rows]
    drawn = walk(arrange(everything, newest_first=False, max_depth=PATH_LEVELS))
    assert [one.id for one in by_path] == [branch.id for branch, _ in drawn]
