"""Which replies of a thread are drawn, and how to get to the others."""

import pytest

from polls.models import Comment, Mute, Reader, Report
from polls.queries.comments import Wanted, more_replies, talk
from tests.factories import answer, make_comment, make_comments, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def top(discussion):
    return make_comment(discussion, make_reader("Priya"))


def opened(discussion, reader=None, **wanted):
    """The first thread of a page."""
    return talk(discussion, reader or Reader(), Wanted(**wanted)).nodes[0]


def ids(nodes):
    return [one for node in nodes for one in (node.id, *ids(node.children))]


def more(top, after, reader=None, **wanted):
    nodes, further = more_replies(top, after, reader or Reader(), Wanted(**wanted))
    return ids(nodes), further


class TestOnDemand:
    def test_every_reply_is_loaded_once(self, discussion, top):
        replies = make_comments(discussion, 130, parent=top)
        seen = ids(opened(discussion).children)
        while len(seen) < 130:
            found, further = more(top, Comment.objects.get(pk=seen[-1]))
            seen += found
            assert (further is None) == (len(seen) == 130)
        assert seen == [one.pk for one in replies]

    def test_a_reply_deep_in_a_thread_is_drawn_with_what_it_answers(self, discussion, top):
        first = make_comments(discussion, 1, parent=top)[0]
        below = make_comments(discussion, 120, parent=first)
        node = opened(discussion, open=below[100].pk)
        assert [child.id for child in node.children] == [first.pk]
        assert ids(node.children)[1:] == [one.pk for one in below[100:]]
        assert node.start_url == f"/articles/isekai/?comment={top.pk}#c{top.pk}"
        assert node.child_count == 121
        assert not node.folded

    def test_a_reply_near_the_start_needs_no_gap(self, discussion, top):
        replies = make_comments(discussion, 70, parent=top)
        node = opened(discussion, open=replies[30].pk)
        assert ids(node.children) == [one.pk for one in replies[:50]]
        assert node.start_url == ""

    def test_one_of_several_threads_is_opened(self, discussion, top):
        other = make_comment(discussion)
        make_comments(discussion, 30, parent=top)
        replies = make_comments(discussion, 30, parent=other)
        nodes = talk(discussion, Reader(), Wanted(order="oldest", open=replies[20].pk)).nodes
        assert [len(node.children) for node in nodes] == [10, 30]

    def test_after_a_comment_of_another_thread_it_begins_at_the_start(self, discussion, top):
        replies = make_comments(discussion, 5, parent=top)
        assert more(top, None) == ([one.pk for one in replies], None)

    def test_a_reply_says_to_whom_also_when_that_is_not_on_the_page(self, discussion, top):
        rolf = make_comment(discussion, make_reader("Rolf"), parent=top)
        below = make_comments(discussion, 80, parent=rolf)
        nodes, _further = more_replies(top, below[20], Reader(), Wanted())
        assert nodes[0].id == below[21].pk
        assert nodes[0].to == "Rolf"

    def test_who_is_gone_is_not_named(self, discussion, top):
        rolf = make_comment(discussion, make_reader("Rolf"), parent=top)
        below = make_comments(discussion, 80, parent=rolf)
        Comment.objects.filter(pk=rolf.pk).update(state=Comment.State.HIDDEN)
        nodes, _further = more_replies(top, below[20], Reader(), Wanted())
        assert nodes[0].to == ""

    def test_the_thread_of_a_placeholder_is_drawn(self, discussion, top):
        replies = make_comments(discussion, 15, parent=top)
        Comment.objects.filter(pk=top.pk).update(state=Comment.State.HIDDEN)
        node = opened(discussion)
        assert node.gone
        assert ids(node.children) == [one.pk for one in replies[:10]]

    def test_a_placeholder_stays_also_when_its_replies_come_later(self, discussion, top):
        replies = make_comments(discussion, 12, parent=top)
        gone = [one.pk for one in replies[:11]]
        Comment.objects.filter(pk=top.pk).update(state=Comment.State.HIDDEN)
        Comment.objects.filter(pk__in=gone).update(state=Comment.State.HIDDEN, reply_count=1)
        node = opened(discussion)
        assert node.id == top.pk
        assert node.more_query


class TestWhatItsReaderHasDone:
    @pytest.fixture
    def sam(self, discussion):
        return make_reader("Sam")

    def test_a_muted_author_is_folded_away_for_this_reader_alone(self, discussion, top, sam):
        Mute.objects.create(reader=sam, muted=top.reader)
        node = opened(discussion, sam)
        assert (node.muted, node.cover) == (True, "You have muted Priya.")
        assert node.html
        assert opened(discussion).cover == ""

    def test_a_reported_comment_is_folded_away_for_who_reported_it(self, discussion, top, sam):
        Report.objects.create(comment=top, reader=sam, reason="unkind")
        node = opened(discussion, sam)
        assert (node.reported, node.can_report) == (True, False)
        assert node.cover == "You reported this comment. A moderator will look at it."
        assert opened(discussion, make_reader()).can_report

    def test_a_locked_thread_takes_no_replies(self, discussion, top):
        make_comments(discussion, 1, parent=top)
        Comment.objects.filter(pk=top.pk).update(locked_at=top.created_at)
        node = opened(discussion)
        assert (node.locked, node.can_reply) == (True, False)
        assert not node.children[0].can_reply

    def test_numbers_are_for_who_has_answered_or_asks(self, discussion, top, sam):
        Comment.objects.update(good_count=4)
        assert opened(discussion, sam).voting.count is None
        assert opened(discussion, sam, results=True).voting.count == 4
        answer(discussion, sam, "sad")
        assert opened(discussion, sam).voting.count == 4

    def test_what_asks_for_the_numbers_stays_in_every_link(self, discussion, top, sam):
        make_comments(discussion, 30)
        make_comments(discussion, 30, parent=top)
        shown = talk(discussion, sam, Wanted(order="oldest", results=True))
        links = [shown.after_url, shown.news_url, shown.nodes[0].permalink]
        links += [url for _label, url, _current in shown.orders]
        assert [url for url in links if "results=1" not in url] == []
        assert shown.nodes[0].more_query.endswith("&results=1")

    def test_nothing_is_folded_for_its_score(self, discussion, top):
        Comment.objects.update(score=0.01, own_rate=0.01, sad_no=90, happy_no=90)
        node = opened(discussion)
        assert (node.cover, node.folded, node.gone) == ("", False, "")
