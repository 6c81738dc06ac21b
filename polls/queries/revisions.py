"""Whether what everybody sees has changed since a page was kept."""

from polls.models import statements

SITE = "site"


def of_discussion(discussion_id: int) -> str:
    """The name under which the acts on a discussion are counted."""
    return f"d{discussion_id}"


def revision(*names: str) -> int:
    """How often what goes by these names has changed; of no name, anything at all. One query.

    Each committed act raises it, so two equal numbers mean: nothing happened between.
    """
    where = f"WHERE name IN ({', '.join(['%s'] * len(names))})" if names else ""
    # Written out: every page asks this, and the ORM takes ten times as long as the database.
    rows = statements.run(f"SELECT COALESCE(SUM(count), 0) FROM polls_revision {where}", [*names])  # noqa: S608
    return int(rows[0][0])
