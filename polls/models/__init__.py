"""Every table of polls. A model that is not imported here is unknown to makemigrations."""

from polls.models.bursts import Burst
from polls.models.comments import Comment, CommentTally, CommentVersion
from polls.models.discussions import Discussion
from polls.models.heartbeats import Heartbeat
from polls.models.limits import AddressSalt, LimitCount
from polls.models.moderation import ModerationEntry
from polls.models.picks import Pick
from polls.models.questions import Ballot, BallotTally, Choice, CrosstabTally, Question
from polls.models.readers import Mute, Reader
from polls.models.reports import Appeal, Notice, Report
from polls.models.revisions import Revision
from polls.models.topics import Topic, TopicAlias, TopicVote
from polls.models.votes import CommentVote
from polls.models.words import ListedWord
from polls.models.works import Favourite, FavouriteTally, Work, WorkAlias

__all__ = [
    "AddressSalt",
    "Appeal",
    "Ballot",
    "BallotTally",
    "Burst",
    "Choice",
    "Comment",
    "CommentTally",
    "CommentVersion",
    "CommentVote",
    "CrosstabTally",
    "Discussion",
    "Favourite",
    "FavouriteTally",
    "Heartbeat",
    "LimitCount",
    "ListedWord",
    "ModerationEntry",
    "Mute",
    "Notice",
    "Pick",
    "Question",
    "Reader",
    "Report",
    "Revision",
    "Topic",
    "TopicAlias",
    "TopicVote",
    "Work",
    "WorkAlias",
]
