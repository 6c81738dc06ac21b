"""The only code that says: what everybody sees here has changed."""

from django.db import connection

from polls.models import Revision
from polls.queries.revisions import SITE, of_discussion

# SKIP LOCKED takes a counter that no other act holds at this moment, so that nobody waits, in
# whatever order an act touches what. SQLite has one writer at a time and no such words.
ADD = """
UPDATE polls_revision SET count = count + 1
WHERE id = (SELECT id FROM polls_revision WHERE name = %s LIMIT 1 {skip})
"""


def touch(discussion_id: int) -> None:
    """A discussion looks otherwise from now on. Must run in the transaction that changes it."""
    _add(of_discussion(discussion_id))


def touch_site() -> None:
    """What is on every page has changed: topics, works, names of choices. As `touch`."""
    _add(SITE)


def _add(name: str) -> None:
    skip = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    with connection.cursor() as cursor:
        cursor.execute(ADD.format(skip=skip), [name])
        is_counted = cursor.rowcount
    if not is_counted:
        Revision.objects.create(name=name)
