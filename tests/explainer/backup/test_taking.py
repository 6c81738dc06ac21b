"""A backup: whole, private, and of one moment."""

import os
import stat
import subprocess
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core.management import call_command
from django.db import connection, connections

from explainer.backup import BackupError, archive, unfinished
from explainer.backup.manifest import LEFT_OUT
from explainer.backup.restoring import unpacked, verify
from explainer.backup.standing_in import standing_in
from explainer.backup.taking import NAME, take
from polls.actions.questions import answer_question
from polls.models import Ballot, Reader
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 64 if connection.vendor == "sqlite" else 48  # PostgreSQL has 100 places as it comes


def quiet(_done: int, _of: int) -> None:
    pass


def make(target: Path, *, with_key: bool = False, keep: int | None = None):
    return take(target, with_key=with_key, keep=keep, progress=quiet)


def test_it_is_one_private_file_with_a_name_of_the_time(tmp_path, isekai):
    taken = make(tmp_path)
    assert NAME.fullmatch(taken.path.name)
    assert os.listdir(tmp_path) == [taken.path.name]
    assert stat.S_IMODE(taken.path.stat().st_mode) == 0o600
    with archive.opened(taken.path) as opened:
        assert opened.manifest == taken.manifest
    assert taken.manifest.engine == connection.vendor
    assert taken.manifest.rows["explainer_article"] == 1
    assert "polls.0001_initial" in taken.manifest.migrations


def test_it_stands_in_var_unless_another_place_is_named(capsys, settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    call_command("backup")
    (made,) = (tmp_path / "var" / "backups").iterdir()
    assert stat.S_IMODE(made.parent.stat().st_mode) == 0o700
    assert str(made) in capsys.readouterr().out


def test_the_key_goes_along_only_when_it_is_asked_for(tmp_path):
    with archive.opened(make(tmp_path / "without").path) as opened:
        assert not opened.has_key
        assert site.SECRET_KEY.encode() not in opened.path.read_bytes()
    with archive.opened(make(tmp_path / "with", with_key=True).path) as opened:
        opened.unpack(archive.KEY, tmp_path / "key", quiet)
    assert (tmp_path / "key").read_text() == site.SECRET_KEY
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_only_the_newest_of_its_own_are_kept(tmp_path):
    old = [f"afterword-2026010{day}T000000Z.zip" for day in (1, 2, 3)]
    others = ["afterword-latest.zip", "letters.zip", "afterword-20260101T000000Z.zip.copy"]
    for name in [*old, *others]:
        (tmp_path / name).touch()
    taken = make(tmp_path, keep=2)
    assert sorted(os.listdir(tmp_path)) == sorted([*others, old[2], taken.path.name])
    assert {path.name for path in taken.deleted} == set(old[:2])


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "mine.zip").write_text("mine")
    with pytest.raises(BackupError, match="already"):
        make(tmp_path / "mine.zip")
    assert (tmp_path / "mine.zip").read_text() == "mine"


def test_no_place_that_the_web_can_read(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    with pytest.raises(BackupError, match="readable on the web"):
        make(tmp_path / "mine.zip")


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(BackupError, match="no folder"):
        make(tmp_path / "nowhere" / "mine.zip")


def test_what_a_killed_backup_left_is_swept_away(tmp_path):
    left, lock = (tmp_path / f"{unfinished.BACKUP}left{end}" for end in ("", unfinished.LOCK))
    left.mkdir()
    (left / "whole").touch()
    lock.touch()
    with unfinished.folder(unfinished.BACKUP, tmp_path) as working:
        make(tmp_path)
        assert not left.exists()
        assert not lock.exists()
        assert working.exists()


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 256 KB; the database alone is larger."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("mount is not installed")
    if done.returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_leaves_nothing_behind_and_says_so(small_disk):
    (small_disk / "full").write_bytes(bytes(230 * 1024))
    with pytest.raises(SystemExit, match=r"No backup was made. The disk is full"):
        call_command("backup", str(small_disk))
    assert os.listdir(small_disk) == ["full"]


class Writer:
    """Somebody who answers, as one new reader after the other, until told to stop."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.acknowledged: list[str] = []

    def write(self, question, stop: threading.Event, ready: threading.Barrier) -> None:
        try:
            while not stop.is_set():
                reader = Reader()
                answer_question(
                    question=question,
                    choice_key="sad",
                    stage="after",
                    reader=reader,
                    address=f"198.51.{self.number}.{len(self.acknowledged) % 250 + 1}",
                )
                self.acknowledged.append(str(reader.key))
                if len(self.acknowledged) == 1:
                    ready.wait()
        except BaseException:
            ready.abort()
            raise
        finally:
            connections.close_all()


@pytest.mark.load
def test_it_is_of_one_moment_while_many_write(tmp_path, discussion):
    question = discussion.questions.get(key="reaction")
    writers = [Writer(number) for number in range(WRITERS)]
    stop, ready = threading.Event(), threading.Barrier(WRITERS + 1)
    with ThreadPoolExecutor(WRITERS) as pool:
        working = [pool.submit(writer.write, question, stop, ready) for writer in writers]
        try:
            ready.wait()
            before = [len(writer.acknowledged) for writer in writers]
            taken = make(tmp_path)
        finally:
            stop.set()
        for one in working:
            one.result()
    with unpacked(taken.path, quiet) as (_opened, fresh, proof), standing_in(fresh):
        assert [fact for fact in proof.facts if not fact.is_ok] == []
        held = set(map(str, Ballot.objects.values_list("reader__key", flat=True)))
    for writer, so_far in zip(writers, before, strict=True):
        there = [key in held for key in writer.acknowledged]
        assert there == sorted(there, reverse=True)  # a stretch from the first one on
        assert sum(there) >= so_far
    assert sum(before) >= WRITERS


def test_what_was_packed_is_what_comes_out(tmp_path, discussion):
    factories.answers(discussion, sad=3, happy=2)
    factories.make_comment(discussion, None, "異世界 \U0001f600 \t\\N it is")
    Ballot.objects.update(source="")
    stored = factories.everything_stored()
    taken = make(tmp_path)
    with unpacked(taken.path, quiet) as (_opened, fresh, _proof), standing_in(fresh):
        out = factories.everything_stored()
    for table in LEFT_OUT:
        assert out.pop(table) == []
        stored.pop(table)
    assert out == stored


def test_the_members_are_those_it_names(tmp_path):
    with zipfile.ZipFile(make(tmp_path, with_key=True).path) as packed:
        assert packed.namelist() == [
            "manifest.json",
            archive.DUMPS[connection.vendor],
            *(archive.COPIES if connection.vendor == "postgresql" else []),
            "secret-key",
        ]


def test_it_can_be_verified_by_command(tmp_path, capsys, discussion):
    factories.answers(discussion, sad=3)
    taken = make(tmp_path)
    call_command("restore", str(taken.path), "--verify")
    told = capsys.readouterr().out
    assert "The backup can be restored." in told
    assert verify(taken.path, quiet).is_ok
