"""Comments, what they said before an edit, and how many a discussion shows."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from polls.models.discussions import Discussion
from polls.models.questions import Choice
from polls.models.readers import Reader
from polls.models.tallies import Tally
from polls.rules import ranking
from polls.rules.voting import CAMPS

LISTED = Q(is_listed=True)


class CommentQuerySet(models.QuerySet):
    def published(self) -> Self:
        return self.filter(state=Comment.State.PUBLISHED)

    def pending(self) -> Self:
        return self.filter(state=Comment.State.PENDING)

    def roots(self) -> Self:
        return self.filter(parent__isnull=True)

    def listed(self) -> Self:
        """The top level as everybody sees it: published, and tombstones that still hold replies."""
        return self.filter(is_listed=True)

    def drawn_for(self, reader: Reader) -> Self:
        """Published, this reader's own that wait, and whatever else still holds replies.

        Of the latter only the place is drawn: a comment that readers reported, too, keeps what
        others said below it on the page.
        """
        drawn = Q(state=Comment.State.PUBLISHED) | Q(reply_count__gt=0)
        if not reader.is_new:
            drawn |= Q(state=Comment.State.PENDING, reader=reader)
        return self.filter(drawn)


class Comment(models.Model):
    """What a reader said, where in the thread, and whether others may see it."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting for a moderator")
        PUBLISHED = "published", _("Published")
        HIDDEN = "hidden", _("Hidden")
        REJECTED = "rejected", _("Rejected")
        SPAM = "spam", _("Spam")
        WITHDRAWN = "withdrawn", _("Deleted by its author")
        ERASED = "erased", _("Erased")

    class HeldReason(models.TextChoices):
        NEWCOMER = "newcomer", _("First comments are read before they appear")
        LINK = "link", _("A newcomer's comment with a link")
        WORD = "word", _("A word on the list")
        REPEAT = "repeat", _("The same text again")
        SPEED = "speed", _("Sent faster than a person writes")
        TRAP = "trap", _("A field was filled in that nobody sees")
        REPORTS = "reports", _("Reported by readers")
        BURST = "burst", _("Part of a burst")
        READER = "reader", _("Every comment of this reader is read first")
        MANUAL = "manual", _("Every comment here is read first")

    discussion = models.ForeignKey(Discussion, models.CASCADE, related_name="comments")
    reader = models.ForeignKey(Reader, models.PROTECT, related_name="comments")
    # SET_NULL never happens to a parent with replies: it becomes a tombstone instead.
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    root = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="descendants"
    )
    path = models.CharField(max_length=240, editable=False, default="")
    name = models.CharField(_("name"), max_length=60)
    camp = models.ForeignKey(
        Choice,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reaction shown"),
    )
    # What its author said of trying it, as it stood at posting.
    intent = models.ForeignKey(
        Choice,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("intent shown"),
    )
    text = models.TextField(_("text"))
    html = models.TextField(editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    held_reason = models.CharField(_("held because"), max_length=10, choices=HeldReason, blank=True)
    # What the rule found: the word of a list, say. For moderators only.
    held_detail = models.CharField(_("found"), max_length=80, blank=True, editable=False)
    # A digest of the text as rules.repeats folds it, by which the same text is found again.
    fingerprint = models.CharField(max_length=32, blank=True, editable=False)
    reason = models.CharField(
        _("reason shown to readers"), max_length=20, blank=True, editable=False
    )
    # Published comments below this one, at any depth; a tombstone stands while it is not 0.
    reply_count = models.PositiveIntegerField(_("replies"), default=0, editable=False)
    # The votes of others, by the camp each voter was in when they pressed. `good_count` is the
    # public number: every Good point, also of readers in no camp. Written by actions/_votes alone.
    good_count = models.PositiveIntegerField(_("good points"), default=0, editable=False)
    enraged_yes = models.PositiveIntegerField(default=0, editable=False)
    enraged_no = models.PositiveIntegerField(default=0, editable=False)
    sad_yes = models.PositiveIntegerField(default=0, editable=False)
    sad_no = models.PositiveIntegerField(default=0, editable=False)
    happy_yes = models.PositiveIntegerField(default=0, editable=False)
    happy_no = models.PositiveIntegerField(default=0, editable=False)
    # From those counts by rules.ranking: the camp score, and the rate within the author's own camp.
    score = models.FloatField(default=ranking.NEUTRAL, editable=False)
    own_rate = models.FloatField(default=ranking.NEUTRAL, editable=False)
    # Since when the counts have earned the badge they earn now; shown BADGE_DELAY later.
    badge_since = models.DateTimeField(null=True, editable=False)
    # While a burst of its votes waits for judgment: {camp: [yes, no]} without them. The badge is
    # that of these, so that nothing which is in doubt gives or takes one.
    frozen_votes = models.JSONField(null=True, editable=False)
    # Readers whose report nobody has decided yet.
    report_count = models.PositiveIntegerField(_("open reports"), default=0, editable=False)
    # A moderator has locked the thread below this root: it takes no more replies.
    locked_at = models.DateTimeField(_("locked"), null=True, editable=False)
    created_at = models.DateTimeField(_("posted"), auto_now_add=True, db_index=True)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    edited_at = models.DateTimeField(_("edited"), null=True, editable=False)

    # Kept by the database itself, so that a page of the top level is a stretch of an index.
    is_listed = models.GeneratedField(
        expression=Q(parent__isnull=True) & (Q(state=State.PUBLISHED) | Q(reply_count__gt=0)),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        indexes = [
            # Each order of the top level, a page at a time.
            models.Index(fields=["discussion", "id"], condition=LISTED, name="comment_listed"),
            models.Index(
                fields=["discussion", "-score", "id"], condition=LISTED, name="comment_best"
            ),
            models.Index(
                fields=["discussion", "camp", "id"], condition=LISTED, name="comment_camp"
            ),
            models.Index(
                fields=["discussion", "camp", "-own_rate", "id"],
                condition=LISTED,
                name="comment_camp_best",
            ),
            # What each camp has judged least, for the reserved places.
            *[
                models.Index(
                    F("discussion"),
                    F(f"{camp}_yes") + F(f"{camp}_no"),
                    F("id"),
                    condition=LISTED,
                    name=f"comment_least_{camp}",
                )
                for camp in CAMPS
            ],
            # The newest of any depth, for whoever waits for it.
            models.Index(
                fields=["discussion", "id"],
                condition=Q(state="published"),
                name="comment_published",
            ),
            models.Index(fields=["root", "path"], name="comment_thread"),
            models.Index(fields=["state", "id"], name="comment_state"),
            models.Index(fields=["reader", "created_at"], name="comment_reader"),
            models.Index(
                fields=["report_count", "id"],
                condition=Q(report_count__gt=0),
                name="comment_reported",
            ),
            models.Index(
                fields=["fingerprint", "created_at"],
                condition=~Q(fingerprint=""),
                name="comment_fingerprint",
            ),
        ]

    def __str__(self) -> str:
        return _("%(name)s on %(title)s") % {"name": self.name, "title": self.discussion.title}

    @property
    def anchor(self) -> str:
        return f"c{self.pk}"

    @property
    def votes_by_camp(self) -> ranking.Votes:
        """{camp: (yes, no)} of every camp."""
        return {camp: (getattr(self, f"{camp}_yes"), getattr(self, f"{camp}_no")) for camp in CAMPS}

    @property
    def badge_votes(self) -> ranking.Votes:
        """The votes its badge is earned by: all, or those that no burst has put in doubt."""
        if self.frozen_votes is None:
            return self.votes_by_camp
        return {camp: tuple(self.frozen_votes[camp]) for camp in CAMPS}


class CommentVersion(models.Model):
    """What a comment said before an edit. For staff."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="versions")
    text = models.TextField(_("text"))
    created_at = models.DateTimeField(_("replaced"), auto_now_add=True)

    class Meta:
        verbose_name = _("earlier version")
        verbose_name_plural = _("earlier versions")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.comment_id}/{self.pk}"


class CommentTally(Tally):
    """How many published comments a discussion has, by the reaction shown with them."""

    discussion = models.ForeignKey(Discussion, models.CASCADE, related_name="comment_tallies")
    # The Choice, 0 when no reaction is shown. No foreign key: a unique constraint takes two NULLs
    # for different.
    camp_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["discussion", "camp_id", "shard"], name="comment_tally_once_per_shard"
            )
        ]
