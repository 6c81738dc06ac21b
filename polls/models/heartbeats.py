"""Signs of life of the processes beside the server."""

from django.db import models


class Heartbeat(models.Model):
    """When a process last said that it works."""

    name = models.CharField(max_length=24, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.at}"
