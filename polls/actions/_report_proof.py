"""How the open reports of a comment are proved from their rows. For polls.actions.recount."""

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from polls.actions._proofs import MOST, Difference, of_numbers
from polls.models import Comment, Report


class OpenReports:
    """Comment.report_count against the reports that nobody has decided."""

    # A report holds the comment before it is written.
    tables = (Comment, Report)

    def differences(self) -> list[Difference]:
        rows = self._wrong().order_by("pk").values_list("pk", "report_count", "counted")
        return [of_numbers(f"Reports of comment {pk}", *numbers) for pk, *numbers in rows[:MOST]]

    def rebuild(self) -> None:
        self._wrong().update(report_count=F("counted"))

    @staticmethod
    def _wrong() -> QuerySet[Comment]:
        undecided = Report.objects.filter(decided_at=None)
        # All others have none and say so.
        asked = Q(report_count__gt=0) | Q(pk__in=undecided.values("comment_id"))
        own = undecided.filter(comment=OuterRef("pk")).order_by().annotate(one=Value(1))
        number = Subquery(own.values("one").annotate(number=Count("*")).values("number"))
        counted = Comment.objects.filter(asked).annotate(counted=Coalesce(number, 0))
        return counted.exclude(report_count=F("counted"))
