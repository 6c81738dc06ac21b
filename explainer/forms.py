"""The form of an article, with what its discussion needs to know."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from explainer.models import Article, Example
from polls.admin.forms import CleanTextForm
from polls.models import Discussion, Topic
from polls.models.questions import INTENT

SUBJECT = Discussion._meta.get_field("subject")


class ArticleForm(CleanTextForm):
    """An article, and the subject, the second question and the state of its discussion."""

    subject = forms.CharField(
        label=_("Subject"),
        max_length=SUBJECT.max_length,
        widget=AdminTextInputWidget,
        help_text=SUBJECT.help_text,
    )
    intent_prompt = forms.CharField(
        label=_("Second question"),
        max_length=200,
        required=False,
        widget=AdminTextInputWidget,
        help_text=_("“Will you read any?” Left empty: “Will you try it?”"),
    )
    discussion_state = forms.ChoiceField(label=_("State"), choices=Discussion.State)

    class Meta:
        model = Article
        fields = (
            *("title", "slug", "kicker", "standfirst", "short_answer", "body", "advisory"),
            *("byline", "author", "answers_topic", "status", "published_at"),
        )
        widgets = {
            "standfirst": AdminTextareaWidget(attrs={"rows": 2}),
            "short_answer": AdminTextareaWidget(attrs={"rows": 4, "class": "markdown"}),
            "body": AdminTextareaWidget(attrs={"rows": 32, "class": "markdown tall"}),
            "advisory": AdminTextareaWidget(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "title" in self.fields:  # not in the form of who may only look
            self._limit()
        if self.instance.discussion_id:
            discussion = self.instance.discussion
            intent = discussion.questions.filter(key=INTENT).first()
            self.initial.setdefault("subject", discussion.subject)
            self.initial.setdefault("intent_prompt", intent.prompt if intent else "")
            self.initial.setdefault("discussion_state", discussion.state)

    def _limit(self) -> None:
        self.fields["author"].queryset = get_user_model().objects.filter(is_staff=True)
        # A rejected topic was never listed, so no article can be the answer to it.
        topics = Topic.objects.exclude(status=Topic.Status.REJECTED)
        self.fields["answers_topic"].queryset = topics
        date, time = self.fields["published_at"].widget.widgets
        date.attrs["aria-label"] = _("Publication date")
        time.attrs["aria-label"] = _("Publication time")

    def clean(self) -> dict[str, Any]:
        """What is published without a time is published now; so is what “Publish now” sends."""
        super().clean()
        asked, now = self.cleaned_data, timezone.now()
        is_later = asked.get("published_at") is None or asked["published_at"] > now
        if "_publish" in self.data:
            asked["status"] = Article.Status.PUBLISHED
            asked["published_at"] = now if is_later else asked["published_at"]
        elif asked.get("status") == Article.Status.PUBLISHED and "published_at" not in self.errors:
            asked["published_at"] = asked.get("published_at") or now
        return asked


class ExampleForm(CleanTextForm):
    """An example card."""

    class Meta:
        model = Example
        fields = ("work", "sentence", "facts", "position")
        widgets = {
            "sentence": AdminTextareaWidget(attrs={"rows": 2}),
            "facts": AdminTextareaWidget(attrs={"rows": 2}),
        }
