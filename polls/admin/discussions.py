"""Discussions: open, read first, closed, hidden. Their pages own the rest."""

from functools import partial

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from polls import forms_moderation as forms
from polls.actions.discussions import close_after, set_discussion_state, set_slow_mode
from polls.admin.acts import Act
from polls.admin.forms import ActForm
from polls.admin.read_only import ReadOnlyAdmin
from polls.models import CommentTally, Discussion

State = Discussion.State
CHANGED = ngettext_lazy("%(count)d discussion changed.", "%(count)d discussions changed.", "count")


class SlowForm(ActForm, forms.SlowForm):
    """How long a reader waits between two comments."""


class CloseForm(ActForm, forms.CloseForm):
    """When it closes by itself."""


def _act(name: str, label: str, state: str) -> Act:
    return Act(
        name,
        label,
        CHANGED,
        partial(set_discussion_state, state=state),
        takes="discussion",
        fits=lambda discussion: discussion.state != state,
    )


@admin.register(Discussion)
class DiscussionAdmin(ReadOnlyAdmin):
    """What hangs below each page."""

    list_display = ("title", "key", "state", "comment_count", "opens_at")
    list_filter = ("state",)
    search_fields = ("title", "key", "subject")
    date_hierarchy = "opens_at"
    ordering = ("-id",)
    fields = (
        "title",
        ("subject", "key", "url"),
        "state",
        ("slow_seconds", "close_after_days"),
        ("opens_at", "author"),
        "asked",
    )
    acts = (
        _act("open", gettext_lazy("Open"), State.OPEN),
        _act("read_first", gettext_lazy("Read every comment first"), State.READ_FIRST),
        _act("close", gettext_lazy("Close"), State.READ_ONLY),
        _act("hide", gettext_lazy("Hide"), State.HIDDEN),
        Act(
            "slow",
            gettext_lazy("Slow mode…"),
            CHANGED,
            set_slow_mode,
            takes="discussion",
            form=SlowForm,
        ),
        Act(
            "close_after",
            gettext_lazy("Close after some days…"),
            CHANGED,
            close_after,
            takes="discussion",
            form=CloseForm,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        tallies = CommentTally.objects.filter(discussion=OuterRef("pk")).order_by()
        total = Subquery(tallies.values("discussion").annotate(n=Sum("count")).values("n"))
        return super().get_queryset(request).annotate(published_count=Coalesce(total, 0))

    @admin.display(description=gettext_lazy("comments"), ordering="published_count")
    def comment_count(self, discussion: Discussion) -> int:
        return discussion.published_count

    @admin.display(description=gettext_lazy("questions"))
    def asked(self, discussion: Discussion) -> str:
        rows = [
            (reverse("admin:polls_question_change", args=[question.pk]), question.prompt)
            for question in discussion.questions.all()
        ]
        add = f"{reverse('admin:polls_question_add')}?discussion={discussion.pk}"
        return format_html_join(" · ", '<a href="{}">{}</a>', [*rows, (add, _("Ask one more"))])

    def view_on_site(self, discussion: Discussion) -> str | None:
        return discussion.url if discussion.opens_at else None
