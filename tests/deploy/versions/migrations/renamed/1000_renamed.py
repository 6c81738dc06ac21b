from django.db import migrations

from tests.deploy.versions import newest


class Migration(migrations.Migration):
    dependencies = [newest()]

    operations = [migrations.RenameField("Comment", "name", "author")]
