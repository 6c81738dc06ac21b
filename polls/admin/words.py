"""The lists of words that hold or stop a comment: many added at once, pasted or in a file."""

import csv
from pathlib import PurePath

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
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

# Bytes: the longest lists that fit, in a script that takes three a letter.
FILE_MOST = 512 * 1024
DELIMITERS = ",;\t"


class WordsForm(ActForm):
    """Words to put on a list."""

    text = forms.CharField(
        label=gettext_lazy("Words or phrases"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 12, "class": "vLargeTextField"}),
        help_text=gettext_lazy(
            "One a line. They are found as whole words, however they are written; "
            "a line that begins with # is passed over."
        ),
    )
    file = forms.FileField(
        label=gettext_lazy("Or a file of them"),
        required=False,
        help_text=gettext_lazy(
            "Text in UTF-8 with one a line, or CSV, of which the first column is taken; "
            "at most 512 KB."
        ),
        widget=forms.FileInput(attrs={"accept": ".txt,.csv,text/plain,text/csv"}),
        error_messages={"empty": gettext_lazy("This file is empty.")},
    )
    kind = forms.ChoiceField(label=gettext_lazy("List"), choices=ListedWord.Kind)

    def clean_file(self) -> str:
        """The words of the file, one a line."""
        sent = self.cleaned_data["file"]
        return _lines_of(sent) if sent else ""

    def clean(self) -> dict:
        """What was pasted and what was in the file are one list."""
        said = super().clean()
        pasted, sent = said.get("text", ""), said.pop("file", "")
        said["text"] = f"{pasted}\n{sent}"
        if not said["text"].strip() and not self.errors:
            self.add_error("text", _("Enter at least one word, or choose a file."))
        return said


def _lines_of(sent: UploadedFile) -> str:
    if sent.size > FILE_MOST:
        raise ValidationError(_("This file is too large: 512 KB at most."))
    try:
        text = sent.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValidationError(_("This file is not text in UTF-8.")) from error
    if PurePath(sent.name).suffix.lower() != ".csv":
        return text
    lines = text.splitlines()
    try:
        rows = list(csv.reader(lines, delimiter=_delimiter(lines)))
    except csv.Error as error:
        raise ValidationError(_("This file cannot be read as CSV.")) from error
    return "\n".join(row[0] for row in rows if row)


def _delimiter(lines: list[str]) -> str:
    """What ends the first column of the first line; spreadsheets differ by country."""
    first = next(filter(None, lines), "")
    return next((letter for letter in first if letter in DELIMITERS), ",")


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
        is_sent = request.method == "POST"
        data = (request.POST, request.FILES) if is_sent else (None, None)
        form = WordsForm(*data, rows=[], site=self.admin_site, label_suffix="")
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
