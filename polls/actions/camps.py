"""Which camp a reader is in on a discussion: what stands with a comment, what a vote counts for."""

from polls.models import Choice, Discussion, Reader, statements
from polls.models.questions import INTENT, REACTION
from polls.rules import voting


def voting_camp_of(reader: Reader, discussion: Discussion) -> Choice | None:
    """The camp this reader's votes count for: none while their reaction itself is not counted.

    A comment bears what its author said all the same: that is a label, and moves nothing.
    """
    camp = statements.find_said(discussion.pk, reader.pk, (REACTION,), counted=True).get(REACTION)
    return None if camp and camp.key == voting.NONE else camp


def said_by(reader: Reader, discussion: Discussion) -> tuple[Choice | None, Choice | None]:
    """The camp a reader is in on a discussion, and their intent, in one query."""
    said = statements.find_said(discussion.pk, reader.pk, (REACTION, INTENT))
    camp = said.get(REACTION)
    return None if camp and camp.key == voting.NONE else camp, said.get(INTENT)
