"""Who may say "Good point" or "Not for me" to a comment."""

from polls.errors import Closed, NotAllowed, Refused, gettext_noop

GOOD, NOT = "good", "not"
# What a request may say; "" takes back what was said.
VOTES = (GOOD, NOT, "")


def check_vote(vote: str, *, mine: bool, is_published: bool, is_open: bool) -> None:
    """Let a vote on a comment through, or raise Refused, NotAllowed or Closed.

    `mine` is whether the voter wrote the comment. What a reader said stays theirs to take back,
    also where nothing new may be said: in a closed discussion, to a comment that is gone.
    """
    if vote not in VOTES:
        raise Refused(gettext_noop("Say “Good point” or “Not for me”: vote must be good or not."))
    if mine:
        raise NotAllowed(gettext_noop("You cannot vote on a comment of your own."))
    if not vote:
        return
    if not is_published:
        raise NotAllowed(gettext_noop("This comment is not shown, so it takes no votes."))
    if not is_open:
        raise Closed(gettext_noop("This discussion is closed. You can still read it."))
