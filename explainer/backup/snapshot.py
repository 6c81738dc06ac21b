"""What both databases hand over to be packed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Snapshot:
    """The database of one moment, and what was counted in that very moment."""

    paths: list[Path]
    migrations: list[str]
    rows: Mapping[str, int]
