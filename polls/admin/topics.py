"""Topics: approve, answer, decline, merge, correct the wording. Votes are the readers' own."""

from functools import partial

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from polls.actions import topics as actions
from polls.admin.acts import Act
from polls.admin.forms import ActForm, MergeForm, ReasonForm, cleaned
from polls.admin.moderation import LogInline
from polls.admin.read_only import ReadOnlyAdmin
from polls.errors import Refused
from polls.models import Topic, TopicAlias, TopicVote
from polls.rules import topics as rules

Status = Topic.Status


def move(*, topic: Topic, actor: AbstractUser, status: str, reason: str = "") -> Topic:
    """Moves a topic along, unless a page answers it: that one says "published" by itself."""
    if topic.url:
        raise Refused(_("It has its article. Take it off the article's form first."))
    return actions.set_topic_status(topic=topic, status=status, actor=actor, reason=reason)


def may_become(topic: Topic, *, status: str) -> bool:
    """Whether the rules know a step from where a topic is."""
    return not topic.url and status in rules.TRANSITIONS[topic.status]


class TopicMergeForm(MergeForm):
    """Which topic stays."""

    reference = TopicVote._meta.get_field("topic")

    def targets(self) -> QuerySet:
        return Topic.objects.exclude(status=Status.REJECTED)

    def likely_target(self) -> Topic | None:
        if len(self.rows) > 1:
            return max(self.rows, key=lambda topic: (bool(topic.url), topic.vote_count))
        others = TopicAlias.objects.filter(topic__in=self.targets()).exclude(topic__in=self.rows)
        titles = dict(others.values_list("title", "topic_id"))
        alike = rules.similar(self.rows[0].title, titles, limit=1)
        return Topic.objects.filter(pk__in=alike).first()

    @property
    def facts(self) -> list[str]:
        wordings = TopicAlias.objects.filter(topic__in=self.rows).values_list("title", flat=True)
        votes = sum(topic.vote_count for topic in self.rows)
        return [
            ngettext(
                "%(count)d vote; who voted for both is counted once.",
                "%(count)d votes; who voted for both is counted once.",
                votes,
            )
            % {"count": votes},
            _("The wordings %s find the topic that stays.")
            % ", ".join(f"“{title}”" for title in wordings),
        ]


class RetitleForm(ActForm):
    """A better wording."""

    title = forms.CharField(
        label=gettext_lazy("What’s … ?"),
        max_length=rules.TITLE_LENGTH[1],
        widget=AdminTextInputWidget,
        help_text=gettext_lazy("The topic is found under its old wording too."),
    )

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        self.initial["title"] = self.rows[0].title

    def clean(self) -> dict:
        if len(self.rows) > 1:
            raise ValidationError(_("Choose one topic: two cannot have the same wording."))
        return self.cleaned_data

    def clean_title(self) -> str:
        least, most = rules.TITLE_LENGTH
        return cleaned(self.cleaned_data["title"], least=least, most=most)


@admin.register(Topic)
class TopicAdmin(ReadOnlyAdmin):
    """Every suggestion, the newest first."""

    list_display = ("title", "status", "vote_count", "merged_count", "reader", "created_at")
    list_filter = ("status",)
    list_select_related = ("reader",)
    search_fields = ("title", "note", "aliases__title")
    date_hierarchy = "created_at"
    ordering = ("-id",)
    waiting = {"status__exact": Status.PENDING}
    fields = (
        "title",
        "note",
        ("status", "declined_reason", "url"),
        ("vote_count", "merged_count", "wordings"),
        ("reader", "discussion", "created_at"),
    )
    inlines = (LogInline,)
    acts = (
        Act(
            "approve",
            gettext_lazy("List it as waiting"),
            ngettext_lazy("%(count)d topic listed.", "%(count)d topics listed.", "count"),
            partial(move, status=Status.OPEN),
            takes="topic",
            fits=partial(may_become, status=Status.OPEN),
        ),
        Act(
            "write",
            gettext_lazy("Mark as being written"),
            ngettext_lazy(
                "%(count)d topic is being written.", "%(count)d topics are being written.", "count"
            ),
            partial(move, status=Status.WRITING),
            takes="topic",
            fits=partial(may_become, status=Status.WRITING),
        ),
        Act(
            "decline",
            gettext_lazy("Decline…"),
            ngettext_lazy("%(count)d topic declined.", "%(count)d topics declined.", "count"),
            partial(move, status=Status.DECLINED),
            takes="topic",
            form=ReasonForm,
            about=gettext_lazy("It stays on the list, with the reason."),
            fits=partial(may_become, status=Status.DECLINED),
        ),
        Act(
            "reject",
            gettext_lazy("Reject"),
            ngettext_lazy("%(count)d topic rejected.", "%(count)d topics rejected.", "count"),
            partial(move, status=Status.REJECTED),
            takes="topic",
            fits=partial(may_become, status=Status.REJECTED),
        ),
        Act(
            "merge",
            gettext_lazy("Merge…"),
            ngettext_lazy("%(count)d topic merged.", "%(count)d topics merged.", "count"),
            actions.merge_topics,
            takes="source",
            form=TopicMergeForm,
            about=gettext_lazy("A merged topic becomes a wording of the one that stays."),
        ),
        Act(
            "retitle",
            gettext_lazy("Correct the wording…"),
            ngettext_lazy("%(count)d wording corrected.", "%(count)d wordings corrected.", "count"),
            actions.retitle_topic,
            takes="topic",
            form=RetitleForm,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("reader")

    @admin.display(description=gettext_lazy("wordings"))
    def wordings(self, topic: Topic) -> str:
        return ", ".join(alias.title for alias in topic.aliases.all())

    def view_on_site(self, topic: Topic) -> str | None:
        return topic.url or None
