"""The results page: what readers answered, as far as small numbers let it be said."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from polls.models import Discussion, Reader, Work
from polls.models.questions import INTENT, REACTION, Stage
from polls.queries import works
from polls.queries.cards import Asked, Card
from polls.queries.crosstabs import by_camp, by_reaction
from polls.queries.moods import Mood, mood_of, reaction_counts
from polls.queries.questions import Poll
from polls.rules import results, voting
from polls.rules.crosstabs import crosstab_cells


@dataclass(frozen=True)
class IntentRow:
    """Of one camp: who will try it, who will stay away."""

    key: str
    label: str
    try_count: int
    stay_count: int
    try_percent: int | None


@dataclass(frozen=True)
class ReasonRow:
    """Of one camp: how many gave each reason, in the order of the choices."""

    key: str
    label: str
    counts: list[int]


@dataclass(frozen=True)
class Results:
    title: str
    url: str
    card: Card
    mood: Mood
    finding: str
    reaction: Asked
    reasons: Asked | None
    reason_rows: list[ReasonRow]
    intent: Asked
    intent_rows: list[IntentRow]
    pairs: str
    favourites: list[tuple[Work, int]]
    questions: list[Asked]


def results_page(discussion: Discussion, reader: Reader) -> Results:
    """Everything the page shows, in a fixed number of queries."""
    poll = Poll(discussion, reader)
    card = poll.card(asked_for_results=True)
    mood = mood_of(poll)
    intent = poll.asked(poll.questions[INTENT], stage=Stage.AFTER, shown=True)
    reasons = poll.questions.get(voting.REASON)
    return Results(
        title=discussion.title,
        url=discussion.url,
        card=card,
        mood=mood,
        finding=finding(poll),
        reaction=poll.asked(poll.questions[REACTION], stage=Stage.AFTER, shown=True),
        reasons=poll.asked(reasons, stage=Stage.AFTER, shown=True) if reasons else None,
        reason_rows=reason_rows(poll),
        intent=intent,
        intent_rows=intent_rows(poll),
        pairs=pairs_sentence(poll),
        favourites=works.most_named(discussion, limit=10),
        questions=[poll.asked(row, stage=Stage.AFTER, shown=True) for row in poll.further()],
    )


def camp_counts(poll: Poll) -> dict[str, tuple[str, int]]:
    """The same as reaction_counts for the camps alone."""
    counts = reaction_counts(poll.questions[REACTION], poll.counts)
    return {key: counts[key] for key in counts if key != voting.NONE}


def finding(poll: Poll) -> str:
    """The headline: who leads, if anybody does."""
    camps = camp_counts(poll)
    total = sum(
        count for _label, count in reaction_counts(poll.questions[REACTION], poll.counts).values()
    )
    if results.shown(total) == "nothing":
        return _("Fewer than 5 readers have answered, so there is nothing to show yet.")
    leader = results.leader({key: count for key, (_label, count) in camps.items()})
    if leader is None:
        return _("Too close to call.")
    label, count = camps[leader]
    words = {"count": count, "total": total, "camp": label.lower()}
    return _("%(count)s of the %(total)s readers who answered said %(camp)s.") % words


def intent_rows(poll: Poll) -> list[IntentRow]:
    """Who will try it, by camp. A cell under 5, or one that would give it away, is not shown."""
    table = by_camp(poll.discussion, INTENT)
    totals = {
        choice.key: poll.counts.get((choice.pk, Stage.AFTER), 0)
        for choice in poll.questions[INTENT].choices.all()
    }
    rows = []
    cells = crosstab_cells(table, totals)
    for key, (label, _count) in camp_counts(poll).items():
        row = cells.get(key)
        if not row:
            continue
        tries, stays = row.get("try", 0), row.get("stay_away", 0)
        share = results.percents([tries, stays])[0]
        enough = results.shown(tries + stays) == "percents"
        rows.append(IntentRow(key, label, tries, stays, share if enough else None))
    return rows


def reason_rows(poll: Poll) -> list[ReasonRow]:
    """What it is about, by camp, with the rule for small cells; nothing without that question."""
    question = poll.questions.get(voting.REASON)
    if question is None:
        return []
    choices = list(question.choices.all())
    totals = {choice.key: poll.counts.get((choice.pk, Stage.AFTER), 0) for choice in choices}
    cells = crosstab_cells(by_camp(poll.discussion, voting.REASON), totals)
    return [
        ReasonRow(key, label, [row[choice.key] for choice in choices])
        for key, (label, _count) in camp_counts(poll).items()
        if (row := cells.get(key))
    ]


def pairs_sentence(poll: Poll) -> str:
    """What reading changed, over the readers who answered before and after; "" if too few."""
    asked = poll.questions[REACTION]
    table = by_reaction(poll.discussion, REACTION, Stage.BEFORE)
    pairs = {(old, new): n for new, row in table.items() for old, n in row.items()}
    changes = results.changes(pairs)
    if changes is None:
        return ""
    words = {"changed": changes.changed, "total": changes.total}
    said = _("%(changed)s of %(total)s readers changed their answer while reading.") % words
    if changes.move is None:
        return said
    after_words = {choice.key: choice.label.lower() for choice in asked.choices.all()}
    before_words = after_words | {voting.NONE: _("no idea yet")}
    old, new = before_words[changes.move.old], after_words[changes.move.new]
    words = {"old": old, "new": new, "n": changes.move.count}
    return f"{said} " + _("Most moved from %(old)s to %(new)s (%(n)s).") % words
