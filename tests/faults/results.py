"""The table of a run: each fault, what was acknowledged, lost and doubled, and how soon it is over.

A test notes its lines with the fixture `note`; they travel with its report, so that they also
arrive from another process. Seconds are told, and never decide.
"""

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path

import pytest

COLUMNS = {
    "fault": "fault",
    "database": "database",
    "times": "times",
    "acknowledged": "acknowledged",
    "lost": "lost",
    "doubled": "doubled",
    "recovery": "recovery, s",
    "goal": "goal, s",
}


def of_reports(reporter: pytest.TerminalReporter) -> list[dict]:
    """The lines that the tests of a run have noted."""
    reports = [each for kind in reporter.stats.values() for each in kind]
    return [
        value
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, value in report.user_properties
        if name == "fault"
    ]


def table(lines: list[dict]) -> list[str]:
    """The lines as columns."""
    cells = [list(COLUMNS.values())] + [[_cell(line.get(key)) for key in COLUMNS] for line in lines]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def write(lines: list[dict], path: Path) -> None:
    """Adds a run to what is known of this one: a second run on another database joins the first."""
    facts = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "form": os.environ.get("FAULTS", "short"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
    }
    path.write_text(json.dumps(facts | {"faults": lines}, indent=1))
