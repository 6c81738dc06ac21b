from django.db import migrations, models

from polls.index_operations import AddIndexInUse


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("polls", "1002_translations")]

    operations = [
        AddIndexInUse("Comment", models.Index(fields=["language"], name="comment_language")),
    ]
