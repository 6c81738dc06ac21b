"""Frames: what is drawn around a slot, and what their keys are made of."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils.translation import gettext_lazy

from polls.pieces.frames import IN_FRAME, Frame, digest, mark

SLOTTED = "{% load polls_pieces %}<p>{% slot name %}<b>{{ name }}</b>{% endslot %}</p>{{ rest }}"


@dataclass
class Said:
    words: object


def test_a_slot_drawn_as_usual_is_not_there():
    drawn = Template(SLOTTED).render(Context({"name": "Ann", "rest": "!"}))
    assert drawn == "<p><b>Ann</b></p>!"


def test_a_slot_of_a_frame_takes_what_it_is_filled_with():
    drawn = Template(SLOTTED).render(Context({IN_FRAME: True, "rest": "!"}))
    frame = Frame(drawn.encode())
    assert frame.filled(name=b"Sam") == b"<p>Sam</p>!"
    assert frame.filled() == b"<p></p>!"
    assert frame.filled(other=b"x") == b"<p></p>!"
    assert [name for name, _part in frame] == ["", "name", ""]


def test_a_mark_keeps_its_form_where_text_is_escaped():
    drawn = Template('<input value="{{ name }}">').render(Context({"name": mark("name")}))
    assert Frame(drawn.encode()).filled(name=b"Ann") == b'<input value="Ann">'


def test_a_slot_that_is_not_closed_is_an_error():
    with pytest.raises(TemplateSyntaxError):
        Template("{% load polls_pieces %}{% slot name %}")


def test_a_digest_tells_values_apart():
    moment = datetime(2026, 6, 3, tzinfo=UTC)
    values = [
        1,
        "1",
        None,
        "",
        "ann",
        ["ann"],
        {"a": 1},
        {"a": 2},
        Said("ann"),
        Said(["ann"]),
        moment,
        date(2026, 6, 4),
    ]
    assert len({digest(value) for value in values}) == len(values)
    assert digest(Said(gettext_lazy("Saved"))) == digest(Said("Saved"))
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})


def test_a_value_that_does_not_tell_all_of_itself_is_no_key():
    with pytest.raises(TypeError):
        digest(object())
