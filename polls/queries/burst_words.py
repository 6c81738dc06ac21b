"""Why the alarm took something for a burst, in sentences for moderators."""

from math import ceil

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polls.models import Burst
from polls.rules import bursts
from polls.rules.limits import ANSWERS_OF_ADDRESS


def sentences(burst: Burst) -> list[str]:
    """Each signal that fired, in a sentence with its numbers."""
    facts = burst.facts
    told = {
        bursts.VOLUME: _volume,
        bursts.MIX: lambda facts: _mix(burst, facts),
        bursts.SOURCE: _source,
        bursts.ALIKE: _alike,
        bursts.LIMIT: _limit,
    }
    fired = set(burst.signals)
    return [sentence(facts) for signal, sentence in told.items() if signal in fired]


def _volume(facts: dict) -> str:
    usual = ceil(facts["usual"] * (bursts.RECENT // bursts.WINDOW))
    words = {"came": facts["came"], "usual": usual}
    return _("Many at once: %(came)s within two hours, where %(usual)s at most are usual.") % words


def _mix(burst: Burst, facts: dict) -> str:
    recent, before = facts["recent"], facts["before"]
    top = max(recent, key=lambda answer: recent[answer])
    words = {
        "answer": labels(burst)[top],
        "percent": percent(recent[top], sum(recent.values())),
        "before": percent(before.get(top, 0), sum(before.values())),
    }
    return _("Another mix: %(percent)s%% say “%(answer)s”, before it were %(before)s%%.") % words


def _source(facts: dict) -> str:
    words = {
        "percent": percent(*facts["source"]),
        "before": percent(*facts["source_before"]),
    }
    return (
        _(
            "One source: %(percent)s%% came from one network; before, no network sent more than "
            "%(before)s%%."
        )
        % words
    )


def _alike(facts: dict) -> str:
    said = ngettext(
        "The same votes: %(count)d reader voted alike on three comments or more.",
        "The same votes: %(count)d readers voted alike on three comments or more.",
        facts["alike"],
    )
    return said % {"count": facts["alike"]}


def _limit(_facts: dict) -> str:
    said = _(
        "More than %(most)s answers within ten minutes from one address: those past it are here."
    )
    return said % {"most": ANSWERS_OF_ADDRESS.count}


def percent(count: int, of: int) -> int:
    """A share of a hundred, 0 of nothing."""
    return round(100 * count / of) if of else 0


def labels(burst: Burst) -> dict[str, str]:
    """{answer as the facts name it: in words}, in the order of the page."""
    if burst.question:
        return {str(choice.pk): choice.label for choice in burst.question.choices.all()}
    return {"True": _("Good point"), "False": _("Not for me")}
