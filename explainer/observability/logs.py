"""How a line of the log looks: for people (`line`) or for programs (`json`).

What readers send stays out. Paths, queries, headers and bodies are never written by us; Django's
own lines name the path, so theirs are written anew; and a failure is told by its kind and place,
since the words of an exception may quote what somebody typed.
"""

import json
import logging
import traceback
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.http import HttpRequest

from explainer.observability.requests import current, id_of, route_of

BASE = f"{Path(__file__).resolve().parents[2]}/"
FRAMES = 30  # of a trace, the innermost ones
# Loggers whose sentences quote a request; what is told instead.
FAILURES, REFUSALS = "django.request", "django.security"
QUOTING = {FAILURES: "request failed", REFUSALS: "request refused"}


class Discreet(logging.Filter):
    """Writes anew the lines of others that would quote what was sent."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to write the line. Django's own without a trace tell less than ours."""
        if record.name == FAILURES and not record.exc_info:
            return False
        for name, words in QUOTING.items():
            if _is_of(record, name):
                record.msg, record.args = words, ()
                status = getattr(record, "status_code", None)
                record.facts = {"route": route_of(_request(record)), "status": status}
        if _is_of(record, REFUSALS):
            _lower(record)
        record.__dict__.setdefault("facts", {})
        record.request_id = id_of(_request(record))
        return record.levelno >= logging.getLogger(record.name).getEffectiveLevel()


def _is_of(record: logging.LogRecord, name: str) -> bool:
    return f"{record.name}.".startswith(f"{name}.")


def _lower(record: logging.LogRecord) -> None:
    """Anybody can ask by a wrong name, a thousand times: a refusal is no failure of ours."""
    record.exc_info = record.exc_text = None
    record.levelno, record.levelname = logging.WARNING, "WARNING"


def _request(record: logging.LogRecord) -> HttpRequest | None:
    request = getattr(record, "request", None)
    return request if isinstance(request, HttpRequest) else current.get()


class JsonFormatter(logging.Formatter):
    """One JSON object a line; JSON itself escapes every control character."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **({"request_id": record.request_id} if record.request_id else {}),
            **record.facts,
        }
        if record.exc_info and record.exc_info[1]:
            said["failure"] = asdict(failure(record.exc_info[1]))
        return json.dumps(said, default=str)


class LineFormatter(logging.Formatter):
    """The same for a person; control characters are escaped, so that nobody forges a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, and below it where a failure happened."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(" ", timespec="seconds")
        facts = " ".join(f"{name}={value}" for name, value in record.facts.items())
        named = f"[{record.request_id}]" if record.request_id else ""
        head = f"{time[:19]} {record.levelname} {record.name}: {record.getMessage()}"
        lines = [escaped(" ".join(part for part in (head, facts, named) if part))]
        if record.exc_info and record.exc_info[1]:
            told = failure(record.exc_info[1])
            lines += [f"  {told.kind}", *(f"    {place}" for place in told.places)]
        return "\n".join(lines)


def escaped(text: str) -> str:
    """`text` on one line: what a terminal would obey is written as \\x1b or \\u2028."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


@dataclass(frozen=True)
class Failure:
    """An exception without its words."""

    kind: str
    places: list[str]  # "polls/views/comments.py:31 post", the innermost last


def failure(error: BaseException) -> Failure:
    """Which kinds of exceptions led to this one, and where; none of their words."""
    kinds, places = [], []
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        kinds.append(kind(link))
        places = places or [_place(frame) for frame in traceback.extract_tb(link.__traceback__)]
        link = link.__cause__ or link.__context__
    return Failure(" from ".join(kinds), places[-FRAMES:])


def kind(error: BaseException) -> str:
    """The class, with the code of a database or the system: "IntegrityError 23505"."""
    code = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None)
    if code is None and isinstance(error, OSError):
        code = error.strerror
    return f"{type(error).__qualname__} {code}" if code else type(error).__qualname__


def _place(frame: traceback.FrameSummary) -> str:
    return f"{frame.filename.removeprefix(BASE)}:{frame.lineno} {frame.name}"
