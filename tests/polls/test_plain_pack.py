"""The crispy pack "plain": label, hint, error and control in that order, tied together by ids."""

import html5lib
import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Button, Div, Layout, Submit
from django import forms
from django.template import Context, Template

HTML = "{http://www.w3.org/1999/xhtml}"


class Everything(forms.Form):
    """One field of each kind that the pack draws."""

    name = forms.CharField(label="Name", help_text="As on the cover.")
    mail = forms.EmailField(label="Email")
    why = forms.CharField(label="Why", widget=forms.Textarea)
    secret = forms.CharField(label="Password", widget=forms.PasswordInput)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A book"), ("b", "A film")])
    size = forms.ChoiceField(
        label="Size",
        help_text="Pick one.",
        choices=[("s", "Small"), ("l", "Large")],
        widget=forms.RadioSelect,
    )
    agree = forms.BooleanField(label="I agree", help_text="You can change your mind.")
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def draw(form, source="{{ form|crispy }}"):
    text = Template("{% load crispy_forms_tags %}" + source).render(Context({"form": form}))
    return text, html5lib.parse(f"<!doctype html><main>{text}</main>")


def by_id(tree, value):
    found = [e for e in tree.iter() if e.get("id") == value]
    assert len(found) == 1, f"{value} stands {len(found)} times"
    return found[0]


def test_every_control_has_a_label_of_its_own():
    _text, tree = draw(Everything())
    labelled = {label.get("for") for label in tree.iter(f"{HTML}label")}
    for tag in ("input", "textarea", "select"):
        for control in tree.iter(HTML + tag):
            if control.get("type") != "hidden":
                assert control.get("id") in labelled


def test_what_describes_a_control_exists_once_hint_before_error():
    _text, tree = draw(Everything({}))
    described = [e for e in tree.iter() if e.get("aria-describedby")]
    assert len(described) == 7
    for element in described:
        for reference in element.get("aria-describedby").split():
            assert "".join(by_id(tree, reference).itertext()).strip()
    assert by_id(tree, "id_name").get("aria-describedby") == "id_name_helptext id_name_error"


def test_label_hint_error_and_control_stand_in_that_order():
    text, _tree = draw(Everything({}), "{{ form.name|as_crispy_field }}")
    places = [
        text.index(part) for part in ("<label", "id_name_helptext", "id_name_error", "<input")
    ]
    assert places == sorted(places)


def test_a_wrong_control_is_marked_and_its_error_says_so_to_who_cannot_see_the_colour():
    _text, tree = draw(Everything({}))
    assert by_id(tree, "id_mail").get("aria-invalid") == "true"
    said = "".join(by_id(tree, "id_mail_error").itertext())
    assert " ".join(said.split()) == "Error: This field is required."


def test_a_control_in_order_is_not_described_by_an_error():
    _text, tree = draw(Everything({"name": "Ann"}))
    name = by_id(tree, "id_name")
    assert name.get("aria-invalid") is None
    assert name.get("aria-describedby") == "id_name_helptext"


@pytest.mark.parametrize(
    ("data", "heading"),
    [
        ({"name": "Ann", "mail": "a@example.org", "why": "so", "secret": "s", "kind": "a",
          "size": "s"}, "There is a problem"),
        ({}, "There are 7 problems"),
    ],
)  # fmt: skip
def test_the_summary_counts_the_problems_and_links_to_the_fields(data, heading):
    _text, tree = draw(Everything(data))
    assert " ".join("".join(next(tree.iter(f"{HTML}h2")).itertext()).split()) == heading
    links = [a.get("href") for a in tree.iter(f"{HTML}a")]
    assert "#id_agree" in links
    for link in links:
        assert by_id(tree, link.removeprefix("#")) is not None


def test_a_form_without_problems_has_no_summary():
    text, _tree = draw(Everything())
    assert "problem" not in text


def test_a_hidden_field_is_drawn_bare():
    text, _tree = draw(Everything(), "{{ form.token|as_crispy_field }}")
    assert text.split() == ["<input", 'type="hidden"', 'name="token"', 'id="id_token">']


def test_a_whole_form_with_a_layout_is_drawn_without_inline_style_or_script():
    form = Everything()
    form.helper = FormHelper()
    form.helper.form_action = "/somewhere/"
    form.helper.layout = Layout(Div("name", css_class="two"), "mail", Button("back", "Back"))
    form.helper.add_input(Submit("save", "Save"))
    text, tree = draw(form, "{% crispy form %}")
    whole = next(tree.iter(f"{HTML}form"))
    assert whole.get("action") == "/somewhere/"
    assert whole.get("novalidate") is not None
    assert [i.get("value") for i in tree.iter(f"{HTML}input") if i.get("class") == "btn"] == [
        "Back",
        "Save",
    ]
    assert "style=" not in text
    assert "<script" not in text


def test_what_somebody_typed_is_escaped():
    text, _tree = draw(Everything({"name": '"><b>', "why": "</textarea><b>"}))
    assert "<b>" not in text
