"""How often what everybody sees has changed: what a kept page is compared with."""

from django.db import models


class Revision(models.Model):
    """One of the counters of a name ("d17", "site"); their sum is the revision.

    As many rows as there were acts at the same moment: an act takes one that nobody holds, so none
    waits for another, and none can wait in a ring (`actions/revisions.py`).
    """

    name = models.CharField(max_length=24, db_index=True)
    count = models.PositiveBigIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.name}: {self.count}"
