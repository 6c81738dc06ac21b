"""A file is believed only as far as it proves itself."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from explainer.backup import BackupError, archive
from explainer.backup.restoring import verify
from explainer.backup.taking import take
from polls.models import BallotTally
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}


def quiet(_done: int, _of: int) -> None:
    pass


@pytest.fixture
def backup(tmp_path, discussion) -> Path:
    """A backup with some answers in it."""
    factories.answers(discussion, sad=3, happy=2)
    return take(tmp_path, with_key=True, keep=None, progress=quiet).path


Rewrite = Callable[[dict, dict], None]


def rewritten(path: Path, change: Rewrite) -> Path:
    """The backup with its manifest and its members changed by somebody who knows how."""
    with zipfile.ZipFile(path) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    said = json.loads(members[archive.MANIFEST])
    change(said, members)
    if archive.MANIFEST in members:
        members[archive.MANIFEST] = json.dumps(said).encode()
    forged = path.with_name("forged.zip")
    with zipfile.ZipFile(forged, "w") as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return forged


def refused(path: Path) -> str:
    with pytest.raises(BackupError) as caught:
        verify(path, quiet)
    return str(caught.value)


def test_cut_off_anywhere(backup):
    whole = backup.read_bytes()
    cut = backup.with_name("cut.zip")
    for part in (0, 1, 100, len(whole) // 2, len(whole) - 1):
        cut.write_bytes(whole[:part])
        assert "damaged or was cut off" in refused(cut), part


def test_a_byte_changed_anywhere(backup):
    whole = bytearray(backup.read_bytes())
    changed = backup.with_name("changed.zip")
    for at in range(60, len(whole) - 200, len(whole) // 7):
        whole[at] ^= 0xFF
        changed.write_bytes(whole)
        assert "damaged" in refused(changed), at
        whole[at] ^= 0xFF


@pytest.mark.parametrize("text", ["", "PK", "no zip at all" * 100])
def test_another_kind_of_file(tmp_path, text):
    (tmp_path / "letter.txt").write_text(text)
    assert "damaged" in refused(tmp_path / "letter.txt")


def test_no_file(tmp_path):
    assert "There is no file" in refused(tmp_path / "nothing.zip")
    assert "cannot be read" in refused(tmp_path)


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/database.sqlite3", "evil.txt"])
def test_a_member_that_is_not_ours_is_never_written(backup, name):
    def add(_said: dict, members: dict) -> None:
        members[name] = b"evil"

    before = sorted(backup.parent.parent.rglob("*"))
    forged = rewritten(backup, add)
    assert "is no backup of this site" in refused(forged)
    assert sorted(backup.parent.parent.rglob("*")) == sorted([*before, forged])


def test_a_member_changed_together_with_its_length(backup):
    def change(said: dict, members: dict) -> None:
        member = archive.DUMPS[connection.vendor]
        members[member] = members[member][:-1] + b"x"

    assert "was changed" in refused(rewritten(backup, change))


def test_a_member_that_is_missing(backup):
    def drop(_said: dict, members: dict) -> None:
        del members[archive.DUMPS[connection.vendor]]

    assert "its members are not those it names" in refused(rewritten(backup, drop))


@pytest.mark.parametrize("text", [b"", b"[]", b'{"format": 1}', b'{"format": "x"}', b"\xff"])
def test_a_manifest_that_is_none(backup, text):
    with zipfile.ZipFile(backup) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    forged = backup.with_name("forged.zip")
    with zipfile.ZipFile(forged, "w") as packed:
        for name, data in (members | {archive.MANIFEST: text}).items():
            packed.writestr(name, data)
    assert "manifest cannot be read" in refused(forged)


def test_no_manifest(backup):
    def drop(_said: dict, members: dict) -> None:
        del members[archive.MANIFEST]

    assert "it has no manifest" in refused(rewritten(backup, drop))


def test_a_later_format(backup):
    forged = rewritten(backup, lambda said, _members: said.update(format=2))
    assert "newer version" in refused(forged)


def test_a_newer_schema(backup):
    forged = rewritten(backup, lambda said, _m: said["migrations"].append("polls.0099_of_tomorrow"))
    assert "polls.0099_of_tomorrow" in refused(forged)


def test_the_other_database(backup):
    def change(said: dict, members: dict) -> None:
        mine, other = (
            archive.DUMPS[name] for name in (connection.vendor, OTHER[connection.vendor])
        )
        said["engine"] = OTHER[connection.vendor]
        said["files"][other] = said["files"].pop(mine)
        members[other] = members.pop(mine)

    assert "goes back to the kind of database it is of" in refused(rewritten(backup, change))


def test_rows_that_are_missing_are_told_by_table(backup):
    forged = rewritten(backup, lambda said, _m: said["rows"].update(polls_ballot=6))
    proof = verify(forged, quiet)
    assert not proof.is_ok
    wrong = [(one.what, one.expected, one.found) for one in proof.facts if not one.is_ok]
    assert wrong == [("rows of polls_ballot", "6", "5")]


def test_a_table_that_is_missing_is_told(backup):
    forged = rewritten(backup, lambda said, _m: said["rows"].update(polls_lost=1))
    wrong = [one for one in verify(forged, quiet).facts if not one.is_ok]
    assert [(one.what, one.found) for one in wrong] == [("rows of polls_lost", "no table")]


def test_counts_that_the_rows_do_not_bear_out(tmp_path, discussion):
    factories.answers(discussion, sad=3)
    BallotTally.objects.update(count=7)
    wrong = [
        one.what
        for one in verify(
            take(tmp_path, with_key=False, keep=None, progress=quiet).path, quiet
        ).facts
        if not one.is_ok
    ]
    assert wrong[0] == "counts not borne out by rows"
    assert "sad" in wrong[1]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's dump has no pages")
def test_a_page_that_was_broken_before_it_was_packed(backup):
    def change(said: dict, members: dict) -> None:
        data = bytearray(members["database.sqlite3"])
        for page in range(4096 * 3, len(data), 4096 * 5):  # the b-tree's kind is none
            data[page] = 0x77
        members["database.sqlite3"] = bytes(data)
        said["files"]["database.sqlite3"] = [len(data), hashlib.sha256(data).hexdigest()]

    proof = verify(rewritten(backup, change), quiet)
    assert next(one.what for one in proof.facts if not one.is_ok) == "damages"
