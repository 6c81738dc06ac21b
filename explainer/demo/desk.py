"""What lies on the moderators' and editors' desks: reports, an appeal, a warning, a pick.

Few things, done by the very acts; what needs somebody of the staff waits until there is one.
"""

from random import Random

from django.contrib.auth.models import AbstractUser
from django.db.models import QuerySet

from explainer.demo import cast
from explainer.demo.scripts import read
from polls.actions.appeals import make_appeal
from polls.actions.picks import pick_comment
from polls.actions.reports import report_comment
from polls.actions.sanctions import warn_reader
from polls.models import Appeal, Comment, Discussion, ModerationEntry, Pick, Reader, Report


class Desk:
    """The cases of one discussion."""

    def __init__(self, discussion: Discussion, rng: Random) -> None:
        self.rng, self.facts = rng, read("desk")
        self.comments = cast.comments().filter(discussion=discussion)
        self.discussion = discussion

    def lay_out(self) -> None:
        """Adds what is missing. Must run in a transaction."""
        readers = cast.invented()
        if not Report.objects.filter(reader__in=readers).exists():
            self._report()
        if not Appeal.objects.filter(comment__in=self.comments).exists():
            self._appeal()
        if actor := cast.staff():
            self._warn(actor)
            self._pick(actor)

    def _report(self) -> None:
        """The last reports are so many that the comment is held."""
        quiet = self._published().filter(reply_count=0, score__lt=0.5).order_by("score", "pk")
        for comment, case in zip(quiet, self.facts["reports"], strict=False):
            readers = self._others(comment, len(case["notes"]))
            for reader, note in zip(readers, case["notes"], strict=True):
                report_comment(comment=comment, reader=reader, reason=case["reason"], note=note)

    def _appeal(self) -> None:
        removed = self.comments.filter(state=Comment.State.HIDDEN).order_by("pk").last()
        if removed:
            make_appeal(comment=removed, reader=removed.reader, text=self.facts["appeal"])

    def _warn(self, actor: AbstractUser) -> None:
        warned = ModerationEntry.objects.filter(act="warn_reader", reader__in=cast.invented())
        removed = self.comments.filter(state=Comment.State.HIDDEN).order_by("pk").first()
        if removed and not warned.exists():
            warn_reader(reader=removed.reader, actor=actor, text=self.facts["warning"])

    def _pick(self, actor: AbstractUser) -> None:
        best = self._published().listed().order_by("-score", "pk").first()
        if best and not Pick.objects.filter(discussion=self.discussion).exists():
            pick_comment(comment=best, actor=actor, pinned=True)

    def _published(self) -> QuerySet[Comment]:
        return self.comments.published()

    def _others(self, comment: Comment, number: int) -> list[Reader]:
        others = list(cast.invented().exclude(pk=comment.reader_id).order_by("key")[:100])
        return self.rng.sample(others, number)
