"""What the bench starts: waited for, measured, and gone with all it started."""

import os
import subprocess
import sys
import time

import pytest

from explainer.bench import NotMeasuredError, machine
from explainer.bench.processes import Program, end_all_but, environment, free_port, run

# A server with a child that takes no notice of being told to end.
STUBBORN = """
import http.server, signal, subprocess, sys
subprocess.Popen([sys.executable, "-c", "import signal\\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\\nwhile True: signal.pause()"])
http.server.test(http.server.SimpleHTTPRequestHandler, port=int(sys.argv[1]), bind="127.0.0.1")
"""


def program(tmp_path, code: str, path: str = "/") -> Program:
    port = free_port()
    command = [sys.executable, "-c", code, str(port)]
    return Program(command, port, path, env=environment(), log=tmp_path / "log")


def is_gone(pid: int, born: int) -> bool:
    """Whether it has ended; one that nobody has waited for yet has ended, too."""
    return machine.born(pid) != born or machine.memory(pid) == 0


def test_a_program_and_its_children_are_measured_and_ended(tmp_path):
    with program(tmp_path, STUBBORN) as started:
        assert b"Directory listing" in started.page()
        below = machine.tree(started.pid)
        assert len(below) == 2
        both, child = machine.memory(started.pid), machine.memory(max(below))
        assert 0 < child < both
        assert machine.memory_at_rest(started.pid) > 0
        port = started.port
    deadline = time.monotonic() + 10
    while not all(is_gone(*one) for one in below.items()) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert all(is_gone(*one) for one in below.items())
    with pytest.raises(OSError, match="refused"):
        Program([], port, "/", env={}, log=tmp_path / "log").page()


def test_one_that_ends_at_once_is_quoted(tmp_path):
    broken = program(tmp_path, "import sys; sys.exit('The port is cursed.')")
    with pytest.raises(NotMeasuredError, match=r"The port is cursed\."):
        broken.start()
    with pytest.raises(NotMeasuredError, match="not running"):
        _ = broken.pid


def test_a_command_that_fails_is_quoted():
    with pytest.raises(NotMeasuredError, match="No such thing"):
        run([sys.executable, "-c", "raise SystemExit('No such thing')"], environment())


def test_a_program_knows_none_of_the_operators_settings(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://somewhere/else")
    assert "DATABASE_URL" not in environment()
    assert environment(SITE_URL="http://x")["SITE_URL"] == "http://x"


def test_what_we_do_ourselves_is_not_done_by_others():
    clock, before = machine.Clock(), machine.spent([os.getpid()])
    begun = sum(os.times()[:2])
    while sum(os.times()[:2]) - begun < 0.3:
        pass
    # Of what was busy meanwhile, ours was taken off: what is left fits on the other cores.
    assert 0 <= clock.others() <= os.cpu_count() + 0.1
    assert machine.spent([os.getpid()]) - before >= 0.2


def test_the_machine_is_named():
    named = machine.this_machine()
    assert named.cores >= 1
    assert named.processor
    assert named.system.startswith("Linux")


def test_what_was_begun_and_not_noted_is_ended_all_the_same():
    before = machine.tree(os.getpid())
    with subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]) as begun:
        born = machine.born(begun.pid)
        end_all_but(before)
        assert machine.born(begun.pid) != born
    assert machine.tree(os.getpid()).keys() <= before.keys()
