"""What everybody is shown below one article, beside the comments: read once, and kept a while."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from polls.models import Choice, Discussion, Reader, Work
from polls.models.questions import INTENT, REACTION, Stage
from polls.queries import topics, works
from polls.queries.questions import Poll, Shared
from polls.queries.topics import TopicRow
from polls.queries.traces import Traces, TracesOf
from polls.queries.viewers import Viewer
from polls.rules import voting


@dataclass(frozen=True)
class Afterword:
    """The questions of a discussion with their counts, the works and the topics most wanted.

    Nothing here is any reader's; `traces` finds what is.
    """

    discussion: Discussion
    shared: Shared
    works: list[tuple[Work, int]]
    topics: list[TopicRow]
    traces: TracesOf

    @classmethod
    def read(cls, discussion: Discussion) -> "Afterword":
        """In six queries."""
        shared = Shared(discussion)
        wanted = topics.top(Reader())
        questions = {choice.pk: choice.question_id for choice in shared.choices.values()}
        return cls(
            discussion=discussion,
            shared=shared,
            works=works.most_named(discussion),
            topics=wanted,
            traces=TracesOf(discussion, questions, [row.pk for row in wanted]),
        )

    def poll(self, traces: Traces) -> Poll:
        """The questions as somebody with those answers is shown them."""
        mine, waits = traces.mine, traces.waits
        return Poll(self.discussion, Reader(), shared=self.shared, mine=mine, waits=waits)

    def answer(self, question: str, traces: Traces) -> Choice | None:
        """What a reader answered to a question at the close."""
        asked = self.shared.questions[question]
        return self.shared.choices.get(traces.mine.get((asked.pk, Stage.AFTER), 0))

    def stance(self, traces: Traces) -> tuple[Choice | None, Choice | None]:
        """The camp a reader is in, and whether they will try it."""
        reaction = self.answer(REACTION, traces)
        is_camp = reaction is not None and reaction.key != voting.NONE
        return reaction if is_camp else None, self.answer(INTENT, traces)

    def onlooker(self, traces: Traces) -> Viewer:
        """Somebody in the same camp who has left nothing else."""
        reaction = self.answer(REACTION, traces)
        return Viewer(Reader(), reaction.key if reaction else "")

    def topics_for(self, traces: Traces) -> list[TopicRow]:
        """The topics with this reader's votes on them."""
        return [replace(row, wanted=row.pk in traces.wanted) for row in self.topics]

    @cached_property
    def work_by_id(self) -> dict[int, Work]:
        """The works most named."""
        return {work.pk: work for work, _count in self.works}

    def changes_at(self, now: datetime) -> datetime | None:
        """When the discussion closes by itself; None when that is past, or never."""
        closes = self.discussion.closes_at
        return closes if closes and closes > now else None
