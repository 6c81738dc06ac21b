"""The rows of the table: what is measured, against what, and what it must come to."""

from dataclasses import dataclass, field
from statistics import median


@dataclass
class Row:
    """One measure. `ours` and `theirs` are what was found, in `unit`s; without `theirs` what is
    judged is ours, else ours by theirs. `others` are the cores that somebody else used meanwhile,
    `costs` the processor time of a request on either side, in ms: it says more than the ratio
    where others use the machine.
    """

    name: str
    title: str
    limit: float
    at_least: bool = True
    unit: str = "/s"
    against: str = ""
    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)
    others: list[float] = field(default_factory=list)
    costs: list[tuple[float, float]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    reason: str = ""  # why it was not measured

    @property
    def is_measured(self) -> bool:
        return bool(self.ours) and not self.reason

    @property
    def value(self) -> float:
        """What is judged, by the medians."""
        ours = median(self.ours)
        return ours / median(self.theirs) if self.against else ours

    @property
    def is_ok(self) -> bool:
        """Whether the limit is kept, and nothing was lost, refused or wrong on the way."""
        kept = self.value >= self.limit if self.at_least else self.value <= self.limit
        return kept and not self.faults

    @property
    def verdict(self) -> str:
        if not self.is_measured:
            return "not measured"
        return "ok" if self.is_ok else "WRONG" if self.faults else "MISSED"

    def facts(self) -> dict[str, object]:
        """For the file of results."""
        known: dict[str, object] = {"name": self.name, "title": self.title, "limit": self.limit}
        known |= {"at_least": self.at_least, "unit": self.unit, "against": self.against}
        known |= {"verdict": self.verdict, "notes": self.notes, "faults": self.faults}
        if not self.is_measured:
            return known | {"reason": self.reason}
        return known | {
            "value": round(self.value, 3),
            "ours": [round(one, 2) for one in self.ours],
            "theirs": [round(one, 2) for one in self.theirs],
            "costs_ms": [[round(one, 3) for one in pair] for pair in self.costs],
            "other_cores": [round(one, 2) for one in self.others],
        }


GRANIAN, NGINX, Y = "granian, bytes", "nginx, file", "Y"


def rows() -> list[Row]:
    """Every row, nothing measured yet, in the order of the table."""
    return [
        Row("page", "article page, no cookie", 0.5, against=GRANIAN),
        Row("nginx", "the same behind nginx", 0.8, against=NGINX),
        Row("own", "the page of a reader with answers and votes", 0.25, against=Y),
        Row("answers", "answers to one question, SQLite", 0.35, against=Y),
        Row("answers-postgres", "answers to one question, PostgreSQL", 0.35, against=Y),
        Row("answers-64", "the same, 64 connections", 0.8, against="16 connections"),
        Row("comments", "comments in one discussion, SQLite", 0.2, against=Y),
        Row("comments-postgres", "comments in one discussion, PostgreSQL", 0.2, against=Y),
        Row("threads", "page of a long discussion", 1.5, False, "ms", "a short one"),
        Row("start", "start to the first 200", 3, False, "s"),
        Row("memory", "memory at rest, all processes", 220, False, "MB"),
    ]
