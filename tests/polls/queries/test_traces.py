"""What one reader left on a page is theirs alone, and found in one query."""

import pytest

from polls.models import Comment, Mute, Reader, Report
from polls.queries.afterwords import Afterword
from polls.queries.comments import Wanted, talk
from polls.queries.traces import NONE, MarksOn
from tests.factories import answer, make_comment, make_reader, make_topic, make_work, vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic():
    return make_topic(votes=2)


@pytest.fixture
def afterword(discussion, topic):
    return Afterword.read(discussion)


@pytest.fixture
def sam():
    return make_reader("Sam")


def test_nothing_is_found_of_who_has_done_nothing(afterword, sam, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert afterword.traces.read(sam.pk) == NONE


def test_everything_a_reader_left(afterword, discussion, topic, sam):
    answer(discussion, sam, "happy", stage="before")
    answer(discussion, sam, "sad")
    answer(discussion, sam, "try", question="intent")
    work = make_work()
    discussion.favourites.create(reader=sam, work=work)
    topic.votes.create(reader=sam)
    make_comment(discussion, sam, state=Comment.State.PENDING)
    make_topic("a wish of Sam’s", status="pending", reader=sam)
    found = afterword.traces.read(sam.pk)
    labels = {
        (afterword.shared.choices[choice].key, stage) for (_q, stage), choice in found.mine.items()
    }
    assert labels == {("sad", "after"), ("happy", "before"), ("try", "after")}
    assert (found.favourite, found.wanted) == (work.pk, {topic.pk})
    assert found.has_said
    assert found.has_asked
    assert afterword.onlooker(found).reaction == "sad"
    assert afterword.traces.read(make_reader("Ann").pk) == NONE


def test_an_answer_taken_back_is_none(afterword, discussion, sam):
    answer(discussion, sam, "sad")
    answer(discussion, sam, "")
    assert afterword.traces.read(sam.pk) == NONE


def test_what_was_deleted_is_not_said(afterword, discussion, sam):
    said = make_comment(discussion, sam)
    Comment.objects.filter(pk=said.pk).update(state=Comment.State.WITHDRAWN)
    assert not afterword.traces.read(sam.pk).has_said


def test_none_of_these_is_no_camp(afterword, discussion, sam):
    answer(discussion, sam, "none")
    traces = afterword.traces.read(sam.pk)
    assert afterword.stance(traces) == (None, None)
    assert afterword.onlooker(traces).camp == ""


def test_marks_on_the_comments_of_a_page(discussion, sam, django_assert_num_queries):
    good, bad, reported, muted = (make_comment(discussion) for _ in range(4))
    vote(good, sam, "good")
    vote(bad, sam, "not")
    Report.objects.create(comment=reported, reader=sam, reason="unkind")
    Mute.objects.create(reader=sam, muted=muted.reader)
    nodes = {node.id: node for node in talk(discussion, Reader(), Wanted()).nodes}
    marks = MarksOn(nodes)
    with django_assert_num_queries(1):
        found = marks.read(sam.pk)
    assert found.votes == {good.pk: "good", bad.pk: "not"}
    assert (set(found.reported), set(found.muted)) == ({reported.pk}, {muted.reader_id})
    others = marks.read(make_reader("Ann").pk)
    assert [*others.votes, *others.reported, *others.muted] == []


def test_a_page_without_comments_asks_nothing(sam, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert MarksOn({}).read(sam.pk).votes == {}
