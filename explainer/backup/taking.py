"""Making a backup while the site runs."""

import re
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from explainer.backup import BackupError, archive, unfinished
from explainer.backup.archive import Progress
from explainer.backup.engines import engine
from explainer.backup.manifest import Manifest, site_version
from explainer.environment import private_dir

NAME = re.compile(r"afterword-\d{8}T\d{6}Z\.zip")


@dataclass(frozen=True)
class Taken:
    """What was made, and which older backups went for it."""

    path: Path
    manifest: Manifest
    deleted: list[Path]


def take(target: Path | None, *, with_key: bool, keep: int | None, progress: Progress) -> Taken:
    """Writes a backup to `target`, a file or a folder; default: a new file in var/backups/.

    It is there whole or not at all. `keep` deletes all but the newest so many of that folder that
    were named here. Raises BackupError, OSError, DatabaseError.
    """
    now = datetime.now(UTC)
    path = _path(target, now)
    unfinished.sweep(unfinished.BACKUP, path.parent)
    engine().sweep()
    with ExitStack() as stack:
        folder = stack.enter_context(unfinished.folder(unfinished.BACKUP, path.parent))
        taken = stack.enter_context(engine().snapshot(folder, progress))
        files = {path.name: path for path in taken.paths}
        if with_key:
            files[archive.KEY] = _key(folder)
        said = Manifest(
            made_at=now.isoformat(timespec="seconds"),
            version=site_version(),
            engine=connection.vendor,
            migrations=taken.migrations,
            rows=dict(taken.rows),
            files={name: archive.digest(file) for name, file in files.items()},
        )
        archive.write(folder / "whole", files, said, progress)
        archive.publish(folder / "whole", path)
    return Taken(path, said, _delete_all_but(keep, path) if keep else [])


def _path(target: Path | None, now: datetime) -> Path:
    """Where the backup goes. Raises BackupError for a place that is taken or public."""
    name = f"afterword-{now:%Y%m%dT%H%M%SZ}.zip"
    path = (target or private_dir(settings.VAR_DIR / "backups")).absolute()
    path = path / name if path.is_dir() else path
    if path.resolve().is_relative_to(settings.STATIC_ROOT.resolve()):
        raise BackupError(f"{path} would be readable on the web. Choose another folder.")
    if path.exists():
        raise BackupError(f"There is a file {path} already.")
    if not path.parent.is_dir():
        raise BackupError(f"There is no folder {path.parent}.")
    return path


def _key(folder: Path) -> Path:
    path = folder / archive.KEY
    path.touch(mode=0o600)
    path.write_text(settings.SECRET_KEY)
    return path


def _delete_all_but(keep: int, newest: Path) -> list[Path]:
    """Deletes the older ones among files named as ours; the new one stays whatever its name."""
    ours = sorted(
        (file for file in newest.parent.iterdir() if NAME.fullmatch(file.name) and file != newest),
        reverse=True,
    )
    old = ours[keep - 1 :]
    for file in old:
        file.unlink()
    return old
