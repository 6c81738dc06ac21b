from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("polls", "1004_unasked")]

    operations = [migrations.RunSQL("ALTER TABLE polls_comment DROP COLUMN quotation")]
