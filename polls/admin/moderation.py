"""The log of every moderator act: to read, never to write."""

from django.contrib import admin
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from polls.admin.read_only import ReadOnlyAdmin, ReadOnlyInline
from polls.models import ModerationEntry
from polls.queries.log_words import ACTS, reason_label, told

NOUNS = ("comment", "reader", "topic", "work", "discussion")


def _there(entry: ModerationEntry, noun: str) -> Model | None:
    """What an entry names; None when it is gone since, for the entry stays as it was written."""
    try:
        return getattr(entry, noun)
    except ObjectDoesNotExist:
        return None


class Told:
    """How an entry is told."""

    @admin.display(description=gettext_lazy("act"), ordering="act")
    def what(self, entry: ModerationEntry) -> str:
        return told(entry.act)

    @admin.display(description=gettext_lazy("to"))
    def row(self, entry: ModerationEntry) -> str:
        """What it was done to; nothing when that is gone."""
        return next((str(row) for noun in NOUNS if (row := _there(entry, noun))), "-")

    @admin.display(description=gettext_lazy("reason"))
    def why(self, entry: ModerationEntry) -> str:
        return reason_label(entry.reason)


class LogInline(Told, ReadOnlyInline):
    """What was done so far to the row of the page."""

    model = ModerationEntry
    fields = ("created_at", "what", "why", "actor")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("actor")


class ActFilter(admin.SimpleListFilter):
    title = gettext_lazy("act")
    parameter_name = "act"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple]:
        return [(act, str(label)) for act, label in ACTS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(act=self.value()) if self.value() else queryset


@admin.register(ModerationEntry)
class ModerationEntryAdmin(Told, ReadOnlyAdmin):
    """Who did what, to what, why: the newest first."""

    list_display = ("created_at", "what", "row", "why", "actor")
    list_display_links = ("created_at",)
    list_filter = (ActFilter,)
    list_select_related = (
        "actor",
        "comment__discussion",
        "reader",
        "topic",
        "work",
        "discussion",
    )
    search_fields = ("reason", "actor__username", "comment__name", "topic__title", "work__title")
    date_hierarchy = "created_at"
    ordering = ("-id",)
    fields = ("created_at", "actor", "what", "row", "why")

    def has_change_permission(
        self, request: HttpRequest, obj: ModerationEntry | None = None
    ) -> bool:
        return False
