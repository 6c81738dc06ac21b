"""Editors' picks: which there are, who chose them, and taking one back."""

from django.contrib import admin
from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, ngettext_lazy

from polls.actions.picks import unpick_comment
from polls.admin.acts import Act
from polls.admin.read_only import ReadOnlyAdmin
from polls.models import Pick
from polls.rules.text import excerpt


def unpick(*, pick: Pick, actor: AbstractUser) -> None:
    """Takes a pick back; the comment stays where it is."""
    unpick_comment(comment=pick.comment, actor=actor)


@admin.register(Pick)
class PickAdmin(ReadOnlyAdmin):
    """A comment is picked on its page, where it stands among the others."""

    list_display = ("beginning", "discussion", "camp", "is_pinned", "chosen_by", "created_at")
    list_filter = ("is_pinned",)
    list_select_related = ("comment__discussion", "discussion", "chosen_by")
    search_fields = ("comment__text", "discussion__title", "chosen_by__username")
    ordering = ("-id",)
    fields = ("comment", "discussion", ("camp", "is_pinned"), ("chosen_by", "created_at"))
    acts = (
        Act(
            "unpick",
            gettext_lazy("Take the pick back"),
            ngettext_lazy("%(count)d pick taken back.", "%(count)d picks taken back.", "count"),
            unpick,
            takes="pick",
        ),
    )

    def has_view_permission(self, request: HttpRequest, obj: Pick | None = None) -> bool:
        return request.user.has_perm("polls.pick")

    def has_change_permission(self, request: HttpRequest, obj: Pick | None = None) -> bool:
        return request.user.has_perm("polls.pick")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) or request.user.has_perm("polls.pick")

    @admin.display(description=gettext_lazy("comment"))
    def beginning(self, pick: Pick) -> str:
        return excerpt(pick.comment.text)
