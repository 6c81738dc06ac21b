"""What the bench prints, and what it writes to a file."""

from collections.abc import Iterator, Sequence
from statistics import median

from explainer.bench.machine import Machine
from explainer.bench.rows import Row

HEAD = ("", "site", "beside", "", "ratio", "", "", "CPU of one, ms", "others' cores")


def table(rows: Sequence[Row]) -> Iterator[str]:
    """The lines of the table, and below it what else there is to say of a row."""
    lines = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(HEAD))]
    for title, *cells in lines:
        placed = [cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True)]
        yield "  ".join([title.ljust(widths[0]), *placed]).rstrip()
    for row in rows:
        said = [row.reason] if row.reason else [*row.faults, *row.notes]
        yield from (f"{row.title}: {sentence}" for sentence in said)


def _cells(row: Row) -> tuple[str, ...]:
    if not row.is_measured:
        return (row.title, "", "", "", "", "", row.verdict, "", "")
    unit = "" if row.against else row.unit
    return (
        row.title,
        _amount(median(row.ours), row.unit),
        _amount(median(row.theirs), row.unit) if row.against else "",
        row.against,
        f"{row.value:.2f}" if row.against else "",
        f"{'at least' if row.at_least else 'at most'} {row.limit:g} {unit}".rstrip(),
        row.verdict,
        " / ".join(f"{median(side):.2f}" for side in zip(*row.costs, strict=True)),
        f"{max(row.others):.1f}" if row.others else "",
    )


def _amount(number: float, unit: str) -> str:
    digits = 0 if number >= 100 else 2 if number < 10 else 1
    return f"{number:,.{digits}f}{'' if unit.startswith('/') else ' '}{unit}"


def heading(machine: Machine, versions: dict[str, str]) -> Iterator[str]:
    """What the figures hold for."""
    yield f"{machine.cores} cores, {machine.processor}, {machine.system}, load {machine.load}"
    yield ", ".join(f"{name} {version}" for name, version in versions.items())
