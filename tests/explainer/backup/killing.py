"""Run as a program: does a command again and again, each time killed one step later than before.

A step is anything that names, renames or removes a file, opens one to write, or tells of progress.
Prints a line of JSON for each time: what stands in the folder of data afterwards.
"""

import importlib
import itertools
import json
import os
import shutil
import signal
import sqlite3
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

STEPS = {"os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir"}
WRITES = os.O_WRONLY | os.O_RDWR


class Death:
    """kill -9 of this process, before the step of that number."""

    def __init__(self, after: int) -> None:
        self.left, self.is_near = after, False
        sys.addaudithook(self.hear)

    def hear(self, event: str, arguments: tuple) -> None:
        is_writing = event == "open" and bool((arguments[2] or 0) & WRITES)
        if self.is_near and (event in STEPS or is_writing):
            self.step()

    def step(self, *_progress: int) -> None:
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1


def restore(file: Path, death: Death) -> None:
    """From where the backup, which has proved itself, is put in place."""
    from explainer.backup import restoring, sqlite

    restoring._facts = lambda _said: []  # the proof takes its time, and changes nothing
    put_in_place = sqlite.put_in_place

    def put(*arguments: object) -> object:
        death.is_near = True
        return put_in_place(*arguments)

    sqlite.put_in_place = put
    key = Path(os.environ["VAR_DIR"]) / "secret-key"
    restoring.restore(file, replace=True, key=key, progress=lambda *_progress: None)


def backup(file: Path, death: Death) -> None:
    """The whole of it."""
    from explainer.backup.taking import take

    death.is_near = True
    take(file, with_key=True, keep=None, progress=death.step)


def run(command: Callable, file: Path, after: int) -> bool:
    """Whether a process of its own came to the end of a command."""
    pid = os.fork()
    if pid == 0:
        command(file, Death(after))
        os._exit(0)
    _pid, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return not os.WIFSIGNALED(status)


def what_stands(var: Path, new: Path) -> dict:
    """The titles of the articles, the key, and whether the new backup is there and whole."""
    database, titles = var / "afterword.sqlite3", None
    if database.exists():
        with closing(sqlite3.connect(database)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            found = connection.execute("SELECT title FROM explainer_article ORDER BY slug")
            titles = [title for (title,) in found]
    key = var / "secret-key"
    return {
        "titles": titles,
        "key": key.read_text() if key.exists() else None,
        "is_whole": zipfile.ZipFile(new).testzip() is None if new.exists() else None,
    }


def main(what: str, pristine: Path, file: Path) -> None:
    import django

    django.setup()
    importlib.import_module("explainer.backup.restoring")  # once, for all that are killed
    var = Path(os.environ["VAR_DIR"])
    for after in itertools.count():
        shutil.rmtree(var)
        shutil.copytree(pristine, var)
        if what == "backup":
            file.unlink(missing_ok=True)
        is_done = run({"restore": restore, "backup": backup}[what], file, after)
        print(json.dumps(what_stands(var, file) | {"is_done": is_done}), flush=True)
        if is_done:
            return


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
