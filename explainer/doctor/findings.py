"""What a check has found."""

from dataclasses import asdict, dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much it matters."""

    OK = "ok"
    ATTENTION = "attention"
    BROKEN = "broken"


@dataclass(frozen=True)
class Finding:
    """One sentence about one thing and, unless it is well, one about what to do."""

    level: Level
    about: str
    says: str
    do: str = ""

    def facts(self) -> dict[str, str]:
        """For JSON."""
        return asdict(self)


def ok(about: str, says: str) -> Finding:
    """It is as it should be."""
    return Finding(Level.OK, about, says)


def attention(about: str, says: str, do: str) -> Finding:
    """It works, and somebody should look at it."""
    return Finding(Level.ATTENTION, about, says, do)


def broken(about: str, says: str, do: str) -> Finding:
    """It does not work, or it is not safe."""
    return Finding(Level.BROKEN, about, says, do)
