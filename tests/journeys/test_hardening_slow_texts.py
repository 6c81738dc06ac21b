"""Texts made to keep a renderer busy: what each costs the server.

The one limit of time in these tests. It is of processor time, so that what else the machine does
hardly counts; `tests/polls/rules/test_text_corpora.py` counts the work itself, and how it grows.
"""

import time
from collections.abc import Callable

import pytest

from explainer.rendering import render_article
from polls.rules.markdown import readable, render_comment
from polls.rules.text import BODY_MOST, excerpt
from tests import corpora

LONGEST = 0.25  # seconds of processor time
TRIES = 3  # the least of them: the first of all also loads and compiles
CLASSES = 44  # known ways to write such a text, at the least


def processor_seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def least(render: Callable[[str], object], text: str) -> float:
    """What it costs to render a text that nobody has sent before."""
    costs = []
    for _ in range(TRIES):
        render_comment.cache_clear()
        costs.append(processor_seconds(lambda: render(text)))
    return min(costs)


@pytest.mark.parametrize("render", [render_comment, readable, excerpt, render_article])
def test_no_text_keeps_the_server_busy(render):
    texts = corpora.pathological(BODY_MOST)
    assert len(texts) >= CLASSES
    cost = {name: least(render, text) for name, text in texts.items()}
    assert {name: seconds for name, seconds in cost.items() if seconds > LONGEST} == {}


def test_the_clock_would_notice():
    def quadratic(text: str) -> int:
        return sum(one == other for one in text for other in text)

    text = max(corpora.pathological(2 * BODY_MOST).values(), key=len)
    assert least(quadratic, text) > LONGEST
