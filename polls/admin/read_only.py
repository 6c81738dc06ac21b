"""Rows that staff read and act upon, and that no form here writes."""

from django.contrib import admin
from django.contrib.admin.utils import flatten
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst

from polls.admin.acts import ActAdmin


class ReadOnlyAdmin(ActAdmin):
    """Rows that staff read and act upon, and that nobody rewrites, adds or deletes here.

    Not even a superuser: saving such a row from a form would write old counts over new ones.
    """

    def has_add_permission(self, request: HttpRequest, *args: object) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return flatten(self.fields)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict | None = None,
    ) -> HttpResponse:
        """Shows one row. There is nothing to save."""
        if request.method == "POST":
            raise PermissionDenied
        nothing = dict.fromkeys(
            ["show_save", "show_save_and_continue", "show_save_and_add_another"], False
        )
        # Django's own history knows only what was saved from a form: here that is nothing.
        context = (extra_context or {}) | nothing | {"is_read_only": True}
        context.setdefault("title", capfirst(self.opts.verbose_name))
        return super().change_view(request, object_id, form_url, context)


class ReadOnlyInline(admin.TabularInline):
    """Rows that belong to one that staff may see: to read with it, never to write."""

    template = "admin/polls/read_only_inline.html"
    extra = 0
    can_delete = False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return list(self.fields)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True
