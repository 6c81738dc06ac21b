"""Tables by camp, read from counts that are kept: no answer is looked at."""

from polls.models import CrosstabTally, Discussion
from polls.models.questions import Stage
from polls.rules import voting

Table = dict[str, dict[str, int]]


def by_reaction(discussion: Discussion, question: str, stage: str = Stage.AFTER) -> Table:
    """{reaction at the close: {choice: readers}} over who reacted and answered `question` too.

    One query, whatever the number of answers.
    """
    rows = CrosstabTally.objects.filter(
        stage=stage, choice__question__discussion=discussion, choice__question__key=question
    )
    table: Table = {}
    for row in rows.totals("reaction__key", "choice__key"):
        if row["total"]:
            table.setdefault(row["reaction__key"], {})[row["choice__key"]] = row["total"]
    return table


def by_camp(discussion: Discussion, question: str) -> Table:
    """As `by_reaction`, of those who are in a camp."""
    table = by_reaction(discussion, question)
    table.pop(voting.NONE, None)
    return table
