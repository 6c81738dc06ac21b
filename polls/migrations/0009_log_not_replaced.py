"""SQLite refuses REPLACE too, which puts an entry of the log in the place of another."""

from django.db import migrations

from polls.append_only import protect


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":  # PostgreSQL has no such statement
        protect(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("polls", "0008_suspended_reason")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
