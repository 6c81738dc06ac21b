"""Style sheets and scripts lie where the proxy of somebody else can read them."""

import os

import pytest
from django.core.management import call_command

from explainer.management.commands.quickstart import static_state
from explainer.static_files import open_to_all


@pytest.fixture
def private_umask():
    """As a unit of systemd, and `quickstart`, make files."""
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.fixture
def collected(settings, tmp_path, private_umask):
    """`collected(var)`: what the site collects outside or inside of that folder."""
    settings.STATIC_ROOT = tmp_path / "public" / "static"
    backend = {"BACKEND": "explainer.static_files.OpenStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": backend}

    def collect(var):
        settings.VAR_DIR = var
        call_command("collectstatic", interactive=False, verbosity=0)
        found = list(settings.STATIC_ROOT.rglob("*"))
        assert any(path.suffix == ".gz" for path in found)
        return {path.stat().st_mode & 0o777 for path in [settings.STATIC_ROOT, *found]}

    return collect


def test_outside_of_var_everybody_may_read_them(collected, tmp_path):
    assert collected(tmp_path / "var") == {0o755, 0o644}


def test_inside_of_var_nobody_needs_to(collected, tmp_path):
    assert 0o700 in collected(tmp_path)


def test_a_folder_that_somebody_made_narrow_is_opened(tmp_path):
    (tmp_path / "a").mkdir(mode=0o700)
    (tmp_path / "a" / "b.css").touch(0o600)
    open_to_all(tmp_path)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "a" / "b.css").stat().st_mode & 0o777 == 0o644


def test_another_place_is_collected_into_anew(settings, tmp_path):
    before = static_state()
    settings.STATIC_ROOT = tmp_path / "static"
    assert static_state() != before
