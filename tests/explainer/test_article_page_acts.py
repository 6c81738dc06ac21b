"""Whatever readers and moderators do, no kept page outlives it."""

from unittest.mock import patch

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from polls import pieces
from polls.actions import limits
from polls.actions.comments import edit_comment, post_comment, withdraw_comment
from polls.actions.moderation import hide_comment, lock_thread, publish_comment
from polls.actions.mutes import mute_author
from polls.actions.picks import pick_comment
from polls.actions.reports import report_comment
from polls.actions.topics import vote_topic
from polls.actions.votes import vote_comment
from polls.actions.works import name_favourite
from polls.errors import Refused
from polls.models import Comment
from tests.conftest import Browser
from tests.factories import (
    answer,
    make_article,
    make_comments,
    make_old_stamp,
    make_topic,
    make_user,
    number,
    trust,
)

PAGE = "/articles/isekai/"
people, places = st.integers(0, 1), st.integers(0, 30)


def post(who, where, said, stage):
    """A comment, or a reply to another."""
    post_comment(
        discussion=stage.discussion,
        reader=who,
        body=f"Comment {number()}",
        name="Ann",
        show_reaction=True,
        parent=where if said % 2 else None,
        address="203.0.113.1",
        stamp=make_old_stamp(),
    )


ACTS = [
    post,
    lambda who, where, said, stage: answer(
        stage.discussion, who, ["enraged", "sad", "happy", "none", ""][said % 5]
    ),
    lambda who, where, said, stage: answer(
        stage.discussion, who, ["try", "stay_away", ""][said % 3], question="intent"
    ),
    lambda who, where, said, stage: vote_comment(
        comment=where, reader=who, vote=["good", "not", ""][said % 3]
    ),
    lambda who, where, said, stage: edit_comment(
        comment=where, reader=who, body=f"Better {number()}"
    ),
    lambda who, where, said, stage: withdraw_comment(comment=where, reader=who),
    lambda who, where, said, stage: report_comment(comment=where, reader=who, reason="unkind"),
    lambda who, where, said, stage: mute_author(comment=where, reader=who),
    lambda who, where, said, stage: hide_comment(comment=where, actor=stage.ed, reason="unkind"),
    lambda who, where, said, stage: publish_comment(comment=where, actor=stage.ed),
    lambda who, where, said, stage: lock_thread(comment=where, actor=stage.ed),
    lambda who, where, said, stage: pick_comment(
        comment=where, actor=stage.ed, pinned=bool(said % 2)
    ),
    lambda who, where, said, stage: name_favourite(
        discussion=stage.discussion, reader=who, title=f"Work {said % 3}", replace=True
    ),
    lambda who, where, said, stage: vote_topic(
        topic=stage.topic, reader=who, wanted=bool(said % 2)
    ),
]


class Stage:
    """An article with a few comments, two readers before it, and somebody who only looks."""

    def __init__(self):
        pieces.store.clear()  # of an example before this one, whose rows are gone
        self.discussion = make_article().discussion
        self.ed = make_user("ed", is_staff=True, is_superuser=True)
        self.topic = make_topic()
        make_comments(self.discussion, 4)
        self.browsers = [Browser(), Browser()]
        for browser in self.browsers:
            browser.post(f"{PAGE}questions/reaction/", {"answer": "sad"})
            trust(browser.reader)
        self.lookers = [*self.browsers, Browser()]

    def looks(self):
        """What each of them is shown."""
        return [browser.get(f"{PAGE}?order=best").content for browser in self.lookers]

    def do(self, act, person, place, said):
        """One act; False for one that a rule refuses."""
        rows = Comment.objects.order_by("pk")
        where = rows[place % rows.count()]
        reader = self.browsers[person].reader
        with patch.object(limits, "refuse"):
            try:
                act(reader, where, said, self)
            except Refused:
                return False
        return True

    def is_right(self):
        """Whether what is kept is what is drawn anew."""
        kept = self.looks()
        pieces.store.clear()
        return kept == self.looks()


class ActsTest(TestCase):
    """Any sequence of acts, with looks between them."""

    @settings(max_examples=5, deadline=None)
    @given(st.lists(st.tuples(st.sampled_from(ACTS), people, places, places), max_size=5))
    def test_a_kept_page_is_the_page_drawn_anew(self, sequence):
        with time_machine.travel("2026-06-03T12:00Z", tick=False):
            stage = Stage()
            stage.looks()
            for one in sequence:
                stage.do(*one)
                assert stage.is_right()


@pytest.mark.django_db
@time_machine.travel("2026-06-03T12:00Z", tick=False)
def test_each_act_once():
    stage = Stage()
    stage.looks()
    for act in ACTS:
        # On the latest comment, which is the reader's own, or else on one that takes the act.
        assert any(stage.do(act, 0, place, 1) for place in (-1, 0, 1, 2, 3)), act
        assert stage.is_right(), act
