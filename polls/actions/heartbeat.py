"""The sign of life that a process beside the server leaves in the database."""

from datetime import datetime

from django.utils import timezone

from polls.models import Heartbeat

# What this process said last, by name.
_own: dict[str, datetime] = {}


def beat(name: str) -> None:
    """Says that the process of that name works at this moment. One statement."""
    _own[name] = at = timezone.now()
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, at=at)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at"],
    )


def fall_silent(name: str) -> None:
    """Takes this process's sign of life back as it ends, so that nobody waits for another.

    What a second process of that name has said since stays: after a restart in place the new
    worker is at work before the old one ends.
    """
    if at := _own.pop(name, None):
        Heartbeat.objects.filter(name=name, at=at).delete()
