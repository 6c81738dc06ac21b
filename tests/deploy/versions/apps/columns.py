"""What the versions to come add to the models of polls.

`add_to_class` makes it a column like any other: every statement of that code names it.
"""

from django.db import models

from polls.models import Ballot, Comment

# What code that knows of languages writes; where older code stores a row the database writes "".
LANGUAGE = "en"


class Translation(models.Model):
    comment = models.ForeignKey(Comment, models.CASCADE, related_name="translations")
    text = models.TextField()

    class Meta:
        app_label = "polls"

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.text}"


def add_language() -> None:
    field = models.CharField(max_length=8, default=LANGUAGE, db_default="")
    Comment.add_to_class("language", field)
    Comment._meta.indexes.append(models.Index(fields=["language"], name="comment_language"))


def add_quotation() -> None:
    Comment.add_to_class("quotation", models.CharField(max_length=200, null=True))


def add_seconds() -> None:
    Ballot.add_to_class("seconds", models.PositiveIntegerField(null=True))
