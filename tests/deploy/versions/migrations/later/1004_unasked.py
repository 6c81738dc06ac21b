from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("polls", "1003_index")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField("Comment", "quotation")]
        ),
    ]
