from django.db import migrations, models

from tests.deploy.versions import newest


class Migration(migrations.Migration):
    dependencies = [newest()]

    operations = [
        migrations.AddField("Comment", "language", models.CharField(max_length=8, default="en")),
    ]
