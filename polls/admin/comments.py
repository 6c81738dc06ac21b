"""Comments: read, publish, reject, hide, erase. Nobody rewrites what a reader said."""

from functools import partial

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from polls.actions import moderation as actions
from polls.actions.erasures import erase_comment
from polls.admin.acts import Act
from polls.admin.forms import RemovalForm
from polls.admin.moderation import LogInline
from polls.admin.read_only import ReadOnlyAdmin, ReadOnlyInline
from polls.models import Comment, CommentVersion, Discussion
from polls.queries import comments as queries
from polls.rules import moderation
from polls.rules.text import excerpt

State = Comment.State
HELD = {
    "newcomer": gettext_lazy("Waiting: newcomer"),
    "link": gettext_lazy("Waiting: newcomer’s link"),
    "word": gettext_lazy("Waiting: word on the list"),
    "repeat": gettext_lazy("Waiting: repeated"),
    "speed": gettext_lazy("Waiting: too fast"),
    "trap": gettext_lazy("Waiting: filled in what nobody sees"),
    "reports": gettext_lazy("Waiting: reported"),
    "burst": gettext_lazy("Waiting: burst"),
    "reader": gettext_lazy("Waiting: reader read first"),
    "manual": gettext_lazy("Waiting: read first here"),
}


def may_become(comment: Comment, *, state: str) -> bool:
    """Whether the rules know a step from where a comment is."""
    return state in moderation.TRANSITIONS[comment.state]


class CampFilter(admin.SimpleListFilter):
    """By the reaction that stands at a comment."""

    title = gettext_lazy("reaction shown")
    parameter_name = "camp"
    NOBODY = "-"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple]:
        return [
            ("enraged", _("Enraged")),
            ("sad", _("Sad")),
            ("happy", _("Happy")),
            (self.NOBODY, _("No reaction")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == self.NOBODY:
            return queryset.filter(camp=None)
        return queryset.filter(camp__key=self.value()) if self.value() else queryset


class VersionInline(ReadOnlyInline):
    """What a comment said before."""

    model = CommentVersion
    fields = ("text", "created_at")


@admin.register(Comment)
class CommentAdmin(ReadOnlyAdmin):
    """Every comment of the site, the newest first."""

    list_display = ("beginning", "name", "camp", "page", "standing", "created_at")
    list_display_links = ("beginning",)
    list_filter = ("state", "held_reason", CampFilter)
    list_select_related = ("discussion", "camp")
    search_fields = ("text", "name", "discussion__title")
    date_hierarchy = "created_at"
    ordering = ("-id",)
    waiting = {"state__exact": State.PENDING}
    inlines = (VersionInline, LogInline)
    fields = (
        ("state", "held_reason", "held_detail", "removal_reason"),
        "rendered",
        ("name", "camp", "intent"),
        "reader_record",
        "page",
        "answers",
        ("good_count", "score", "report_count", "locked_at"),
        ("reply_count", "created_at", "published_at", "edited_at"),
    )
    acts = (
        Act(
            "publish",
            gettext_lazy("Publish"),
            ngettext_lazy("%(count)d comment published.", "%(count)d comments published.", "count"),
            actions.publish_comment,
            takes="comment",
            fits=partial(may_become, state=State.PUBLISHED),
        ),
        Act(
            "reject",
            gettext_lazy("Reject…"),
            ngettext_lazy("%(count)d comment rejected.", "%(count)d comments rejected.", "count"),
            actions.reject_comment,
            takes="comment",
            form=RemovalForm,
            about=gettext_lazy("Its author sees the reason. You can publish it later."),
            fits=lambda comment: comment.state == State.PENDING,
        ),
        Act(
            "hide",
            gettext_lazy("Hide…"),
            ngettext_lazy("%(count)d comment hidden.", "%(count)d comments hidden.", "count"),
            actions.hide_comment,
            takes="comment",
            form=RemovalForm,
            about=gettext_lazy(
                "The reason stands in its place when it has replies. You can publish it again."
            ),
            fits=lambda comment: comment.state == State.PUBLISHED,
        ),
        Act(
            "spam",
            gettext_lazy("Mark as spam"),
            ngettext_lazy(
                "%(count)d comment marked as spam.", "%(count)d comments marked as spam.", "count"
            ),
            actions.mark_spam,
            takes="comment",
            fits=partial(may_become, state=State.SPAM),
        ),
        Act(
            "erase",
            gettext_lazy("Erase the text…"),
            ngettext_lazy("%(count)d comment erased.", "%(count)d comments erased.", "count"),
            erase_comment,
            takes="comment",
            form=RemovalForm,
            about=gettext_lazy(
                "Text, name and earlier versions are deleted for good. There is no way back."
            ),
            fits=partial(may_become, state=State.ERASED),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return (
            super().get_queryset(request).select_related("discussion", "camp", "intent", "parent")
        )

    def seen(self, row: Comment) -> str:
        return moderation.read_as(state=row.state, edited_at=row.edited_at)

    def described(self, row: Comment) -> str:
        return f"{row}: {excerpt(row.text)}"

    @admin.display(description=gettext_lazy("comment"))
    def beginning(self, comment: Comment) -> str:
        return excerpt(comment.text) or _("(no text any more)")

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def standing(self, comment: Comment) -> SafeString:
        """The state, and in a word what holds it; beside it, for the acts, what is read here."""
        words = comment.get_state_display()
        if comment.state == State.PENDING:
            words = HELD.get(comment.held_reason, _("Waiting"))
        return format_html("{}{}", words, self.seen_field(comment))

    @admin.display(description=gettext_lazy("below"), ordering="discussion__title")
    def page(self, comment: Comment) -> str:
        return comment.discussion.title

    @admin.display(description=gettext_lazy("text"))
    def rendered(self, comment: Comment) -> SafeString:
        return mark_safe(comment.html)  # noqa: S308 - made safe by rules.text, as on the site

    @admin.display(description=gettext_lazy("reason shown to readers"))
    def removal_reason(self, comment: Comment) -> str:
        return _(moderation.REASONS.get(comment.reason, comment.reason or "-"))

    @admin.display(description=gettext_lazy("answers"))
    def answers(self, comment: Comment) -> str:
        if comment.parent is None:
            return "-"
        url = reverse("admin:polls_comment_change", args=[comment.parent_id])
        words = comment.parent.name, excerpt(comment.parent.text)
        return format_html('<a href="{}">{}</a>: {}', url, *words)

    @admin.display(description=gettext_lazy("reader"))
    def reader_record(self, comment: Comment) -> str:
        """Who it is, and how their comments fared so far."""
        reader = comment.reader
        counts = dict(reader.comments.values_list("state").annotate(Count("id")).order_by())
        record = [
            f"{label}: {counts[state]}" for state, label in State.choices if counts.get(state)
        ]
        if reader.blocked_at:
            record.append(_("blocked: %s") % reader.blocked_reason)
        url = reverse("admin:polls_reader_change", args=[reader.pk])
        return format_html('<a href="{}">{}</a> ({})', url, reader, ", ".join(record))

    def view_on_site(self, comment: Comment) -> str | None:
        """Where everybody can read it."""
        is_there = Q(pk=comment.discussion_id, comments=comment.pk, comments__state=State.PUBLISHED)
        if Discussion.objects.visible().filter(is_there).exists():
            return queries.permalink(comment)
        return None
