"""Questions and choices: labels, hints and order are the editor's; keys stand once answered."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polls.admin.acts import ActAdmin
from polls.admin.forms import CleanTextForm
from polls.models import Ballot, Choice, Question
from polls.models.questions import INTENT, REACTION, Stage
from polls.rules import voting

STANDING = (REACTION, INTENT)
LEAST_CHOICES = 2
# Addresses below a page are made of question keys, and these are taken.
TAKEN_KEYS = tuple(Stage.values)


def is_fixed(question: Question) -> bool:
    """Whether the keys may not change: the site counts on them, or somebody has answered."""
    return question.key in STANDING or Ballot.objects.filter(question=question).exists()


class QuestionForm(CleanTextForm):
    """The question itself."""

    class Meta:
        model = Question
        fields = ("discussion", "prompt", "key", "position")
        help_texts = {
            "key": gettext_lazy("A short name for addresses and exports. Fixed once answered.")
        }

    def clean_key(self) -> str:
        key = self.cleaned_data["key"]
        if key in TAKEN_KEYS:
            raise ValidationError(_("Choose another key: this one is taken by the site."))
        return key


class ChoiceForm(CleanTextForm):
    """One answer."""

    class Meta:
        model = Choice
        fields = ("label", "key", "hint", "position")


class ChoiceFormSet(forms.BaseInlineFormSet):
    """At least two answers, their keys fixed in time, and none taken from under a ballot."""

    @cached_property
    def keys_are_fixed(self) -> bool:
        return bool(self.instance.pk) and is_fixed(self.instance)

    def add_fields(self, form: ChoiceForm, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["key"].disabled = bool(form.instance.pk) and self.keys_are_fixed

    def clean(self) -> None:
        # Before Django's own check, which would refuse it with a list of the ballots.
        gone = {form.instance.pk for form in self.deleted_forms}
        answered = Choice.objects.filter(pk__in=gone, ballots__isnull=False).first()
        if answered:
            raise ValidationError(
                _("“%s” has answers, so it stays. Its label and order can change.") % answered
            )
        super().clean()
        kept = [form for form in self.forms if form.has_changed() or form.instance.pk]
        offered = len([form for form in kept if form not in self.deleted_forms])
        if offered < LEAST_CHOICES:
            raise ValidationError(_("Offer at least two choices."))
        if self.instance.key == voting.REASON and offered > voting.MOST_REASONS:
            raise ValidationError(_("Offer at most five reasons."))


class ChoiceInline(admin.StackedInline):
    model = Choice
    form = ChoiceForm
    formset = ChoiceFormSet
    fields = (("label", "key"), ("hint", "position"))
    extra = 0
    prepopulated_fields = {"key": ("label",)}

    def get_min_num(self, request: HttpRequest, obj: Question | None = None, **more: Any) -> int:
        return 0 if obj else LEAST_CHOICES

    def _may(self, request: HttpRequest, obj: Question | None = None) -> bool:
        # A choice is part of its question: who may change the one may change the other.
        return request.user.has_perm("polls.change_question") or request.user.has_perm(
            "polls.add_question"
        )

    has_view_permission = has_change_permission = _may

    def has_add_permission(self, request: HttpRequest, obj: Question | None = None) -> bool:
        return self._may(request) and not (obj and obj.key in STANDING)

    has_delete_permission = has_add_permission


class StandingFilter(admin.SimpleListFilter):
    title = gettext_lazy("question")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple]:
        return [
            (REACTION, _("Reaction")),
            (voting.REASON, _("Reason")),
            (INTENT, _("Intent")),
            ("more", _("Asked besides")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "more":
            return queryset.exclude(key__in=(*STANDING, voting.REASON))
        return queryset.filter(key=self.value()) if self.value() else queryset


@admin.register(Question)
class QuestionAdmin(ActAdmin):
    """What is asked below each page."""

    form = QuestionForm
    list_display = ("prompt", "discussion", "key", "answers", "position")
    list_filter = (StandingFilter,)
    list_select_related = ("discussion",)
    search_fields = ("prompt", "key", "discussion__title")
    ordering = ("-discussion_id", "position", "id")
    autocomplete_fields = ("discussion",)
    fields = ("discussion", "prompt", ("key", "position"))
    inlines = (ChoiceInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("choices")

    @admin.display(description=gettext_lazy("choices"))
    def answers(self, question: Question) -> str:
        return " · ".join(choice.label for choice in question.choices.all())

    def get_readonly_fields(
        self, request: HttpRequest, obj: Question | None = None
    ) -> tuple[str, ...]:
        if obj is None:
            return ()
        return ("discussion", "key") if is_fixed(obj) else ("discussion",)

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Question | None = None
    ) -> dict[str, tuple[str, ...]]:
        return {} if obj else {"key": ("prompt",)}

    def has_delete_permission(self, request: HttpRequest, obj: Question | None = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and not (obj and is_fixed(obj))

    def save_model(
        self, request: HttpRequest, obj: Question, form: QuestionForm, change: bool
    ) -> None:
        """Writes what the form changed and nothing else."""
        obj.save(update_fields=form.changed_data if change else None)
