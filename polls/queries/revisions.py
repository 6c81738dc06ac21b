"""Whether what everybody sees has changed since a page was kept."""

from django.db.models import Sum

from polls.models import Revision

SITE = "site"


def of_discussion(discussion_id: int) -> str:
    """The name under which the acts on a discussion are counted."""
    return f"d{discussion_id}"


def revision(*names: str) -> int:
    """How often what goes by these names has changed; of no name, anything at all. One query.

    Each committed act raises it, so two equal numbers mean: nothing happened between.
    """
    rows = Revision.objects.filter(name__in=names) if names else Revision.objects.all()
    return rows.aggregate(sum=Sum("count", default=0))["sum"]
