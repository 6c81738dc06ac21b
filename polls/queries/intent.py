"""Who will try it, by camp: the answer no other comment system can give."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polls.models import Choice, Discussion
from polls.models.questions import INTENT
from polls.queries.crosstabs import by_camp
from polls.rules import results

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


def sentence(discussion: Discussion, answers: Mapping[str, int]) -> str:
    """“63% of the readers who answered will try it, among the enraged 21%.”, or as much of it as
    the rule for small numbers allows. `answers` counts them by the key of their choice."""
    summary = results.intent_summary(answers, by_camp(discussion, INTENT))
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
