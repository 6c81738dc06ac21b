"""Whether the processes beside the server are alive."""

from datetime import datetime, timedelta

from django.utils import timezone

from polls.models import Heartbeat

WORKER = "worker"
# The worker says so every minute at least; two may be missed on a busy machine.
SILENCE = timedelta(seconds=150)


def last(name: str) -> datetime | None:
    """When the process of that name last said that it works; None if it never did. One query."""
    return Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()


def is_alive(at: datetime | None) -> bool:
    """Whether a process that last spoke `at` that time counts as working."""
    return at is not None and timezone.now() - at < SILENCE
