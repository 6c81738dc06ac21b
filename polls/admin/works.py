"""Works: correct, approve, merge. Deleting one is possible while nobody uses it."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from polls.actions import works as actions
from polls.admin.acts import Act, ActAdmin
from polls.admin.forms import CleanTextForm, MergeForm
from polls.errors import Refused
from polls.models import Favourite, FavouriteTally, Work, WorkAlias
from polls.rules import works as rules


def spelling_key(title: str, work: Work) -> str:
    """The key of a title that no other work has; ValidationError when one has."""
    try:
        key = actions.spelling_key(title)
    except Refused as refusal:
        raise ValidationError(refusal.translated(_)) from refusal
    other = (
        WorkAlias.objects.filter(key=key).exclude(work_id=work.pk).select_related("work").first()
    )
    if other:
        raise ValidationError(actions.known_already(title, other.work))
    return key


class WorkForm(CleanTextForm):
    """What is known of a work."""

    class Meta:
        model = Work
        fields = ("title", "slug", "native_title", "native_lang", "year", "maker", "form")
        help_texts = {"slug": gettext_lazy("How “::: example …” in an article names it.")}

    def clean(self) -> dict:
        super().clean()
        for name in ("title", "native_title"):
            if self.cleaned_data.get(name):
                try:
                    spelling_key(self.cleaned_data[name], self.instance)
                except ValidationError as error:
                    self.add_error(name, error)
        return self.cleaned_data


class SpellingForm(CleanTextForm):
    """One more title under which a work is found; its key follows from it."""

    class Meta:
        model = WorkAlias
        fields = ("title",)

    def clean(self) -> dict:
        super().clean()
        if self.cleaned_data.get("title"):
            try:
                self.instance.key = spelling_key(self.cleaned_data["title"], self.instance.work)
            except ValidationError as error:
                self.add_error("title", error)
        return self.cleaned_data


class SpellingFormSet(forms.BaseInlineFormSet):
    def clean(self) -> None:
        """Two spellings that are read as one are one too many."""
        super().clean()
        keys = [form.instance.key for form in self.forms if form.instance.key]
        if len(keys) != len(set(keys)):
            raise ValidationError(_("Two of these spellings are read as the same: keep one."))


class SpellingInline(admin.StackedInline):
    model = WorkAlias
    form = SpellingForm
    formset = SpellingFormSet
    extra = 0

    def _may(self, request: HttpRequest, obj: Work | None = None) -> bool:
        # A spelling is part of its work: who may change the one may change the other.
        return request.user.has_perm("polls.change_work") or request.user.has_perm("polls.add_work")

    has_add_permission = has_change_permission = has_delete_permission = _may

    def has_view_permission(self, request: HttpRequest, obj: Work | None = None) -> bool:
        return True


class WorkMergeForm(MergeForm):
    """Which work stays."""

    reference = Favourite._meta.get_field("work")

    def likely_target(self) -> Work | None:
        if len(self.rows) > 1:
            return max(self.rows, key=lambda work: (bool(work.slug), work.favourite_count))
        others = WorkAlias.objects.exclude(work__in=self.rows)
        titles = dict(others.values_list("title", "work_id"))
        alike = rules.similar(self.rows[0].title, titles, limit=1)
        return Work.objects.filter(pk__in=alike).first()

    @property
    def facts(self) -> list[str]:
        named = Favourite.objects.filter(work__in=self.rows).count()
        chosen = Work.objects.filter(pk__in=[work.pk for work in self.rows])
        cards = chosen.aggregate(n=Count("examples"))["n"]
        spellings = WorkAlias.objects.filter(work__in=self.rows).values_list("title", flat=True)
        return [
            ngettext("%(count)d favourite.", "%(count)d favourites.", named) % {"count": named},
            ngettext(
                "%(count)d example card; an article that shows both works keeps one card.",
                "%(count)d example cards; an article that shows both works keeps one card.",
                cards,
            )
            % {"count": cards},
            _("The spellings %s.") % ", ".join(f"“{title}”" for title in spellings),
        ]


@admin.register(Work)
class WorkAdmin(ActAdmin):
    """Every title that an article or a reader named."""

    form = WorkForm
    list_display = ("title", "native_title", "year", "maker", "form_of", "is_approved", "named")
    list_filter = ("is_approved",)
    search_fields = ("title", "native_title", "maker", "aliases__title")
    ordering = ("title", "id")
    readonly_fields = ("is_approved",)
    fields = (
        ("title", "slug"),
        ("native_title", "native_lang"),
        ("maker", "year", "form"),
        "is_approved",
    )
    prepopulated_fields = {"slug": ("title",)}
    waiting = {"is_approved__exact": "0"}
    inlines = (SpellingInline,)
    acts = (
        Act(
            "approve",
            gettext_lazy("Approve"),
            ngettext_lazy("%(count)d work approved.", "%(count)d works approved.", "count"),
            actions.approve_work,
            takes="work",
            fits=lambda work: not work.is_approved,
        ),
        Act(
            "merge",
            gettext_lazy("Merge…"),
            ngettext_lazy("%(count)d work merged.", "%(count)d works merged.", "count"),
            actions.merge_works,
            takes="source",
            form=WorkMergeForm,
            about=gettext_lazy("A merged work becomes a spelling of the one that stays."),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        tallies = FavouriteTally.objects.filter(work=OuterRef("pk")).order_by()
        named = Subquery(tallies.values("work").annotate(n=Sum("count")).values("n"))
        return super().get_queryset(request).annotate(favourite_count=Coalesce(named, 0))

    @admin.display(description=gettext_lazy("form"), ordering="form")
    def form_of(self, work: Work) -> str:
        return work.form

    @admin.display(description=gettext_lazy("favourite of"), ordering="favourite_count")
    def named(self, work: Work) -> int:
        return work.favourite_count

    def has_delete_permission(self, request: HttpRequest, obj: Work | None = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and not (obj and actions.is_used(obj))

    def save_model(self, request: HttpRequest, obj: Work, form: WorkForm, change: bool) -> None:
        """Writes what the form changed and nothing else; a work of the staff needs no approval."""
        if change:
            obj.save(update_fields=form.changed_data)
            return
        obj.is_approved = True
        super().save_model(request, obj, form, change)

    def save_related(
        self, request: HttpRequest, form: WorkForm, formsets: list, change: bool
    ) -> None:
        """A work is always found under its own titles, whatever spelling was taken away."""
        super().save_related(request, form, formsets, change)
        for title in (form.instance.title, form.instance.native_title):
            if title:
                actions.add_spelling(work=form.instance, title=title)
