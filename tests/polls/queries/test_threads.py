"""Which replies of a thread are drawn, and how to get to the others."""

import pytest

from polls.models import Comment, Mute, Reader, Report
from polls.queries.comments import Wanted, more_replies, talk
from polls.queries.threads import replies
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

    def test_every_nested_reply_is_loaded_once_in_the_order_of_the_whole_thread(
        self, discussion, top
    ):
        above = [make_comment(discussion, parent=top) for _ in range(3)]
        for n in range(90):
            made = make_comment(discussion, parent=above[n * 7 % len(above)])
            above.append(made) if n % 9 == 0 else None
        whole = list(replies(top.pk, Reader()))
        seen = ids(opened(discussion).children)
        after = seen[-1]
        while after:
            last = Comment.objects.get(pk=after)
            nodes, after = more_replies(top, last, Reader(), Wanted())
            seen += [pk for node in nodes for pk in ids([node])[node.goes_on :]]
        assert len(seen) == 93
        assert seen == [pk for pk, _path in whole]

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
        _said, quinn = below[:2]
        further = make_comments(discussion, 60, parent=quinn)
        (rolf_again, *_), _further = more_replies(top, further[20], Reader(), Wanted())
        first = rolf_again.children[0]
        assert (first.id, first.to) == (further[21].pk, quinn.name)

    def test_who_is_gone_is_not_named(self, discussion, top):
        rolf = make_comment(discussion, make_reader("Rolf"), parent=top)
        below = make_comments(discussion, 80, parent=rolf)
        Comment.objects.filter(pk=rolf.pk).update(state=Comment.State.HIDDEN)
        (again,), _further = more_replies(top, below[20], Reader(), Wanted())
        assert (again.name, again.children[0].to) == ("", "")

    def test_what_goes_on_below_a_reply_stands_below_it_and_is_not_folded(self, discussion, top):
        rolf = make_comment(discussion, make_reader("Rolf"), parent=top)
        other = make_comment(discussion, parent=top)
        below = make_comments(discussion, 20, parent=rolf)
        later = make_comments(discussion, 8, parent=other)
        node = opened(discussion)
        assert [child.id for child in node.children] == [rolf.pk]
        assert (node.children[0].drawn_count, node.children[0].child_count) == (9, 20)
        assert (node.child_count, node.drawn_count, node.more_count) == (30, 0, 20)
        (again, second), further = more_replies(top, below[8], Reader(), Wanted())
        assert (again.id, again.goes_on, again.child_count) == (rolf.pk, True, 11)
        assert [child.id for child in again.children] == [one.pk for one in below[9:]]
        assert {child.to for child in again.children} == {""}
        assert {child.depth for child in again.children} == {2}
        assert (second.id, second.goes_on, second.folded) == (other.pk, False, False)
        assert [child.id for child in second.children] == [one.pk for one in later]
        assert (second.child_count, second.drawn_count, further) == (8, 0, None)

    def test_a_branch_that_is_cut_says_how_many_of_its_replies_are_drawn(self, discussion, top):
        rolf = make_comment(discussion, make_reader("Rolf"), parent=top)
        below = make_comments(discussion, 120, parent=rolf)
        (here,) = opened(discussion, open=below[100].pk).children
        assert (here.id, here.drawn_count, here.child_count) == (rolf.pk, 20, 120)
        (again,), further = more_replies(top, below[8], Reader(), Wanted())
        assert (again.child_count, again.drawn_count, further) == (50, 0, below[58].pk)

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
        links = [shown.after_url, shown.news_query]
        links += [url for _label, url, _current in shown.orders]
        assert [url for url in links if "results=1" not in url] == []
        assert shown.nodes[0].more_query.endswith("&results=1")

    def test_what_is_shared_does_not_ask_for_the_numbers(self, discussion, top, sam):
        (node,) = talk(discussion, sam, Wanted(results=True)).nodes
        assert node.permalink == f"/articles/isekai/?comment={top.pk}#c{top.pk}"

    def test_nothing_is_folded_for_its_score(self, discussion, top):
        Comment.objects.update(score=0.01, own_rate=0.01, sad_no=90, happy_no=90)
        node = opened(discussion)
        assert (node.cover, node.folded, node.gone) == ("", False, "")
