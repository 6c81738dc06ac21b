"""Reports, appeals and notices: to look up. They are decided in the queue, with their case."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polls.admin.read_only import ReadOnlyAdmin
from polls.models import Appeal, Notice, Report
from polls.queries.log_words import reason_label
from polls.rules.text import excerpt

OPEN = {"decided_at__isnull": True}


class BroughtAdmin(ReadOnlyAdmin):
    """What readers bring before the moderators about a comment."""

    list_filter = (("decided_at", admin.EmptyFieldListFilter),)
    list_select_related = ("comment__discussion",)
    date_hierarchy = "created_at"
    ordering = ("-id",)

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("case"))
    def case(self, row: Report | Appeal | Notice) -> str:
        """The comment as a case of the queue."""
        url = f"{reverse('polls:moderation')}?case={row.comment_id}"
        beginning = excerpt(row.comment.text) or _("(no text any more)")
        return format_html('<a href="{}">{}</a>', url, beginning)


@admin.register(Report)
class ReportAdmin(BroughtAdmin):
    """Why readers reported which comment."""

    list_display = ("created_at", "case", "why", "note", "is_echo", "decided_at", "is_upheld")
    list_filter = ("reason", "is_upheld", *BroughtAdmin.list_filter)
    search_fields = ("note", "comment__name")
    fields = (
        ("created_at", "decided_at", "is_upheld"),
        "case",
        ("why", "note"),
        ("reader", "is_echo"),
    )
    waiting = OPEN

    @admin.display(description=gettext_lazy("reason"), ordering="reason")
    def why(self, row: Report) -> str:
        return reason_label(row.reason)


@admin.register(Appeal)
class AppealAdmin(BroughtAdmin):
    """Which decisions authors asked us to look at again."""

    list_display = ("created_at", "case", "text", "decided_at", "is_granted", "decided_by")
    list_filter = ("is_granted", *BroughtAdmin.list_filter)
    list_select_related = ("comment__discussion", "decided_by")
    search_fields = ("text", "comment__name")
    fields = (
        ("created_at", "decided_at", "is_granted", "decided_by"),
        "case",
        "text",
        "answer",
    )
    waiting = OPEN


@admin.register(Notice)
class NoticeAdmin(BroughtAdmin):
    """What somebody holds to be illegal."""

    list_display = ("created_at", "case", "name", "decided_at", "is_upheld")
    list_filter = ("is_upheld", *BroughtAdmin.list_filter)
    search_fields = ("name", "email", "explanation")
    fields = (
        ("created_at", "decided_at", "is_upheld"),
        "case",
        ("name", "email"),
        "explanation",
        "answer",
    )
    waiting = OPEN
