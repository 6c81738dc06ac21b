"""The database refuses to change or delete an entry of the moderation log."""

from django.db import migrations

from polls.append_only import protect, release


def forwards(apps, schema_editor):
    protect(schema_editor.connection)


def backwards(apps, schema_editor):
    release(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("polls", "0001_initial")]

    operations = [migrations.RunPython(forwards, backwards)]
