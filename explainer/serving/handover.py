"""How a server is replaced by its next version without refusing anybody.

The process stays and runs the same command anew; the socket it listens on stays open, and so do the
processes that serve, until the new ones are ready.
"""

import json
import os
import signal
import socket
import sys
from dataclasses import dataclass, field

VARIABLE = "AFTERWORD_HANDOVER"


@dataclass
class Inherited:
    """What a server left to this one. Nothing, at a first start."""

    listener: int = -1
    lifeline: int = -1
    children: list[int] = field(default_factory=list)

    @property
    def socket(self) -> socket.socket | None:
        """The socket that listens already."""
        return socket.socket(fileno=self.listener) if self.listener >= 0 else None


def inherited() -> Inherited:
    """What was left, once: a process that is started from here inherits nothing."""
    said = os.environ.pop(VARIABLE, "")
    found = Inherited(**json.loads(said)) if said else Inherited()
    for descriptor in (found.listener, found.lifeline):
        if descriptor >= 0:
            os.set_inheritable(descriptor, False)
    return found


def hand_over(listener: socket.socket, lifeline: int, children: list[int]) -> None:
    """Becomes the same command anew, in the code as it stands now. Does not return."""
    for descriptor in (listener.fileno(), lifeline):
        os.set_inheritable(descriptor, True)
    left = {"listener": listener.fileno(), "lifeline": lifeline, "children": children}
    os.environ[VARIABLE] = json.dumps(left)
    # Until the new code has a handler, another wish to be replaced would end the process.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - our own command
