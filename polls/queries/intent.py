"""Who will try it, by camp: the answer no other comment system can give."""

from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polls.models import Ballot, Choice, Discussion
from polls.models.questions import INTENT, REACTION, Stage
from polls.rules import results, voting

if TYPE_CHECKING:
    from polls.queries.questions import Poll

CAMP_PHRASES = {
    "enraged": gettext_lazy("among the enraged"),
    "sad": gettext_lazy("among the sad"),
    "happy": gettext_lazy("among the happy"),
}


# What a comment says of its author, beside the reaction: "marked Happy · will try it".
WORDS = {"try": gettext_lazy("will try it"), "stay_away": gettext_lazy("will stay away")}


def words(intent: Choice | None) -> str:
    """What stands with a comment for this answer; the editor's label for a choice of their own."""
    return str(WORDS.get(intent.key, intent.label)) if intent else ""


def by_camp(discussion: Discussion, question: str = INTENT) -> dict[str, dict[str, int]]:
    """{camp: {choice: readers}} over the readers who reacted and answered `question` too.

    One query.
    """
    answers = Ballot.objects.counted().filter(
        question__discussion=discussion, question__key=question, stage=Stage.AFTER
    )
    same_reader = Ballot.objects.counted().filter(
        question__discussion=discussion, question__key=REACTION, stage=Stage.AFTER
    )
    in_a_camp = same_reader.exclude(choice__key=voting.NONE)
    rows = (
        answers.filter(reader__ballots__in=in_a_camp)
        .values_list("reader__ballots__choice__key", "choice__key")
        .annotate(readers=Count("reader", distinct=True))
    )
    table: dict[str, dict[str, int]] = {}
    for camp, choice, readers in rows:
        table.setdefault(camp, {})[choice] = readers
    return table


def sentence(poll: "Poll") -> str:
    """“63% of the readers who answered will try it, among the enraged 21%.”, or as much of it as
    the rule for small numbers allows."""
    question = poll.questions[INTENT]
    total = {
        choice.key: poll.counts.get((choice.pk, Stage.AFTER), 0)
        for choice in question.choices.all()
    }
    summary = results.intent_summary(total, by_camp(poll.discussion))
    if summary.mode == "nothing":
        return ""
    if summary.mode == "counts":
        return _("%(tries)s of the %(total)s readers who answered will try it.") % {
            "tries": summary.tries,
            "total": summary.total,
        }
    words = {"percent": summary.percent, "camp_percent": summary.camp_percent}
    if summary.camp is None or summary.camp not in CAMP_PHRASES:
        return _("%(percent)s%% of the readers who answered will try it.") % words
    words["among"] = CAMP_PHRASES[summary.camp]
    return (
        _("%(percent)s%% of the readers who answered will try it, %(among)s %(camp_percent)s%%.")
        % words
    )
