"""How fast a reader may act, and when they may act again.

Fixed windows: the n-th window of a limit is the n-th stretch of its seconds since 1970. A reader
can so spend two allowances around a border; in return one small row per reader and window is
enough, written by one atomic upsert.
"""

from datetime import datetime
from typing import NamedTuple

from polls.errors import gettext_noop

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Limit(NamedTuple):
    """At most `count` acts in each window of `seconds`; `name` is unique and is stored."""

    name: str
    count: int
    seconds: int


# A person who changes their mind needs fewer; a script needs more.
ANSWERS = Limit("answers", 10, MINUTE)

# Good point, Not for me: who reads a long thread presses often.
VOTES = Limit("votes", 30, MINUTE)

# Per address hash, so a school or a mobile network shares it: answers past it are held for a
# person to judge, never refused.
ANSWERS_OF_ADDRESS = Limit("answers-of-address", 120, 10 * MINUTE)

# All three apply: no double posts, no quarrel at typing speed, no flood.
COMMENTS = (
    Limit("comments-in-a-row", 1, 10),
    Limit("comments", 6, 10 * MINUTE),
    Limit("comments-of-a-day", 30, DAY),
)

# Per address hash, over the limits of each reader: who throws the cookie away is a new reader each
# time. A class or an office stays far below it.
COMMENTS_OF_ADDRESS = Limit("comments-of-address", 60, 10 * MINUTE)

# Likewise, of what else is counted; past them it is refused, for nothing here waits for a person.
# Thirty pupils who each vote on ten comments and topics, name a favourite in two articles and
# suggest a topic spend half of them at most.
VOTES_OF_ADDRESS = Limit("votes-of-address", 600, HOUR)
TOPIC_VOTES_OF_ADDRESS = Limit("topic-votes-of-address", 600, HOUR)
WORKS_OF_ADDRESS = Limit("works-of-address", 120, HOUR)
TOPICS_OF_ADDRESS = Limit("topics-of-address", 60, DAY)

TOPICS = Limit("topics", 3, DAY)
WORKS = Limit("works", 10, HOUR)

# More than a careful reader finds in a day; a campaign needs more.
REPORTS = Limit("reports", 20, DAY)

# Per address hash: a whole school that is upset; a script would bury the queue.
REPORTS_OF_ADDRESS = Limit("reports-of-address", 60, DAY)

# Per comment and address hash, and no refusal: reports past it are stored, but hold nothing. Five
# cookies of one browser are one opinion.
REPORTS_OF_PLACE = Limit("reports-of-place", 1, DAY)

# Per address hash: anybody may send one, also who never acted here.
NOTICES = Limit("notices", 5, DAY)

# Per address: what guessing passwords costs.
SIGN_INS = Limit("sign-ins", 10, 10 * MINUTE)

ALL = (
    *(ANSWERS, VOTES, ANSWERS_OF_ADDRESS, *COMMENTS, COMMENTS_OF_ADDRESS, TOPICS, WORKS),
    *(VOTES_OF_ADDRESS, TOPIC_VOTES_OF_ADDRESS, WORKS_OF_ADDRESS, TOPICS_OF_ADDRESS),
    *(REPORTS, REPORTS_OF_ADDRESS, REPORTS_OF_PLACE, NOTICES, SIGN_INS),
)

_SECONDS = (
    gettext_noop("You can post again in {number} second."),
    gettext_noop("You can post again in {number} seconds."),
)
_MINUTES = (
    gettext_noop("You can post again in {number} minute."),
    gettext_noop("You can post again in {number} minutes."),
)
_HOURS = (
    gettext_noop("You can post again in {number} hour."),
    gettext_noop("You can post again in {number} hours."),
)


def window(limit: Limit, now: datetime) -> tuple[int, int]:
    """The number of the window `now` falls in, and the whole seconds until it ends (1 or more).

    `now` must be aware: a naive time would mean another window on another machine (ValueError).
    """
    if now.tzinfo is None:
        raise ValueError("now must be an aware datetime")
    index, spent = divmod(int(now.timestamp() // 1), limit.seconds)
    return index, limit.seconds - spent


def wait_words(seconds: int) -> tuple[str, int]:
    """When to come back, as a sentence with `{number}` and that number, rounded up.

    In two pieces so that the sentence can be translated before it is filled, as by
    TooSoon(sentence, retry_after=seconds, number=number).
    """
    if seconds < MINUTE:
        number, one, many = max(seconds, 1), *_SECONDS
    elif seconds <= 59 * MINUTE:
        number, one, many = -(-seconds // MINUTE), *_MINUTES
    else:
        number, one, many = -(-seconds // HOUR), *_HOURS
    return (one if number == 1 else many), number
