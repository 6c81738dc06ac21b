"""What one reader has left on a page: their answers, and what they made of others' comments."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from polls.models import (
    Ballot,
    Comment,
    CommentVote,
    Discussion,
    Favourite,
    Mute,
    Report,
    Topic,
    TopicVote,
)
from polls.models.questions import Stage
from polls.queries.lookups import SOMEBODY, Lookups
from polls.queries.nodes import Node
from polls.rules.votes import GOOD, NOT


@dataclass(frozen=True)
class Traces:
    """What a reader said below one article. `mine` is {(question, stage): choice}.

    `waits` when some of it, given at the close, came past the limit of an address; `has_said` when
    a comment of theirs stands there, waits, or was taken down; `has_asked` when a topic of theirs
    waits for a moderator.
    """

    mine: Mapping[tuple[int, str], int] = field(default_factory=dict)
    waits: bool = False
    favourite: int | None = None
    wanted: frozenset[int] = frozenset()
    has_said: bool = False
    has_asked: bool = False


NONE = Traces()


class TracesOf:
    """Finds the traces of any reader below one article, in one query.

    `questions` is {choice: its question}, `topics` are those that the page offers.
    """

    def __init__(
        self, discussion: Discussion, questions: Mapping[int, int], topics: Collection[int]
    ) -> None:
        self.questions = questions
        given = Ballot.objects.filter(reader=SOMEBODY, question__in=set(questions.values()))
        answers = given.filter(choice__isnull=False).values_list("choice")
        named = Favourite.objects.filter(reader=SOMEBODY, discussion=discussion)
        voted = TopicVote.objects.filter(reader=SOMEBODY, topic__in=topics)
        said = Comment.objects.filter(reader=SOMEBODY, discussion=discussion)
        asked = Topic.objects.filter(reader=SOMEBODY, status=Topic.Status.PENDING)
        self.lookups = Lookups(
            {stage: answers.filter(stage=stage) for stage in Stage.values}
            | {
                "waits": given.waiting().filter(stage=Stage.AFTER).values_list("pk")[:1],
                "favourite": named.values_list("work"),
                "wanted": voted.values_list("topic"),
                "said": said.exclude(state=Comment.State.WITHDRAWN).values_list("pk")[:1],
                "asked": asked.values_list("pk")[:1],
            }
        )

    def read(self, reader_id: int) -> Traces:
        """What that reader left."""
        found = self.lookups.found(reader_id)
        return Traces(
            mine={
                (self.questions[choice], stage): choice
                for stage in Stage.values
                for choice in found.get(stage, ())
            },
            waits="waits" in found,
            favourite=next(iter(found.get("favourite", ())), None),
            wanted=frozenset(found.get("wanted", ())),
            has_said="said" in found,
            has_asked="asked" in found,
        )


@dataclass(frozen=True)
class Marks:
    """What a reader made of the comments on a page: {comment: "good" or "not"}, and the rest."""

    votes: Mapping[int, str]
    reported: Collection[int]
    muted: Collection[int]


class MarksOn:
    """Finds the marks of any reader on the comments of one page, in one query."""

    def __init__(self, nodes: Mapping[int, Node]) -> None:
        authors = {node.author_key for node in nodes.values()} - {None}
        votes = CommentVote.objects.filter(reader=SOMEBODY, comment__in=nodes)
        reports = Report.objects.filter(reader=SOMEBODY, comment__in=nodes)
        mutes = Mute.objects.filter(reader=SOMEBODY, muted__in=authors)
        self.lookups = Lookups(
            {
                GOOD: votes.filter(is_good=True).values_list("comment"),
                NOT: votes.filter(is_good=False).values_list("comment"),
                "reported": reports.values_list("comment"),
                "muted": mutes.values_list("muted"),
            }
        )

    def read(self, reader_id: int) -> Marks:
        """What that reader made of them."""
        found = self.lookups.found(reader_id)
        return Marks(
            votes={pk: vote for vote in (GOOD, NOT) for pk in found.get(vote, ())},
            reported=found.get("reported", ()),
            muted=found.get("muted", ()),
        )
