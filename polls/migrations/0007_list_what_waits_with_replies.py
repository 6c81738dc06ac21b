"""A comment that waits keeps its place while replies stand below it.

A generated column cannot be altered, so it is made anew, and the indexes that choose by it.
"""

from django.db import migrations, models
from django.db.models import F, Q

LISTED = Q(is_listed=True)
INDEXES = [
    models.Index(fields=["discussion", "id"], condition=LISTED, name="comment_listed"),
    models.Index(fields=["discussion", "-score", "id"], condition=LISTED, name="comment_best"),
    models.Index(fields=["discussion", "camp", "id"], condition=LISTED, name="comment_camp"),
    models.Index(
        fields=["discussion", "camp", "-own_rate", "id"],
        condition=LISTED,
        name="comment_camp_best",
    ),
    *[
        models.Index(
            F("discussion"),
            F(f"{camp}_yes") + F(f"{camp}_no"),
            F("id"),
            condition=LISTED,
            name=f"comment_least_{camp}",
        )
        for camp in ("enraged", "sad", "happy")
    ],
]
IS_LISTED = models.GeneratedField(
    db_persist=True,
    expression=Q(parent__isnull=True) & (Q(state="published") | Q(reply_count__gt=0)),
    output_field=models.BooleanField(),
)


class Migration(migrations.Migration):
    dependencies = [("polls", "0006_report_is_echo")]

    operations = [
        *[migrations.RemoveIndex("comment", index.name) for index in INDEXES],
        migrations.RemoveField("comment", "is_listed"),
        migrations.AddField("comment", "is_listed", IS_LISTED),
        *[migrations.AddIndex("comment", index) for index in INDEXES],
    ]
