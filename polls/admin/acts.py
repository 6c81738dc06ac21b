"""Acts in the panel: on the rows chosen in a list, or on one row; always through an action."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import IntegrityError, connection
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from polls.actions.revisions import touch_site
from polls.admin.forms import ActForm, Searching
from polls.errors import Refused

MOST = 200  # rows at once: as many as a page of a list can show


@dataclass(frozen=True)
class Act:
    """What staff may do to a row.

    `run` takes the row under the name `takes`, the `actor`, and what `form` asked; it raises
    Refused when a rule says no. `done` is a lazy plural sentence with `%(count)d`. `fits` says
    whether the act is offered for a row; the rules have the last word.
    """

    name: str
    label: str
    done: Any
    run: Callable[..., object]
    takes: str
    form: type[ActForm] = ActForm
    about: str = ""
    fits: Callable[[Any], bool] = lambda row: True

    @property
    def asks(self) -> bool:
        """Whether something must be filled in or confirmed first, on a page of its own."""
        return bool(self.form.base_fields or self.about)


class ActAdmin(Searching, admin.ModelAdmin):
    """A list and a page whose acts are those in `acts`. There is no bulk delete."""

    acts: tuple[Act, ...] = ()
    # The filter under which the rows stand that wait for somebody; shown on the first page.
    waiting: dict[str, str] = {}
    list_per_page = 50
    list_max_show_all = MOST
    show_full_result_count = False

    class Media:
        css = {"all": ["explainer/admin-extra.css"]}

    def get_actions(self, request: HttpRequest) -> dict[str, tuple]:
        """The acts, for who may change these rows."""
        if IS_POPUP_VAR in request.GET or not self.has_change_permission(request):
            return {}
        return {act.name: (_in_list(act), act.name, act.label) for act in self.acts}

    def response_action(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """Performs an act on the rows that are ticked."""
        if not all(_is_id(value) for value in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise BadRequest("A row's number is a number.")
        return super().response_action(request, queryset)

    def get_urls(self) -> list[URLPattern]:
        """Adds the page of an act on one row."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_act"
        view = self.admin_site.admin_view(self.act_view)
        return [path("<path:object_id>/act/<slug:name>/", view, name=name), *super().get_urls()]

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; once more when somebody took in the same moment what it names or wants.

        Then it finds that by itself, says so at the field, and keeps what was typed.
        """
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError:
            return super().changeform_view(request, *args, **kwargs)

    def save_related(self, *args: Any) -> None:
        """Saves, and asks PostgreSQL now what it would say at the end: before anybody is told."""
        super().save_related(*args)
        if connection.vendor == "postgresql":
            connection.check_constraints()

    def act_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """GET: asks what the act needs. POST: performs it on one row."""
        act = next((act for act in self.acts if act.name == name), None)
        if act is None:
            raise Http404
        row = self.get_object(request, unquote(object_id))
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        asked = self.perform(request, act, [row], hidden=[])
        return asked or HttpResponseRedirect(self._after(row))

    def _after(self, row: Model) -> str:
        prefix = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        if row.pk and self.model._default_manager.filter(pk=row.pk).exists():
            return reverse(f"{prefix}_change", args=[row.pk])
        return reverse(f"{prefix}_changelist")

    def perform(
        self, request: HttpRequest, act: Act, rows: list, *, hidden: list[tuple[str, object]]
    ) -> HttpResponse | None:
        """Does an act to the rows and says what became of them; or answers with its page first.

        `hidden` is what that page must send again to come back here.
        """
        is_sent = request.method == "POST" and ("confirmed" in request.POST or not act.asks)
        form = act.form(
            request.POST if is_sent else None, rows=rows, site=self.admin_site, label_suffix=""
        )
        if not form.is_valid():
            return self._ask(request, act, rows, form, hidden)
        done = 0
        for row in rows:
            if row == form.cleaned_data.get("target"):
                continue
            title = str(row)
            try:
                act.run(
                    **{act.takes: row},
                    actor=request.user,
                    **form.cleaned_data,
                    **self._seen_then(request, row),
                )
                done += 1
                self.note(request, row, act)
            except Refused as refusal:
                words = {"row": title, "reason": refusal.translated(_)}
                self.message_user(request, _("%(row)s: %(reason)s") % words, messages.ERROR)
        if done:
            self.message_user(request, act.done % {"count": done}, messages.SUCCESS)
        return None

    def seen(self, row: Any) -> str:
        """What somebody reads of a row, for an action that takes `seen`; "" when none does."""
        return ""

    def seen_field(self, row: Any) -> str:
        """A form's hidden field that says which words of a row were read."""
        if words := self.seen(row):
            return format_html('<input type="hidden" name="seen-{}" value="{}">', row.pk, words)
        return ""

    def _seen_then(self, request: HttpRequest, row: Any) -> dict[str, str]:
        return {"seen": request.POST.get(f"seen-{row.pk}", "")} if self.seen(row) else {}

    # What the panel writes into its own history, in the transaction of the change, is what pages
    # may show: no kept page outlives it.
    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        touch_site()
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        touch_site()
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet) -> Any:
        touch_site()
        return super().log_deletions(request, queryset)

    def note(self, request: HttpRequest, row: Any, act: Act) -> None:
        """Where an act has no entry of its own in the moderation log, its admin keeps one."""

    def _ask(
        self, request: HttpRequest, act: Act, rows: list, form: ActForm, hidden: list
    ) -> HttpResponse:
        prefix = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        is_of_one = rows and not hidden
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(act.label).rstrip("…"),
            "act": act,
            "rows": [(self.described(row), self.seen_field(row)) for row in rows],
            "form": form,
            "media": self.media + form.media,
            "hidden": hidden,
            "back": self._after(rows[0]) if is_of_one else reverse(f"{prefix}_changelist"),
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/polls/act.html", context, status=status)

    def described(self, row: Any) -> str:
        """How a row is called on the page of an act."""
        return str(row)

    def render_change_form(
        self, request: HttpRequest, context: dict, *args: object, **kwargs: Any
    ) -> HttpResponse:
        """Adds the acts that fit the row."""
        row = kwargs.get("obj")
        may_act = row is not None and self.has_change_permission(request, row)
        context["acts"] = [act for act in self.acts if act.fits(row)] if may_act else []
        context["seen_field"] = self.seen_field(row) if may_act else ""
        return super().render_change_form(request, context, *args, **kwargs)


def _in_list(act: Act) -> Callable:
    def act_on_chosen(
        model_admin: ActAdmin, request: HttpRequest, queryset: QuerySet
    ) -> HttpResponse | None:
        rows = list(queryset[: MOST + 1])
        if len(rows) > MOST:
            sentence = _("Choose at most %s rows at a time.") % MOST
            model_admin.message_user(request, sentence, messages.ERROR)
            return None
        chosen = [(ACTION_CHECKBOX_NAME, str(row.pk)) for row in rows]
        return model_admin.perform(request, act, rows, hidden=[("action", act.name), *chosen])

    return act_on_chosen


def _is_id(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= 18
