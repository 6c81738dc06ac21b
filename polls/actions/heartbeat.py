"""The sign of life that a process beside the server leaves in the database."""

from django.utils import timezone

from polls.models import Heartbeat


def beat(name: str) -> None:
    """Says that the process of that name works at this moment. One statement."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, at=timezone.now())],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at"],
    )
