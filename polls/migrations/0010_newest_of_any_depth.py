"""The newest comment of a discussion, be it a reply, is the end of an index."""

from django.db import migrations, models

from polls.index_operations import AddIndexInUse


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("polls", "0009_log_not_replaced")]

    operations = [
        AddIndexInUse(
            "comment",
            models.Index(
                fields=["discussion", "id"],
                condition=models.Q(state="published"),
                name="comment_published",
            ),
        ),
    ]
