"""The panel of editors and moderators. Every act goes through polls.actions; nothing here counts.

What a count stands on (ballots, tallies, votes) is not in the panel at all.
"""

from polls.admin import (
    bursts,
    comments,
    discussions,
    moderation,
    picks,
    questions,
    readers,
    reports,
    topics,
    words,
    works,
)

__all__ = [
    "bursts",
    "comments",
    "discussions",
    "moderation",
    "picks",
    "questions",
    "readers",
    "reports",
    "topics",
    "words",
    "works",
]
