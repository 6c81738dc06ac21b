"""The few answers that are held are found among all."""

from django.db import migrations, models
from django.db.models import Q

from polls.index_operations import AddIndexInUse


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("polls", "0010_newest_of_any_depth")]

    operations = [
        AddIndexInUse(
            "ballot",
            models.Index(fields=["choice"], condition=Q(is_held=True), name="ballot_held"),
        ),
    ]
