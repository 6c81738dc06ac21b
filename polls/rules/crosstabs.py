"""Tables by camp that give nobody's answer away."""

from collections.abc import Hashable, Iterable, Mapping
from typing import NamedTuple, TypeVar

# A cell of a table by camp shows at least so many readers, or is hidden (rule of CMS and ONS).
MIN_CELL = 5

Q = TypeVar("Q", bound=Hashable)


class Crossing(NamedTuple):
    """A cell that one reader stands in: their reaction at the close, and what else they answered.

    Of choices: their ids.
    """

    reaction: int
    choice: int
    stage: str


def crossings(answers: Mapping[tuple[Q, str], int], reaction: tuple[Q, str]) -> set[Crossing]:
    """The cells that somebody with these counted answers stands in.

    `answers` is {(question, stage): choice}; `reaction` says which of them is the reaction at the
    close. Without it there are none.
    """
    given = answers.get(reaction)
    if given is None:
        return set()
    return {
        Crossing(given, choice, asked[1]) for asked, choice in answers.items() if asked != reaction
    }


def crosstab_cells(
    rows: Mapping[str, Mapping[str, int]], total: Mapping[str, int] | None = None
) -> dict[str, dict[str, int] | None]:
    """A table by camp with what may not be shown left out: {camp: cells, or None when hidden}.

    `rows` is {camp: {choice: readers}}; `total` {choice: readers} of everybody, with those in no
    camp (default: the sum of the rows). A row is shown whole, with every cell at least MIN_CELL,
    or not at all: one cell of a row gives away the other to who knows the row's sum.

    The totals are public, so whatever is hidden is known in sum. That sum must be fit to show too
    (each cell at least MIN_CELL), or a hidden row would be the total minus the rest; until it is,
    the smallest shown row is hidden as well. All is hidden when the camps exceed the totals, as
    they may for a moment when both are counted while readers answer.
    """
    totals = total if total is not None else _sum(rows.values())
    table = {camp: {key: row.get(key, 0) for key in totals} for camp, row in rows.items()}
    outside = {key: totals[key] - sum(row[key] for row in table.values()) for key in totals}
    if any(n < 0 for n in outside.values()):
        return dict.fromkeys(table)
    out = {camp for camp, row in table.items() if min(row.values(), default=0) < MIN_CELL}
    while len(out) < len(table) and _gives_away([outside, *(table[camp] for camp in out)]):
        left = (camp for camp in table if camp not in out)
        # Ties go by name: hiding now one, now another of two rows would show them both in time.
        out.add(min(left, key=lambda camp: (sum(table[camp].values()), camp)))
    return {camp: None if camp in out else row for camp, row in table.items()}


def _gives_away(hidden: Iterable[Mapping[str, int]]) -> bool:
    known = _sum(hidden).values()
    return any(known) and min(known) < MIN_CELL


def _sum(rows: Iterable[Mapping[str, int]]) -> dict[str, int]:
    added: dict[str, int] = {}
    for row in rows:
        for key, n in row.items():
            added[key] = added.get(key, 0) + n
    return added
