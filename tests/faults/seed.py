"""What the writers of a fault test find there: run in the site's own process by conftest.py."""

import json

from django.conf import settings
from django.http import HttpResponse

from polls.middleware import COOKIE_SALT
from polls.models import Comment, Discussion, Reader
from tests import factories

REGULARS = 600


def seed() -> str:
    """Makes an article, a comment to vote on and regulars; returns what a test must know of it.

    Regulars have two comments approved elsewhere, so what they write now appears at once.
    """
    discussion = Discussion.objects.get(key="isekai")
    comment = factories.make_comment(discussion, text="Everybody votes on this one.")
    elsewhere = Discussion.objects.exclude(key="isekai").first()
    known = [
        comment.pk for _ in range(2) for comment in factories.make_comments(elsewhere, REGULARS)
    ]
    regulars = list(factories.make_readers(REGULARS))
    said = Comment.objects.filter(pk__in=known).order_by("pk")
    for number, each in enumerate(said):
        each.reader = regulars[number % REGULARS]
    Comment.objects.bulk_update(said, ["reader"])
    return json.dumps(
        {
            "comment": comment.pk,
            "stamp": factories.make_old_stamp(),
            "cookies": [cookie_of(reader) for reader in regulars],
        }
    )


def cookie_of(reader: Reader) -> str:
    """The cookie by which a reader is known again."""
    answer = HttpResponse()
    answer.set_signed_cookie(settings.READER_COOKIE_NAME, str(reader.key), salt=COOKIE_SALT)
    return "; ".join(f"{name}={each.value}" for name, each in answer.cookies.items())
