"""Articles in the panel: write, preview, schedule, publish."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from explainer import panel, preview, publishing
from explainer.forms import ArticleForm, ExampleForm
from explainer.models import Article, Example
from polls.actions.discussions import is_in_use, set_discussion_state
from polls.actions.questions import word_questions
from polls.admin.acts import Act, ActAdmin
from polls.admin.forms import Searching

Status = Article.Status


class StageFilter(admin.SimpleListFilter):
    """Draft, scheduled, published."""

    title = gettext_lazy("status")
    parameter_name = "stage"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple]:
        return [
            ("draft", _("Draft")),
            ("scheduled", _("Scheduled")),
            ("published", _("Published")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        now = timezone.now()
        stages = {
            "draft": {"status": Status.DRAFT},
            "scheduled": {"status": Status.PUBLISHED, "published_at__gt": now},
            "published": {"status": Status.PUBLISHED, "published_at__lte": now},
        }
        return queryset.filter(**stages.get(self.value(), {}))


class ExampleInline(Searching, admin.StackedInline):
    model = Example
    form = ExampleForm
    autocomplete_fields = ("work",)
    fields = (("work", "position"), "sentence", "facts")
    extra = 0

    def _may(self, request: HttpRequest, obj: Article | None = None) -> bool:
        # A card is part of its article: who may change the one may change the other.
        may_change = request.user.has_perm("explainer.change_article")
        return may_change or request.user.has_perm("explainer.add_article")

    has_add_permission = has_change_permission = has_delete_permission = _may

    def has_view_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return True


@admin.register(Article)
class ArticleAdmin(ActAdmin):
    """Write, preview, schedule, publish."""

    form = ArticleForm
    list_display = ("title", "stage", "published_at", "discussion_state", "kicker", "page")
    list_filter = (StageFilter, "discussion__state")
    list_select_related = ("discussion",)
    search_fields = ("title", "slug", "kicker", "standfirst", "body")
    date_hierarchy = "published_at"
    ordering = ("-published_at", "-id")
    autocomplete_fields = ("answers_topic",)
    prepopulated_fields = {"slug": ("title",)}
    inlines = (ExampleInline,)
    fieldsets = (
        (None, {"fields": ("title", "slug", "kicker", "standfirst", "short_answer", "body")}),
        (
            gettext_lazy("Publication"),
            {"fields": ("status", "published_at", "byline", "author", "advisory")},
        ),
        (
            gettext_lazy("Discussion"),
            {"fields": ("subject", "intent_prompt", "discussion_state", "answers_topic")},
        ),
    )
    acts = (
        Act(
            "publish",
            gettext_lazy("Publish now"),
            ngettext_lazy("%(count)d article published.", "%(count)d articles published.", "count"),
            publishing.publish_now,
            takes="article",
            fits=lambda article: not article.is_public,
        ),
        Act(
            "draft",
            gettext_lazy("Back to draft"),
            ngettext_lazy(
                "%(count)d article is a draft again.",
                "%(count)d articles are drafts again.",
                "count",
            ),
            publishing.back_to_draft,
            takes="article",
            fits=lambda article: article.status == Status.PUBLISHED,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("discussion")

    def note(self, request: HttpRequest, row: Article, act: Act) -> None:
        """In the history of the article, beside what was changed in its form."""
        self.log_change(request, row, str(act.label))

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def stage(self, article: Article) -> str:
        if article.status == Status.DRAFT:
            return _("Draft")
        return _("Published") if article.is_public else _("Scheduled")

    @admin.display(description=gettext_lazy("discussion"), ordering="discussion__state")
    def discussion_state(self, article: Article) -> str:
        return article.discussion.get_state_display()

    @admin.display(description=gettext_lazy("page"))
    def page(self, article: Article) -> str:
        """Where to read it: the page itself, or its preview until it is public."""
        if article.is_public:
            return format_html('<a href="{}">{}</a>', article.get_absolute_url(), _("Read"))
        url = reverse("admin:explainer_article_preview", args=[article.pk])
        return format_html('<a href="{}">{}</a>', url, _("Preview"))

    def view_on_site(self, article: Article) -> str | None:
        return article.get_absolute_url() if article.is_public else None

    def get_urls(self) -> list[URLPattern]:
        """Adds the previews: of an article that is not stored yet, and of one that is."""
        view = self.admin_site.admin_view(self.preview_view)
        return [
            path("preview/", view, name="explainer_article_preview_new"),
            path("<path:object_id>/preview/", view, name="explainer_article_preview"),
            *super().get_urls(),
        ]

    def preview_view(self, request: HttpRequest, object_id: str | None = None) -> HttpResponse:
        """GET: the article as stored. POST: as the form says now; nothing is stored."""
        article = self.get_object(request, object_id) if object_id else None
        if article is None and (object_id is not None or request.method != "POST"):
            raise Http404
        if request.method != "POST":
            if not self.has_view_or_change_permission(request, article):
                raise PermissionDenied
            return preview.saved(request, article)
        may_change = article is not None and self.has_change_permission(request, article)
        may_add = article is None and self.has_add_permission(request)
        if not (may_change or may_add):
            raise PermissionDenied
        return preview.unsaved(request, article, self)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Article | None = None
    ) -> tuple[str, ...]:
        """The address is public once somebody answered there: their links must go on working."""
        return ("slug",) if obj and is_in_use(obj.discussion) else ()

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Article | None = None
    ) -> dict[str, tuple[str, ...]]:
        return {} if obj else {"slug": ("title",)}

    def save_model(
        self, request: HttpRequest, obj: Article, form: ArticleForm, change: bool
    ) -> None:
        """Saves as every other way does, and tells the discussion what changed."""
        asked = form.cleaned_data
        subject_before = obj.discussion.subject if change else asked["subject"]
        prompt = asked["intent_prompt"]
        publishing.save_article(
            obj, subject=asked["subject"], actor=request.user, intent_prompt=prompt
        )
        if change:
            word_questions(obj.discussion, subject_before=subject_before, intent_prompt=prompt)
        set_discussion_state(
            discussion=obj.discussion, state=asked["discussion_state"], actor=request.user
        )

    def has_delete_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and not (obj and is_in_use(obj.discussion))

    def delete_model(self, request: HttpRequest, obj: Article) -> None:
        publishing.delete_article(article=obj, actor=request.user)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple:
        """Says that the discussion goes too."""
        lines, counts, lacking, protected = super().get_deleted_objects(objs, request)
        lines += [_("Discussion: %s") % article.discussion for article in objs]
        return lines, counts, lacking, protected


panel.dress(admin.site)
