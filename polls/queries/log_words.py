"""The acts and reasons of the log of moderation, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polls.models import Comment
from polls.rules.bursts import REASONS as BURST_REASONS
from polls.rules.moderation import REASONS

ACTS = {
    "hold_comment": gettext_lazy("Held a comment"),
    "publish_comment": gettext_lazy("Published a comment"),
    "keep_comment": gettext_lazy("Kept a comment"),
    "reject_comment": gettext_lazy("Rejected a comment"),
    "hide_comment": gettext_lazy("Hid a comment"),
    "mark_spam": gettext_lazy("Marked a comment as spam"),
    "erase_comment": gettext_lazy("Erased a comment"),
    "erase_branch": gettext_lazy("Erased a comment and its replies"),
    "lock_thread": gettext_lazy("Locked a thread"),
    "unlock_thread": gettext_lazy("Unlocked a thread"),
    "undo": gettext_lazy("Took a decision back"),
    "undo_answer": gettext_lazy("Took an answer back"),
    "appeal_received": gettext_lazy("An author appealed"),
    "appeal_granted": gettext_lazy("Granted an appeal"),
    "appeal_declined": gettext_lazy("Declined an appeal"),
    "notice_received": gettext_lazy("Somebody sent a notice of illegal content"),
    "notice_upheld": gettext_lazy("Upheld a notice of illegal content"),
    "notice_declined": gettext_lazy("Declined a notice of illegal content"),
    "pick_comment": gettext_lazy("Picked a comment"),
    "unpick_comment": gettext_lazy("Took a pick back"),
    "warn_reader": gettext_lazy("Warned a reader"),
    "suspend_reader": gettext_lazy("Suspended a reader"),
    "lift_suspension": gettext_lazy("Lifted a suspension"),
    "read_first": gettext_lazy("Had every comment of a reader read first"),
    "stop_read_first": gettext_lazy("Stopped reading a reader’s comments first"),
    "block_reader": gettext_lazy("Blocked a reader"),
    "unblock_reader": gettext_lazy("Unblocked a reader"),
    "watch_burst": gettext_lazy("Watched a burst of answers"),
    "quarantine_burst": gettext_lazy("Set a burst of answers aside"),
    "count_burst_again": gettext_lazy("Counted a burst again that nobody had judged"),
    "release_burst": gettext_lazy("Counted a burst of answers"),
    "exclude_burst": gettext_lazy("Left a burst of answers out of the counts"),
    "reopen_burst": gettext_lazy("Took a decision on a burst back"),
    "slow_mode": gettext_lazy("Set the slow mode of a discussion"),
    "close_after": gettext_lazy("Set when a discussion closes"),
    "add_words": gettext_lazy("Added words to a list"),
    "remove_word": gettext_lazy("Took a word off a list"),
    "approve_work": gettext_lazy("Approved a work"),
    "merge_works": gettext_lazy("Merged two works"),
    "merge_topics": gettext_lazy("Merged two topics"),
    "retitle_topic": gettext_lazy("Corrected the wording of a topic"),
    "topic_pending": gettext_lazy("Set a topic back to waiting for a moderator"),
    "topic_open": gettext_lazy("Listed a topic"),
    "topic_writing": gettext_lazy("Marked a topic as being written"),
    "topic_published": gettext_lazy("Linked a topic to its article"),
    "topic_declined": gettext_lazy("Declined a topic"),
    "topic_rejected": gettext_lazy("Rejected a topic"),
    "discussion_open": gettext_lazy("Opened a discussion"),
    "discussion_read_first": gettext_lazy("Had every comment of a discussion read first"),
    "discussion_read_only": gettext_lazy("Closed a discussion"),
    "discussion_hidden": gettext_lazy("Hid a discussion"),
}
# The reasons of the rules, which name nobody, so that everybody may read them.
RULES = REASONS | BURST_REASONS
# As said to the moderator who has just done it; other acts are told in the log's own words.
DONE = {
    "publish_comment": gettext_lazy("Published %(name)s’s comment."),
    "keep_comment": gettext_lazy("Kept %(name)s’s comment."),
    "reject_comment": gettext_lazy("Removed %(name)s’s comment: %(why)s."),
    "hide_comment": gettext_lazy("Removed %(name)s’s comment: %(why)s."),
    "mark_spam": gettext_lazy("Marked %(name)s’s comment as spam."),
    "lock_thread": gettext_lazy("Locked the thread of %(name)s’s comment."),
    "unlock_thread": gettext_lazy("Unlocked the thread of %(name)s’s comment."),
}


def told(act: str) -> str:
    """An act in words."""
    return str(ACTS.get(act, act.replace("_", " ").capitalize()))


def reason_label(reason: str) -> str:
    """A reason in words: of the rules for comments, of what held it, or a moderator's own."""
    if reason in RULES:
        return _(RULES[reason])
    return str(dict(Comment.HeldReason.choices).get(reason, reason))
