"""The drawing helpers of the templates: what they write, and what they never let through."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.template import Context, Template
from django.test import override_settings

from polls.templatetags import polls_ui

NOON = datetime(2026, 6, 3, 12, 0, tzinfo=UTC)
HOSTILE = "</script><script>alert(1)</script>"


def test_an_icon_points_into_the_sprite_and_is_hidden_from_screen_readers():
    drawn = polls_ui.icon("sad", "sad face")
    assert '<use href="#i-sad"/>' in drawn
    assert 'class="i sad face"' in drawn
    assert 'aria-hidden="true"' in drawn


def test_an_icon_name_cannot_leave_its_attribute():
    assert "<img>" not in polls_ui.icon('x"><img>', '"><img>')


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(minutes=119), "1 hour ago"),
        (timedelta(days=8), "1 week ago"),
        (timedelta(days=800), "2 years ago"),
    ],
)
@time_machine.travel(NOON, tick=False)
def test_a_time_is_told_in_one_rounded_down_unit(age, words):
    drawn = polls_ui.ago(NOON - age)
    assert re.sub(r"<[^>]*>", "", drawn).replace("\xa0", " ") == words


@time_machine.travel(NOON, tick=False)
@override_settings(TIME_ZONE="UTC")
def test_the_exact_time_stands_in_the_title_and_for_machines():
    drawn = polls_ui.ago(NOON - timedelta(hours=3))
    assert 'title="3 June 2026, 09:00"' in drawn
    assert 'datetime="2026-06-03T09:00:00+00:00"' in drawn
    assert "<a " not in drawn


@time_machine.travel(NOON, tick=False)
def test_a_time_links_to_itself_when_it_has_an_address():
    drawn = polls_ui.ago(NOON, "/articles/isekai/?comment=1&x=2#c1")
    assert '<a href="/articles/isekai/?comment=1&amp;x=2#c1">just now</a>' in drawn


def test_structured_data_comes_back_as_it_went_in():
    data = {"headline": "What is isekai?", "native": "異世界", "sentence": HOSTILE + "&amp;"}
    drawn = polls_ui.ld_json(data)
    found = re.fullmatch(r'<script type="application/ld\+json">(.*)</script>', drawn)
    assert found
    assert json.loads(found[1]) == data


def test_structured_data_cannot_end_its_own_script_element():
    drawn = polls_ui.ld_json({"sentence": HOSTILE + "<!--"})
    assert drawn.count("</script>") == 1
    assert drawn.count("<") == 2


def test_a_share_becomes_a_length_of_the_svg_bar():
    assert polls_ui.percent(18) == "18%"


@pytest.mark.parametrize(("number", "said"), [(3, "3"), (3000, "3,000"), (1234567, "1,234,567")])
def test_long_numbers_are_written_in_groups(number, said):
    assert polls_ui.in_group(number) == said


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("/articles/isekai/#comments", ""),
        ("/articles/isekai/?order=oldest&page=2#comments", "?order=oldest&page=2"),
        ("/articles/isekai/?#comments", ""),
    ],
)
def test_what_an_address_asks_for_is_cut_out_of_it(url, asked):
    assert polls_ui.query(url) == asked


def test_the_helpers_escape_what_readers_typed():
    template = Template("{% load polls_ui %}{{ url|query }}")
    assert "<b>" not in template.render(Context({"url": "/?a=<b>"}))
