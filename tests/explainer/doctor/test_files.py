"""The folder of the site."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from explainer.doctor import files
from explainer.doctor.findings import Level


@pytest.fixture
def var(settings, tmp_path):
    """A private data folder."""
    settings.VAR_DIR = tmp_path / "var"
    (settings.VAR_DIR / "backups").mkdir(parents=True)
    settings.VAR_DIR.chmod(0o700)
    (settings.VAR_DIR / "backups").chmod(0o700)
    (settings.VAR_DIR / "secret-key").touch(0o600)
    return settings.VAR_DIR


@pytest.fixture
def database(var, monkeypatch):
    """Where the database would be."""
    file = var / "afterword.sqlite3"
    file.touch(0o600)
    monkeypatch.setitem(connection.settings_dict, "NAME", str(file))
    return file


def test_what_only_the_operator_may_read_is_well(database):
    assert [found.level for found in files.permissions()] == [Level.OK]


def test_a_key_that_others_may_read(var, database):
    (var / "secret-key").chmod(0o640)
    (found,) = files.permissions()
    assert (found.level, found.do) == (Level.BROKEN, f"chmod 600 {var / 'secret-key'}")


@pytest.mark.parametrize("mode", [0o755, 0o701, 0o710])
def test_a_folder_that_others_may_enter(var, database, mode):
    var.chmod(mode)
    (found,) = files.permissions()
    assert found.do == f"chmod 700 {var}"


def test_a_database_and_a_backup_that_others_may_read(var, database):
    backup = var / "backups" / "afterword-20260101T000000Z.zip"
    backup.touch()
    backup.chmod(0o644)
    database.chmod(0o644)
    said = [found.do for found in files.permissions()]
    expected = [f"chmod 600 {backup}"]
    if connection.vendor == "sqlite":
        expected.insert(0, f"chmod 600 {database}")
    assert said == expected


@pytest.mark.parametrize(
    ("scarce", "spare", "expected"),
    [(1, 2, Level.OK), (1, 1 << 62, Level.ATTENTION), (1 << 61, 1 << 62, Level.BROKEN)],
)
def test_room_on_the_disk(var, monkeypatch, scarce, spare, expected):
    monkeypatch.setattr(files, "SCARCE", scarce)
    monkeypatch.setattr(files, "SPARE", spare)
    assert [found.level for found in files.free_disk()] == [expected]


def test_style_sheets(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    (found,) = files.static_files()
    assert found.level == Level.BROKEN
    (tmp_path / "explainer").mkdir()
    (tmp_path / "explainer" / "site.css").touch()
    assert [found.level for found in files.static_files()] == [Level.OK]


def test_style_sheets_that_the_manifest_does_not_know(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    backend = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": backend}}
    (found,) = files.static_files()
    assert found.level == Level.BROKEN


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, Level.OK), (1, Level.OK), (2, Level.ATTENTION), (90, Level.ATTENTION)],
)
def test_the_newest_backup(var, days, expected):
    for age in (days + 5, days):
        at = datetime.now(UTC) - timedelta(days=age, minutes=1)
        (var / "backups" / f"afterword-{at:%Y%m%dT%H%M%SZ}.zip").touch(0o600)
    (found,) = files.last_backup()
    assert found.level == expected
    assert f"{days} days old" in found.says


def test_no_backup_at_all(var):
    (var / "backups" / "letters.zip").touch()
    assert [found.level for found in files.last_backup()] == [Level.ATTENTION]
