from django.db import migrations, models

from tests.deploy.versions import newest


class Migration(migrations.Migration):
    dependencies = [newest()]

    operations = [
        migrations.AddField(
            "Comment", "language", models.CharField(max_length=8, default="en", db_default="")
        ),
        migrations.AddField("Comment", "quotation", models.CharField(max_length=200, null=True)),
    ]
