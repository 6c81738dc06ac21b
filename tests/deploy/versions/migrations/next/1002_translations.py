from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("polls", "1001_ballots")]

    operations = [
        migrations.CreateModel(
            "Translation",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey("polls.Comment", models.CASCADE, related_name="translations"),
                ),
                ("text", models.TextField()),
            ],
        ),
    ]
