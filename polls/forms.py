"""The shape of what readers send, and how it is asked. No rule: those are in polls.rules."""

from contextlib import suppress
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from polls.actions.stamps import make_stamp
from polls.rules.text import BODY_MOST, NAME_MOST
from polls.rules.topics import TITLE_LENGTH


def posted(form: type[forms.Form], data: QueryDict) -> dict[str, Any]:
    """What the fields of a form read in what was sent; one that refuses it is left out.

    For an act that comes by the thousand: to make a form is a tenth of the work of a comment.
    """
    said = {}
    for name, field in form.base_fields.items():
        with suppress(forms.ValidationError):
            said[name] = field.clean(field.widget.value_from_datadict(data, {}, name))
    return said


class RawCharField(forms.CharField):
    """Passes text on as it came: stripping and refusing characters is the rules' business."""

    def __init__(
        self, *, most: int, affixes: tuple[str, str] | None = None, **options: object
    ) -> None:
        super().__init__(strip=False, required=False, **options)
        # Django's own validator would refuse NUL with a sentence that is not ours.
        self.validators = []
        # For the counter. No maxlength: a browser would cut what somebody pastes, without a word.
        self.most, self.affixes = most, affixes
        self.widget.attrs["data-most"] = most


class RawChoiceField(forms.ChoiceField):
    """Offers choices and passes on what came: whether it is one of them is the rules' business."""

    def __init__(self, **options: object) -> None:
        super().__init__(required=False, **options)

    def validate(self, value: str) -> None:
        """Everything may pass."""


class CommentForm(forms.Form):
    """A comment or a reply."""

    body = RawCharField(
        label=_("Say why"),
        help_text=_("To hide a plot detail, put it between [spoiler] and [/spoiler]."),
        most=BODY_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    name = RawCharField(
        label=_("Your name"),
        help_text=_("Shown with your comment. No account is needed."),
        most=NAME_MOST,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    show_reaction = forms.BooleanField(
        label=_("Show my reaction with it"),
        required=False,
        # Who has once said no is not asked back in by a piece that arrives later.
        widget=forms.CheckboxInput(attrs={"hx-preserve": "true"}),
    )
    parent = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    # When the form was drawn, so that what no person can have typed yet is read first.
    stamp = forms.CharField(
        required=False, widget=forms.HiddenInput, initial=make_stamp, max_length=100
    )
    # Nobody sees it; a script fills in whatever it finds.
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )


class EditForm(forms.Form):
    """The new text of one's own comment."""

    body = RawCharField(
        label=_("Your comment"),
        most=BODY_MOST,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class FavouriteForm(forms.Form):
    """The title of a work."""

    title = RawCharField(
        label=_("Title"),
        most=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "known"}),
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        # A page holds this form and the one for a topic: their titles must not share an id.
        super().__init__(data, auto_id="id_%s_work")


class TopicForm(forms.Form):
    """What stands between “What’s” and “?”, and why."""

    title = RawCharField(
        label=_("Your question"),
        most=TITLE_LENGTH[1],
        affixes=(_("What’s"), "?"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = RawCharField(
        label=_("Why this one?"),
        help_text=_("Optional"),
        most=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="id_%s_topic")


class ReportForm(forms.Form):
    """Why a comment breaks the rules."""

    reason = RawChoiceField(
        label=_("What is wrong with it?"),
        choices=[
            ("off_topic", _("It is off topic")),
            ("unkind", _("It attacks a person")),
            ("spam", _("It is spam")),
            ("spoiler", _("It gives a plot away, unmarked")),
            ("illegal", _("It is against the law")),
            ("other", _("It breaks another rule")),
        ],
        widget=forms.RadioSelect,
    )
    note = RawCharField(
        label=_("Anything a moderator should know?"),
        help_text=_("Optional. Only moderators read it."),
        most=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class AppealForm(forms.Form):
    """Why a decision should be looked at again."""

    text = RawCharField(
        label=_("Why should we look at it again?"),
        help_text=_("A moderator reads this, and answers here. You can appeal once."),
        most=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class NoticeForm(forms.Form):
    """A notice of illegal content, which the law lets everybody send."""

    explanation = RawCharField(
        label=_("Why is it illegal?"),
        help_text=_("Which passage, and which law it breaks, as far as you can say."),
        most=3000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    name = RawCharField(
        label=_("Your name"),
        help_text=_("Optional"),
        most=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = RawCharField(
        label=_("Your email address"),
        help_text=_("Optional. Without it, the address of the next page is how you learn more."),
        most=0,  # nobody counts the characters of an address
        widget=forms.TextInput(
            attrs={"autocomplete": "email", "inputmode": "email", "type": "email"}
        ),
    )
    good_faith = forms.BooleanField(
        label=_("To the best of my knowledge, what I say here is true and complete."),
        required=False,
    )
