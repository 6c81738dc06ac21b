"""What the page about the order of comments says, taken from the rules themselves."""

from dataclasses import dataclass
from datetime import date

from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polls.queries.votes import line_of, listed
from polls.queries.wanted import BEST_FROM
from polls.rules import limits, moderation, ranking
from polls.rules.voting import CAMPS

# Camps as they are called where an editor has not named them otherwise.
LABELS = {
    "enraged": gettext_lazy("Enraged"),
    "sad": gettext_lazy("Sad"),
    "happy": gettext_lazy("Happy"),
}

# (yes, no) of each camp, in the order of CAMPS: one for each thing worth knowing of the formula.
EXAMPLES = [
    ((0, 0), (0, 0), (0, 0)),
    ((1, 0), (0, 0), (0, 0)),
    ((100, 0), (0, 0), (0, 0)),
    ((100, 0), (0, 10), (0, 10)),
    ((40, 10), (8, 2), (4, 1)),
    ((30, 30), (5, 5), (3, 3)),
    ((80, 5), (3, 9), (1, 4)),
    ((12, 3), (10, 2), (0, 0)),
    ((12, 3), (10, 2), (0, 30)),
    ((5, 0), (5, 0), (5, 0)),
]
# The one that the text walks through.
WALKED = ((40, 10), (8, 2), (4, 1))

# What changed in the rules, the latest first: written by hand with the change.
CHANGES = [
    (
        date(2026, 11, 30),
        gettext_lazy(
            "Replies on the last level stand behind what they answer. The address of a comment "
            "shows no numbers to who has not asked for them."
        ),
    ),
    (
        date(2026, 11, 22),
        gettext_lazy("Comments are ordered by the camp score; badges and reserved places begin."),
    ),
]


@dataclass(frozen=True)
class Example:
    """One comment's votes as (yes, no, rate) of each camp, and what the rules make of them."""

    cells: list[tuple[int, int, float]]
    score: float
    label: str


def explained() -> dict[str, object]:
    """The page: every number from the constants, every example worked out just now."""
    return {
        "camps": [(camp, LABELS[camp]) for camp in CAMPS],
        "camp_names": listed([str(LABELS[camp]).lower() for camp in CAMPS]),
        **in_words(WALKED),
        "walked_score": example(WALKED).score,
        "examples": [example(votes) for votes in EXAMPLES],
        "neutral": ranking.NEUTRAL,
        "caps": [(camps, ranking.most_of_one_camp(camps)) for camps in (2, 3, 4)],
        "cap": ranking.most_of_one_camp(len(CAMPS)),
        "badge_votes": ranking.BADGE_VOTES,
        "badge_factor": ranking.BADGE_FACTOR,
        "badge_camps": ranking.BADGE_CAMPS,
        "badge_minutes": int(ranking.BADGE_DELAY.total_seconds() // 60),
        "ten": ranking.BLOCK,
        "reserved": listed([str(place) for place in ranking.RESERVED_PLACES]),
        "best_from": BEST_FROM,
        "picks_in_100": moderation.PICKS_IN_100,
        "of_address": limits.ANSWERS_OF_ADDRESS.count,
        "address_minutes": limits.ANSWERS_OF_ADDRESS.seconds // limits.MINUTE,
        "changes": CHANGES,
    }


def example(given: tuple[tuple[int, int], ...]) -> Example:
    """The rates, the score and the label of votes in the order of CAMPS."""
    votes = dict(zip(CAMPS, given, strict=True))
    earned = ranking.badge(votes)
    return Example(
        cells=[(yes, no, ranking.rate(yes, no)) for yes, no in given],
        score=ranking.score(votes),
        label=line_of(earned, votes, LABELS).title if earned else "",
    )


def in_words(given: tuple[tuple[int, int], ...]) -> dict[str, str]:
    """The same in a sentence: who says so, of how many, and the rates."""
    readers = [
        _("%(yes)s of %(all)s %(camp)s readers")
        % {"yes": yes, "all": yes + no, "camp": str(LABELS[camp]).lower()}
        for camp, (yes, no) in zip(CAMPS, given, strict=True)
    ]
    rates = [floatformat(ranking.rate(*of_camp), 2) for of_camp in given]
    return {"walked_readers": listed(readers), "walked_rates": listed(rates)}
