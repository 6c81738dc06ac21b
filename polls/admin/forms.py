"""The forms of the panel: what an act asks, and text that passes the rules for text."""

from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.contrib.admin.widgets import AdminTextInputWidget, AutocompleteSelect
from django.core.exceptions import ValidationError
from django.db.models import Field, Model
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polls.errors import Refused
from polls.rules import moderation, text

REASON = gettext_lazy("Reason shown to readers")
REASON_MOST = 200  # characters; as the columns that keep it
NO_REASON = gettext_lazy("Give a reason: it is shown to readers.")


class ActForm(forms.Form):
    """What an act asks before it is done to `rows`; by default nothing."""

    def __init__(self, *args: Any, rows: list, site: AdminSite, **options: Any) -> None:
        super().__init__(*args, **options)
        self.rows, self.site = rows, site

    @property
    def facts(self) -> list[str]:
        """What the act will move, in sentences."""
        return []


class RemovalForm(ActForm):
    """Why a comment goes: one of the reasons that readers know from the rules."""

    reason = forms.ChoiceField(
        label=REASON,
        choices=[("", gettext_lazy("Choose a reason")), *moderation.REASONS.items()],
        error_messages={"required": NO_REASON},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].choices = [
            (key, capfirst(_(label)) if key else label)
            for key, label in self.fields["reason"].choices
        ]


class ReasonForm(ActForm):
    """Why, in a sentence of the moderator's own."""

    reason = forms.CharField(
        label=REASON,
        max_length=REASON_MOST,
        widget=AdminTextInputWidget,
        error_messages={"required": NO_REASON},
    )

    def clean_reason(self) -> str:
        return cleaned(self.cleaned_data["reason"], least=1, most=REASON_MOST)


class SearchSelect(AutocompleteSelect):
    """Django's searching select, with a name for who cannot see it.

    It draws a forged choice as none, where Django's fails on it.
    """

    def build_attrs(self, base_attrs: dict, extra_attrs: dict | None = None) -> dict:
        placeholder = {"data-placeholder": _("Search by typing")}
        return super().build_attrs(base_attrs, extra_attrs) | placeholder

    def optgroups(self, name: str, value: list, attr: dict | None = None) -> list:
        return super().optgroups(name, [pk for pk in value if str(pk).isdecimal()], attr)


class Searching:
    """For an admin or an inline: its `autocomplete_fields` are drawn by SearchSelect."""

    def formfield_for_foreignkey(
        self, db_field: Field, request: HttpRequest, **options: Any
    ) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            options.setdefault("widget", SearchSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **options)


class MergeForm(ActForm):
    """Which row stays. `reference` is a foreign key to such rows: the search looks through it."""

    reference: Field
    target = forms.ModelChoiceField(None, label=gettext_lazy("Merge into"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["target"]
        field.widget = SearchSelect(self.reference, self.site)
        field.queryset = self.targets()
        field.widget.choices = field.choices
        self.initial["target"] = self.likely_target()

    def targets(self) -> Any:
        """The rows that may stay."""
        return self.reference.related_model._default_manager.all()

    def likely_target(self) -> Model | None:
        """The row that staff probably mean."""
        return None

    def clean_target(self) -> Model:
        target = self.cleaned_data["target"]
        if self.rows == [target]:
            raise ValidationError(_("Choose another one: this is the one to be merged."))
        return target


class CleanTextForm(forms.ModelForm):
    """Every single line passes `rules.text` on its way in, as a reader's would."""

    def clean(self) -> dict[str, Any]:
        super().clean()
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if isinstance(field, forms.CharField) and value and _is_line(field):
                try:
                    self.cleaned_data[name] = cleaned(value, least=0, most=field.max_length or 400)
                except ValidationError as error:
                    self.add_error(name, error)
        return self.cleaned_data


def cleaned(value: str, *, least: int, most: int) -> str:
    """One line of text as it is kept. Raises ValidationError instead of Refused."""
    try:
        return text.clean_line(value, least=least, most=most)
    except Refused as refusal:
        raise ValidationError(refusal.translated(_)) from refusal


def _is_line(field: forms.CharField) -> bool:
    return not isinstance(field.widget, forms.Textarea)
