"""Style sheets and scripts as they are collected: named by their digest, packed, readable."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage


class OpenStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's, which also a proxy that runs as somebody else may read outside var/."""

    def post_process(self, *args: object, **options: object) -> Iterator[tuple]:
        """What Django's command asks for; it is the last that is done to the files."""
        yield from super().post_process(*args, **options)
        folder = Path(self.location)
        if not options.get("dry_run") and not folder.is_relative_to(settings.VAR_DIR):
            open_to_all(folder)


def open_to_all(folder: Path) -> None:
    """Lets everybody read what is in a folder, whatever the umask of who made it."""
    for path in (folder, *folder.rglob("*")):
        wanted = 0o755 if path.is_dir() else 0o644
        if path.stat().st_mode & wanted != wanted:
            path.chmod(wanted)
