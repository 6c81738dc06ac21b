"""The lists of words that hold or stop a comment: many added at once, one a line."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from polls.actions import words as actions
from polls.admin.acts import Act
from polls.admin.forms import ActForm
from polls.admin.read_only import ReadOnlyAdmin
from polls.errors import Refused
from polls.models import ListedWord


class WordsForm(ActForm):
    """Words to put on a list."""

    text = forms.CharField(
        label=gettext_lazy("Words or phrases"),
        widget=forms.Textarea(attrs={"rows": 12, "class": "vLargeTextField"}),
        help_text=gettext_lazy(
            "One a line. They are found as whole words, however they are written; "
            "a line that begins with # is passed over."
        ),
        error_messages={"required": gettext_lazy("Enter at least one word.")},
    )
    kind = forms.ChoiceField(label=gettext_lazy("List"), choices=ListedWord.Kind)


# Not on rows that are there: the page of an act draws its form.
ADD = Act(
    "add",
    gettext_lazy("Add words"),
    "",
    actions.add_words,
    takes="text",
    form=WordsForm,
    about=gettext_lazy("A word of the other list moves to this one."),
)


@admin.register(ListedWord)
class ListedWordAdmin(ReadOnlyAdmin):
    """Every word of the lists."""

    list_display = ("word", "kind", "created_at")
    list_filter = ("kind",)
    search_fields = ("word", "folded")
    ordering = ("word",)
    fields = (("word", "kind"), "created_at")
    acts = (
        Act(
            "remove",
            gettext_lazy("Take off the list"),
            ngettext_lazy("%(count)d word removed.", "%(count)d words removed.", "count"),
            actions.remove_word,
            takes="word",
        ),
    )

    def has_add_permission(self, request: HttpRequest, *args: object) -> bool:
        return admin.ModelAdmin.has_add_permission(self, request)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """Adds many at once."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        data = request.POST if request.method == "POST" else None
        form = WordsForm(data, rows=[], site=self.admin_site, label_suffix="")
        if form.is_valid():
            try:
                count = actions.add_words(actor=request.user, **form.cleaned_data)
            except Refused as refusal:
                field = refusal.field if refusal.field in form.fields else None
                form.add_error(field, refusal.translated(_))
            else:
                return self._added(request, count)
        return self._ask(request, ADD, [], form, [])

    def _added(self, request: HttpRequest, count: int) -> HttpResponse:
        sentence = ngettext("%(count)d word added.", "%(count)d words added.", count)
        self.message_user(request, sentence % {"count": count}, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:polls_listedword_changelist"))
