"""The clock of the machine steps forward and back: nobody is locked out, nothing is lost."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from polls.models import Discussion
from tests import factories
from tests.conftest import Browser as InProcess
from tests.faults import stored
from tests.faults.asking import Browser
from tests.faults.conftest import need
from tests.faults.sites import Site, running
from tests.faults.wire import Answer

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
HOUR, TEN_YEARS = 3600, 10 * 365 * 24 * 3600  # seconds
STEPS = (0, HOUR, -HOUR, TEN_YEARS, 0)
ORDER = "SELECT name, id FROM polls_comment WHERE name LIKE 'At %' ORDER BY id"
A_MINUTE = 60  # the window in which answers are counted
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


# libfaketime takes the moment until which Python sleeps for one of the false clock, and refuses it.
SLEEP = """
import select, time
time.sleep = lambda seconds: select.select([], [], [], seconds) and None
"""


class Clock:
    """The clock that one site's processes see. Intervals stay true: only the date is wrong."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "clock"
        self.step(0)
        (folder / "sitecustomize.py").write_text(SLEEP)

    def step(self, seconds: int) -> None:
        draft = self.path.with_suffix(".new")
        draft.write_text(f"{seconds:+d}\n")
        os.replace(draft, self.path)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(LIBRARIES[-1]),
            "PYTHONPATH": str(self.path.parent),
            "FAKETIME_TIMESTAMP_FILE": str(self.path),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }


@pytest.fixture
def clock(site: Site) -> Clock:
    """The clock of `site`."""
    need(LIBRARIES, "faketime is not installed.")
    clock = Clock(site.folder)
    site.env |= clock.environment
    return clock


def is_in_time(answer: Answer) -> bool:
    """Done, or refused for no longer than the minute that is counted."""
    if answer.status == 429:
        return int(answer.headers["retry-after"]) <= A_MINUTE
    return answer.status == 303


def test_nobody_is_locked_out_when_the_clock_steps(
    site: Site, clock: Clock, note: Callable[..., None]
) -> None:
    ann, told = Browser(site), 0
    with running(site):
        for number, step in enumerate(STEPS):
            clock.step(step)
            assert ann.look().status == 200
            # Ann is one of those whom the wrong clock has met before; ten years end her cookie.
            for reaction in ("sad", "happy"):
                assert is_in_time(ann.answer(reaction))
            somebody = replace(ann, address=f"203.0.113.{number + 20}", cookie="", first="")
            acts = (somebody.answer("sad"), somebody.vote(), somebody.comment(name=f"At {number}"))
            assert [answer.status for answer in acts] == [303] * 3
            told += len(acts)
        ids = stored.rows(site.database, ORDER)
        assert [name for name, _id in ids] == [f"At {number}" for number in range(len(STEPS))]
        assert stored.doubled(site.database) == []
        assert site.manage("recount", "--check").returncode == 0
    note("the clock steps 1 h, 10 years", times=len(STEPS), acknowledged=told, lost=0, doubled=0)


@pytest.mark.django_db
def test_a_form_from_the_future_is_read_first(discussion: Discussion, sam: InProcess) -> None:
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        stamp = factories.make_old_stamp()
    with time_machine.travel(NOW, tick=False):
        sam.post("/articles/isekai/comments/", {"body": "Hm.", "name": "Sam", "stamp": stamp})
    assert [each.held_reason for each in discussion.comments.all()] == ["speed"]


@pytest.mark.django_db
@pytest.mark.parametrize("wrong_by", [timedelta(hours=1), timedelta(days=3650)])
def test_slow_mode_does_not_wait_for_a_comment_from_the_future(
    discussion: Discussion, sam: InProcess, wrong_by: timedelta
) -> None:
    Discussion.objects.update(slow_seconds=A_MINUTE)
    with time_machine.travel(NOW + wrong_by, tick=False):
        said = {"body": "Said too early.", "name": "Sam", "stamp": factories.make_old_stamp()}
        assert sam.post("/articles/isekai/comments/", said).status_code == 303
    with time_machine.travel(NOW, tick=False):
        said = {"body": "Said in time.", "name": "Sam", "stamp": factories.make_old_stamp()}
        assert sam.post("/articles/isekai/comments/", said).status_code == 303
