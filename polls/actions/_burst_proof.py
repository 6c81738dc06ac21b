"""How the answers of bursts are proved to be in their burst's state. For polls.actions.recount."""

from django.db.models import F, Model, Q, QuerySet

from polls.actions._comments import stretches
from polls.actions._proofs import MOST, Difference
from polls.models import Ballot, Burst, Comment, CommentVote
from polls.rules import bursts

ASIDE = Q(burst__state__in=bursts.ASIDE)


class SetAside:
    """Whether an answer is set aside against the state of its burst; then its count follows."""

    def __init__(self, model: type[Model]) -> None:
        self.model = model
        self.tables = (Burst, model)

    def differences(self) -> list[Difference]:
        name = str(self.model._meta.verbose_name).capitalize()
        rows = self._wrong().order_by("pk").values_list("pk", "is_set_aside")[:MOST]
        return [
            Difference(
                f"{name} {pk}",
                "set aside, and its burst is not" if is_aside else "not set aside as its burst is",
            )
            for pk, is_aside in rows
        ]

    def rebuild(self) -> None:
        wrong = list(self._wrong().values_list("pk", flat=True))
        for some in stretches(wrong):
            rows = self.model.objects.filter(pk__in=some)
            rows.update(is_set_aside=~F("is_set_aside"))

    def _wrong(self) -> QuerySet:
        in_step = Q(burst=None, is_set_aside=False)
        in_step |= ASIDE & Q(is_set_aside=True)
        in_step |= Q(burst__isnull=False, is_set_aside=False) & ~ASIDE
        return self.model.objects.exclude(in_step)


class FrozenBadges:
    """Badges that stay frozen though no burst of their votes waits for judgment."""

    tables = (Burst, Comment)

    def differences(self) -> list[Difference]:
        pks = self._wrong().order_by("pk").values_list("pk", flat=True)[:MOST]
        return [Difference(f"Comment {pk}", "its badge is frozen for nothing") for pk in pks]

    def rebuild(self) -> None:
        self._wrong().update(frozen_votes=None)

    @staticmethod
    def _wrong() -> QuerySet[Comment]:
        doubted = CommentVote.objects.filter(burst__in=Burst.objects.open())
        frozen = Comment.objects.filter(frozen_votes__isnull=False)
        return frozen.exclude(pk__in=doubted.values("comment"))


PROOFS = (SetAside(Ballot), SetAside(CommentVote), FrozenBadges())
