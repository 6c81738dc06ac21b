"""The shape of what moderators send: reasons, warnings, answers, and the numbers of a pause."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polls.actions.discussions import LONGEST, SLOWEST
from polls.errors import Refused
from polls.models import Discussion
from polls.rules import text
from polls.rules.moderation import REASONS

# As the columns that keep them.
REASON_MOST, WARNING_MOST, ANSWER_MOST = 200, 300, 500
DAYS_MOST = 365
NO_REASON = gettext_lazy("Give a reason: its author is shown it.")


def reason_choices() -> list[tuple[str, str]]:
    """The reasons of the rules for comments, as a list of choices writes them."""
    return [(key, capfirst(_(label))) for key, label in REASONS.items()]


class LineField(forms.CharField):
    """A sentence of the moderator's own, clean as a reader's line must be."""

    def clean(self, value: Any) -> str:
        value = super().clean(value)
        try:
            return text.clean_line(value, least=1, most=self.max_length) if value else ""
        except Refused as refusal:
            raise ValidationError(refusal.translated(_)) from refusal


def sentence(label: str, most: int, problem: str, **options: Any) -> LineField:
    """A required line with our own words for nothing and for too much."""
    too_long = gettext_lazy("Shorten it to %(limit_value)d characters or fewer.")
    return LineField(
        label=label,
        max_length=most,
        error_messages={"required": problem, "max_length": too_long},
        **options,
    )


def number(label: str, most: int, *, least: int = 1, **options: Any) -> forms.IntegerField:
    """A whole number between `least` and `most`."""
    problem = gettext_lazy("Enter a whole number from %(least)s to %(most)s.")
    words = problem % {"least": least, "most": most}
    names = ("required", "invalid", "min_value", "max_value")
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        error_messages=dict.fromkeys(names, words),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        **options,
    )


class NothingForm(forms.Form):
    """An act that asks nothing more."""


class EraseForm(forms.Form):
    """Why something goes for good."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason shown to readers"),
        error_messages={"required": NO_REASON, "invalid_choice": NO_REASON},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].choices = [("", _("Choose a reason")), *reason_choices()]


class WarnForm(forms.Form):
    """What a reader is told once, the next time they are here."""

    text = sentence(
        gettext_lazy("What this reader is told"),
        WARNING_MOST,
        gettext_lazy("Write what this reader should know."),
    )


class SuspendForm(forms.Form):
    """A pause, and why."""

    days = number(gettext_lazy("Days"), DAYS_MOST, initial=3)
    reason = sentence(gettext_lazy("Reason this reader is shown"), REASON_MOST, NO_REASON)


class BlockForm(forms.Form):
    """A block, why, and what becomes of the reader's answers and votes."""

    reason = sentence(gettext_lazy("Reason this reader is shown"), REASON_MOST, NO_REASON)
    votes = forms.ChoiceField(
        label=gettext_lazy("Answers and votes so far"),
        choices=[
            ("keep", gettext_lazy("Leave them in the counts")),
            ("hold", gettext_lazy("Set them aside until the block ends")),
            ("withdraw", gettext_lazy("Withdraw them for good")),
        ],
        error_messages={
            "required": gettext_lazy("Choose what becomes of the answers and votes."),
            "invalid_choice": gettext_lazy("Choose what becomes of the answers and votes."),
        },
    )


class StateForm(forms.Form):
    """Who may say something in a discussion."""

    state = forms.ChoiceField(label=gettext_lazy("State"), choices=Discussion.State)


class SlowForm(forms.Form):
    """How long a reader waits between two comments in a discussion."""

    seconds = number(
        gettext_lazy("Slow mode: seconds between two comments of a reader"),
        SLOWEST,
        least=0,
        help_text=gettext_lazy("0 for the usual limits."),
    )


class CloseForm(forms.Form):
    """When a discussion closes by itself."""

    days = number(
        gettext_lazy("Closes after so many days"),
        LONGEST,
        required=False,
        help_text=gettext_lazy(
            "Counted from the day its page became public, so it must be more days than have passed "
            "since. Empty for never."
        ),
    )


class AnswerForm(forms.Form):
    """What is answered to an appeal or a notice."""

    answer = sentence(
        gettext_lazy("Answer"),
        ANSWER_MOST,
        gettext_lazy("Write an answer: whoever asked is shown it."),
    )
