"""The file of a backup: a zip of known members, believed only as far as it proves itself."""

import hashlib
import os
import zipfile
import zlib
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from explainer.backup import BackupError, manifest
from explainer.backup.manifest import Manifest

MANIFEST, KEY = "manifest.json", "secret-key"
DUMPS = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
# Of PostgreSQL, the tables of which the dump holds no rows: those with a column that stays behind.
COPIES = {f"{table}.copy": table for table in manifest.BLANKED}
MEMBERS = {MANIFEST, KEY, *DUMPS.values(), *COPIES}
MANIFEST_LIMIT = 4 * 1024 * 1024  # bytes
CHUNK = 1024 * 1024
# pg_dump has packed its rows already.
PACKED = {"database.pgdump"}
DAMAGED = "{path} is damaged or was cut off: {why}."

Progress = Callable[[int, int], None]


def digest(path: Path) -> tuple[int, str]:
    """How long a file is, and its SHA-256."""
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def write(draft: Path, files: Mapping[str, Path], said: Manifest, progress: Progress) -> None:
    """Makes the file of the members and the manifest, 0600, and waits until the disk has it."""
    descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        _pack(file, files, said, progress)
        file.flush()
        os.fsync(file.fileno())


def publish(draft: Path, target: Path) -> None:
    """Gives a finished file its name, so that it also survives a power cut."""
    draft.replace(target)
    sync_folder(target.parent)


def _pack(file: BinaryIO, files: Mapping[str, Path], said: Manifest, progress: Progress) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        packed.writestr(MANIFEST, said.to_json())
        for name, path in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_STORED if name in PACKED else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            entry.file_size = path.stat().st_size  # so that it knows whether it needs zip64
            with path.open("rb") as source, packed.open(entry, "w") as goal:
                _copy(source, goal, entry.file_size, progress)


def _copy(source: IO[bytes], goal: IO[bytes], size: int, progress: Progress) -> str:
    """Copies a stream; returns its SHA-256."""
    done, sha = 0, hashlib.sha256()
    while chunk := source.read(CHUNK):
        goal.write(chunk)
        sha.update(chunk)
        done += len(chunk)
        progress(done, size)
    return sha.hexdigest()


def keep_also(path: Path, name: Path) -> None:
    """Gives a file, if it is there, a second name, so that the first is never without one."""
    with suppress(FileNotFoundError):
        os.link(path, name)


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@dataclass(frozen=True)
class Archive:
    """An opened backup of which only the manifest has been believed so far."""

    path: Path
    packed: zipfile.ZipFile
    manifest: Manifest

    @property
    def dump(self) -> str:
        """The member that holds the database."""
        return DUMPS[self.manifest.engine]

    @property
    def copies(self) -> dict[str, str]:
        """{member: table} of what the dump has no rows of."""
        return {name: table for name, table in COPIES.items() if name in self.manifest.files}

    @property
    def has_key(self) -> bool:
        """Whether it holds the site's secret key."""
        return KEY in self.manifest.files

    def unpack(self, member: str, target: Path, progress: Progress) -> None:
        """Writes a member to `target` (0600) and proves that it is what was packed."""
        size, sha = self.manifest.files[member]
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as goal, _damage(self.path):
            with self.packed.open(member) as source:
                found = _copy(source, goal, size, progress)
            goal.flush()
            os.fsync(goal.fileno())
        if found != sha:
            raise BackupError(DAMAGED.format(path=self.path, why=f"{member} was changed"))


@contextmanager
def opened(path: Path) -> Generator[Archive]:
    """The archive at `path`. Raises BackupError when it is no whole backup."""
    try:
        packed = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise BackupError(f"There is no file {path}.") from None
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror}.") from None
    except (zipfile.BadZipFile, ValueError) as error:
        why = str(error).rstrip(".")
        raise BackupError(DAMAGED.format(path=path, why=why)) from None
    with packed:
        said = _believe(path, packed)
        yield Archive(path, packed, said)


def _believe(path: Path, packed: zipfile.ZipFile) -> Manifest:
    """The manifest, if the members are those it names and no others."""
    sizes = {entry.filename: entry.file_size for entry in packed.infolist()}
    strange = sorted(sizes.keys() - MEMBERS)
    if strange or len(sizes) != len(packed.infolist()):
        raise BackupError(f"{path} is no backup of this site: it holds {strange or sizes}.")
    if sizes.get(MANIFEST, MANIFEST_LIMIT + 1) > MANIFEST_LIMIT:
        raise BackupError(f"{path} is no backup of this site: it has no manifest.")
    with _damage(path):
        said = manifest.read(packed.read(MANIFEST))
    named = {name: size for name, (size, _sha) in said.files.items()}
    if named != {name: size for name, size in sizes.items() if name != MANIFEST}:
        raise BackupError(DAMAGED.format(path=path, why="its members are not those it names"))
    if said.engine not in DUMPS or DUMPS[said.engine] not in named:
        raise BackupError(DAMAGED.format(path=path, why="it holds no database"))
    return said


@contextmanager
def _damage(path: Path) -> Generator[None]:
    try:
        yield
    except (zipfile.BadZipFile, EOFError, NotImplementedError, zlib.error) as error:
        raise BackupError(DAMAGED.format(path=path, why=str(error) or "it ends early")) from None
