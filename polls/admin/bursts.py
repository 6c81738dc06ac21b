"""Bursts, to read: they are judged on a page of their own, where their numbers stand."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from polls.admin.moderation import LogInline
from polls.admin.read_only import ReadOnlyAdmin
from polls.models import Burst
from polls.queries.log_words import reason_label


@admin.register(Burst)
class BurstAdmin(ReadOnlyAdmin):
    """When it came, what it is about, and what became of it. No source is shown."""

    list_display = ("started_at", "discussion", "state", "why", "decided_by", "decided_at")
    list_filter = ("state",)
    list_select_related = ("discussion", "decided_by")
    search_fields = ("discussion__title",)
    ordering = ("-id",)
    fields = (
        ("discussion", "question", "comment"),
        ("started_at", "ended_at"),
        "signals",
        ("state", "aside_until"),
        ("why", "decided_by", "decided_at"),
    )
    inlines = (LogInline,)

    def has_view_permission(self, request: HttpRequest, obj: Burst | None = None) -> bool:
        return request.user.has_perm("polls.moderate")

    def has_change_permission(self, request: HttpRequest, obj: Burst | None = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) or request.user.has_perm("polls.moderate")

    @admin.display(description=gettext_lazy("reason"))
    def why(self, burst: Burst) -> str:
        return reason_label(burst.reason)
