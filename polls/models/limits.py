"""Speed limits: how often somebody did something in a stretch of time."""

from django.db import models


class LimitCount(models.Model):
    """How many times `who` did what, in one window. `who` is a reader or an address hash."""

    key = models.CharField(max_length=120, primary_key=True)
    count = models.PositiveIntegerField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"


class AddressSalt(models.Model):
    """The day's secret under which client addresses are hashed. Deleted within 48 hours."""

    day = models.DateField(unique=True)
    secret = models.BinaryField()

    def __str__(self) -> str:
        return str(self.day)
