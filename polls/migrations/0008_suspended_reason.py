from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("polls", "0007_list_what_waits_with_replies")]

    operations = [
        migrations.AddField(
            model_name="reader",
            name="suspended_reason",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=200,
                verbose_name="reason for the suspension",
            ),
        ),
    ]
