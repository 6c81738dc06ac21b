from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("polls", "1000_comments")]

    operations = [
        migrations.AddField("Ballot", "seconds", models.PositiveIntegerField(null=True)),
    ]
