"""A count kept beside its rows, spread over shards so that a popular one has no hot row."""

from typing import Self

from django.db import models
from django.db.models import F, Sum

SHARDS = 8


def shard_of(reader_id: int) -> int:
    """The shard a reader's acts move. It never changes, so no shard can fall below zero."""
    return reader_id % SHARDS


class TallyQuerySet(models.QuerySet):
    """Moves and sums of the shards."""

    def move(self, delta: int, *, shard: int, **key: object) -> None:
        """Adds `delta` (+1 or -1) to one shard. Must run in the transaction that moves the row."""
        if not self.filter(shard=shard, **key).update(count=F("count") + delta):
            self.bulk_create([self.model(shard=shard, **key)], ignore_conflicts=True)
            self.filter(shard=shard, **key).update(count=F("count") + delta)

    def total(self) -> int:
        """The sum over all shards of the rows selected."""
        return self.aggregate(total=Sum("count", default=0))["total"]

    def totals(self, *by: str) -> Self:
        """One row per distinct `by`, each with its `total` over the shards."""
        return self.values(*by).annotate(total=Sum("count")).order_by()


class Tally(models.Model):
    """One shard of one count."""

    shard = models.PositiveSmallIntegerField()
    count = models.PositiveIntegerField(default=0)

    objects = TallyQuerySet.as_manager()

    class Meta:
        abstract = True
