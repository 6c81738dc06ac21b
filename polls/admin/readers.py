"""Readers: how their comments fared, and what is done about it.

The key of their cookie is never shown.
"""

from functools import partial

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from polls import forms_moderation as forms
from polls.actions import sanctions as actions
from polls.admin.acts import Act
from polls.admin.forms import ActForm
from polls.admin.moderation import LogInline
from polls.admin.read_only import ReadOnlyAdmin
from polls.models import Comment, Reader
from polls.queries.removals import removed

State = Comment.State


def counted(comments: QuerySet[Comment]) -> Coalesce:
    """How many of the comments are a reader's: for the rows of the page only, not for all."""
    own = comments.filter(reader=OuterRef("pk")).order_by()
    return Coalesce(Subquery(own.values("reader").annotate(n=Count("id")).values("n")), 0)


def changed(singular: str, plural: str) -> object:
    """What is said after an act on so many readers."""
    return ngettext_lazy(singular, plural, "count")


class WarnForm(ActForm, forms.WarnForm):
    """What they are told."""


class SuspendForm(ActForm, forms.SuspendForm):
    """A pause, and why."""


class BlockForm(ActForm, forms.BlockForm):
    """Why, and what becomes of their answers and votes."""


class BlockedFilter(admin.SimpleListFilter):
    title = gettext_lazy("blocked")
    parameter_name = "blocked"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple]:
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(blocked_at__isnull=self.value() == "no")


@admin.register(Reader)
class ReaderAdmin(ReadOnlyAdmin):
    """Everybody who acted."""

    list_display = (
        "__str__",
        "user",
        "published",
        "pending",
        "removed",
        "blocked_at",
        "created_at",
    )
    list_filter = (BlockedFilter, ("user", admin.EmptyFieldListFilter))
    list_select_related = ("user",)
    search_fields = ("name", "user__username", "user__email")
    date_hierarchy = "created_at"
    ordering = ("-id",)
    fields = (
        ("name", "user"),
        "created_at",
        ("published", "pending", "removed"),
        "said",
        ("blocked_at", "blocked_reason"),
        ("suspended_until", "suspended_reason"),
        ("is_read_first", "warning"),
    )
    inlines = (LogInline,)
    acts = (
        Act(
            "warn",
            gettext_lazy("Warn…"),
            changed("%(count)d reader warned.", "%(count)d readers warned."),
            actions.warn_reader,
            takes="reader",
            form=WarnForm,
            about=gettext_lazy("They are shown it until they say that they have read it."),
        ),
        Act(
            "suspend",
            gettext_lazy("Suspend…"),
            changed("%(count)d reader suspended.", "%(count)d readers suspended."),
            actions.suspend_reader,
            takes="reader",
            form=SuspendForm,
        ),
        Act(
            "lift",
            gettext_lazy("Lift the suspension"),
            changed("%(count)d suspension lifted.", "%(count)d suspensions lifted."),
            actions.lift_suspension,
            takes="reader",
            fits=lambda reader: bool(reader.suspended_until),
        ),
        Act(
            "read_first",
            gettext_lazy("Read every comment first"),
            changed("%(count)d reader changed.", "%(count)d readers changed."),
            partial(actions.set_read_first, on=True),
            takes="reader",
            fits=lambda reader: not reader.is_read_first,
        ),
        Act(
            "trust",
            gettext_lazy("Stop reading every comment first"),
            changed("%(count)d reader changed.", "%(count)d readers changed."),
            partial(actions.set_read_first, on=False),
            takes="reader",
            fits=lambda reader: reader.is_read_first,
        ),
        Act(
            "block",
            gettext_lazy("Block…"),
            changed("%(count)d reader blocked.", "%(count)d readers blocked."),
            actions.block_reader,
            takes="reader",
            form=BlockForm,
            about=gettext_lazy(
                "Every later act is refused with the reason. What was said stays where it is."
            ),
            fits=lambda reader: not reader.blocked_at,
        ),
        Act(
            "unblock",
            gettext_lazy("Unblock"),
            changed("%(count)d reader unblocked.", "%(count)d readers unblocked."),
            actions.unblock_reader,
            takes="reader",
            fits=lambda reader: bool(reader.blocked_at),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        counts = {
            "published_count": counted(Comment.objects.published()),
            "pending_count": counted(Comment.objects.pending()),
            "removed_count": counted(removed(Comment.objects.all())),
        }
        return super().get_queryset(request).select_related("user").annotate(**counts)

    @admin.display(description=gettext_lazy("published"), ordering="published_count")
    def published(self, reader: Reader) -> int:
        return reader.published_count

    @admin.display(description=gettext_lazy("waiting"), ordering="pending_count")
    def pending(self, reader: Reader) -> int:
        return reader.pending_count

    @admin.display(description=gettext_lazy("removed"), ordering="removed_count")
    def removed(self, reader: Reader) -> int:
        return reader.removed_count

    @admin.display(description=gettext_lazy("comments"))
    def said(self, reader: Reader) -> str:
        url = reverse("admin:polls_comment_changelist")
        words = _("Everything this reader said")
        return format_html('<a href="{}?reader__id__exact={}">{}</a>', url, reader.pk, words)
