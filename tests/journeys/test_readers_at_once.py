"""Readers and the staff at one thing in the same moment: each act is done once, and answered."""

from functools import partial

import pytest

from polls.actions.appeals import make_appeal
from polls.actions.discussions import delete_discussion
from polls.actions.moderation import hide_comment
from polls.actions.mutes import mute_author
from polls.actions.notices import send_notice
from polls.actions.questions import answer_question
from polls.actions.recount import differences
from polls.actions.topics import set_topic_status, suggest_topic
from polls.actions.works import name_favourite
from polls.errors import Closed, Refused
from polls.models import Appeal, Discussion, ModerationEntry, Mute, Notice, Reader, Topic
from polls.queries import access
from tests.factories import (
    make_article,
    make_comment,
    make_reader,
    make_topic,
    make_user,
    make_work,
)
from tests.racing import while_open

pytestmark = pytest.mark.django_db(transaction=True)


def again(row):
    """The same row as another request reads it."""
    return row.__class__.objects.get(pk=row.pk)


@pytest.fixture
def discussion(transactional_db):
    return make_article().discussion


@pytest.fixture
def ed(transactional_db):
    return make_user("ed", is_staff=True)


def test_two_readers_mute_each_other(discussion):
    by_ann, by_sam = (make_comment(discussion, make_reader(name)) for name in ("Ann", "Sam"))
    while_open(
        partial(mute_author, comment=by_sam, reader=again(by_ann.reader)),
        partial(mute_author, comment=by_ann, reader=again(by_sam.reader)),
    )
    assert Mute.objects.count() == 2


def test_a_notice_is_sent_twice_and_is_one(discussion):
    comment = make_comment(discussion)
    why = "The second sentence is a threat against a named person."
    facts = {"name": "Nora", "email": "", "explanation": why, "address": "203.0.113.9"}
    send = [partial(send_notice, comment=again(comment), **facts) for _ in range(2)]
    (sent,) = while_open(*send)
    assert sent == Notice.objects.get()
    assert ModerationEntry.objects.filter(act="notice_received").count() == 1


def test_an_appeal_is_sent_twice_and_is_one(discussion, ed):
    comment = hide_comment(comment=make_comment(discussion), actor=ed, reason="unkind")
    words = "It was about the film, not about the person."
    appeal = [
        partial(make_appeal, comment=again(comment), reader=again(comment.reader), text=words)
        for _ in range(2)
    ]
    (made,) = while_open(*appeal)
    assert made == Appeal.objects.get()


class TestTwoEditors:
    @pytest.fixture
    def topic(self, transactional_db):
        return make_topic("heist", status=Topic.Status.PENDING)

    @staticmethod
    def move(topic, ed, status, reason=""):
        """As somebody who has just read how it stands."""
        return partial(set_topic_status, topic=again(topic), status=status, actor=ed, reason=reason)

    def test_one_is_told_that_the_other_was_faster(self, topic, ed):
        (told,) = while_open(self.move(topic, ed, "rejected"), self.move(topic, ed, "open"))
        assert isinstance(told, Refused)
        assert told.message == "Somebody has decided this already."
        assert again(topic).status == "rejected"

    def test_the_same_decision_is_one(self, topic, ed):
        (moved,) = while_open(self.move(topic, ed, "open"), self.move(topic, ed, "open"))
        assert moved.status == "open"
        assert ModerationEntry.objects.filter(topic=topic).count() == 1

    def test_the_reason_of_the_first_stands(self, topic, ed):
        decline = [self.move(topic, ed, "declined", why) for why in ("Too narrow", "A quarrel")]
        (told,) = while_open(*decline)
        assert isinstance(told, Refused)
        assert again(topic).declined_reason == "Too narrow"


class TestDeletingAPage:
    """A page that nobody used may go: not beside the first who does."""

    @pytest.fixture
    def act(self, discussion):
        """What somebody new does there, who has the page before them."""
        make_work("Dune")
        react = partial(
            answer_question,
            question=access.question(discussion.key, "reaction"),
            address="203.0.113.9",
        )
        name = partial(name_favourite, discussion=discussion, title="Dune", replace=False)
        return {
            "answer": lambda: react(reader=Reader(), choice_key="sad", stage="after"),
            "name": lambda: name(reader=Reader()),
        }

    @pytest.fixture
    def delete(self, discussion):
        discussion.article.delete()
        return lambda: delete_discussion(discussion=again(discussion))

    @pytest.mark.parametrize("kind", ["answer", "name"])
    def test_who_was_first_keeps_it(self, discussion, act, delete, kind):
        (told,) = while_open(act[kind], delete)
        assert isinstance(told, Refused)
        assert again(discussion)
        assert differences() == []

    @pytest.mark.parametrize("kind", ["answer", "name"])
    def test_who_comes_too_late_is_told_so(self, act, delete, kind):
        (told,) = while_open(delete, act[kind])
        assert isinstance(told, Closed)
        assert not Discussion.objects.exists()
        assert not Reader.objects.exists()

    def test_a_topic_that_was_suggested_there_is_kept(self, discussion, delete):
        ask = partial(suggest_topic, title="heist", note="", anyway=True, discussion=discussion)
        (topic,) = while_open(delete, lambda: ask(reader=Reader()))
        assert again(topic).discussion is None
