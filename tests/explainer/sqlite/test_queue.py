"""Writers wait for their turn, in threads and in processes, and nobody who died is waited for."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from explainer.sqlite.queue import FileQueue

pytest.importorskip("fcntl")

LONG = 30  # seconds: until a test that hangs fails
HOLD = """
import sys
from explainer.sqlite.queue import FileQueue
queue = FileQueue(sys.argv[1])
assert queue.wait(30)
print("writing", flush=True)
sys.stdin.readline()
queue.leave()
print("left", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "site.sqlite3-writers")


@pytest.fixture
def queue(path: str) -> FileQueue:
    return FileQueue(path)


@contextmanager
def another_process(path: str) -> Iterator[subprocess.Popen]:
    """One that writes, until it is sent a line or killed."""
    command = [sys.executable, "-c", HOLD, path]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout.readline() == "writing\n"
            yield process
        finally:
            process.kill()


def test_the_second_thread_writes_when_the_first_has_left(queue):
    assert queue.wait(LONG)
    written = threading.Event()

    def write():
        assert queue.wait(LONG)
        written.set()
        queue.leave()

    second = threading.Thread(target=write)
    second.start()
    assert not written.is_set()
    queue.leave()
    second.join(LONG)
    assert written.is_set()


def test_who_waits_too_long_is_told_so(queue):
    assert queue.wait(LONG)
    told = []
    waiting = threading.Thread(target=lambda: told.append(queue.wait(0)))
    waiting.start()
    waiting.join(LONG)
    assert told == [False]
    queue.leave()
    assert queue.wait(0)


def test_another_process_is_waited_for(path, queue):
    with another_process(path) as process:
        assert not queue.wait(0.05)
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline() == "left\n"
        assert queue.wait(LONG)
        queue.leave()


def test_nobody_waits_for_a_process_that_was_killed(path, queue):
    with another_process(path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait(LONG)
        assert queue.wait(LONG)
        queue.leave()


def test_giving_up_leaves_nothing_behind(path, queue):
    with another_process(path) as process:
        for _ in range(3):
            assert not queue.wait(0.01)
        process.kill()
        process.wait(LONG)
    assert queue.wait(LONG)
    queue.leave()


def test_there_is_one_writer_at_a_time(path):
    """Six threads, forty turns each, and never two at once."""
    queues, turns = FileQueue(path), [0] * 6
    at_once, most = [], []

    def write(number):
        for _ in range(40):
            assert queues.wait(LONG)
            at_once.append(number)
            most.append(len(at_once))
            turns[number] += 1
            at_once.remove(number)
            queues.leave()

    writers = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(LONG)
    assert turns == [40] * 6
    assert max(most) == 1
