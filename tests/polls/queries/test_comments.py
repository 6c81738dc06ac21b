"""A page of threads, as one reader may see it."""

import pytest

from polls.actions.comments import withdraw_comment
from polls.actions.moderation import hide_comment, publish_comment
from polls.actions.recount import differences
from polls.actions.reports import report_comment
from polls.models import Comment, Reader
from polls.queries.comments import Wanted, link, permalink, talk, total, totals
from polls.rules.moderation import REPORTS_TO_HOLD
from tests.factories import (
    make_article,
    make_comment,
    make_comments,
    make_reader,
    make_readers,
)

pytestmark = pytest.mark.django_db
State = Comment.State


def drawn(discussion, reader=None, **wanted):
    """The nodes of a page, flat, in the order in which they stand."""

    def flat(nodes):
        return [one for node in nodes for one in (node, *flat(node.children))]

    return flat(talk(discussion, reader or Reader(), Wanted(**wanted)).nodes)


def ids(*args, **wanted):
    return [node.id for node in drawn(*args, **wanted)]


def test_the_factories_crowd_is_counted_as_single_comments_are(discussion):
    top = make_comments(discussion, 3)[0]
    make_comments(discussion, 4, parent=make_comments(discussion, 2, parent=top)[0])
    assert differences() == []
    assert total(discussion) == 9


class TestWhoSeesWhat:
    @pytest.mark.parametrize("state", [s for s in State if s != State.PUBLISHED])
    def test_others_see_only_what_is_published(self, discussion, state):
        author = make_reader("Ann")
        make_comment(discussion, author)
        Comment.objects.update(state=state)
        for reader in (Reader(), make_reader("Sam")):
            assert ids(discussion, reader) == []
        assert len(ids(discussion, author)) == (state == State.PENDING)

    def test_a_place_stays_while_a_published_reply_stands_below_it(self, discussion):
        author = make_reader("Ann")
        top = make_comment(discussion, author, "Gone soon.")
        reply = make_comment(discussion, parent=top)
        withdraw_comment(comment=top, reader=author)
        node, below = drawn(discussion)
        assert (node.gone, node.name, node.html, node.camp) == (
            "Deleted by its author.",
            "",
            "",
            None,
        )
        assert not any((node.mine, node.can_edit, node.can_delete, node.can_reply))
        assert below.id == reply.pk
        hide_comment(comment=reply, actor=None, reason="unkind")
        assert drawn(discussion) == []

    def test_ones_own_waiting_reply_is_drawn_below_what_it_answers(self, discussion):
        author, top = make_reader("Ann"), make_comment(discussion)
        waiting = make_comment(discussion, author, parent=top, state=State.PENDING)
        assert ids(discussion, author) == [top.pk, waiting.pk]
        assert ids(discussion) == [top.pk]
        node = drawn(discussion, author)[1]
        assert node.waiting
        assert node.note.startswith("Only you can see this.")

    def test_what_may_be_done_to_whose(self, discussion):
        author = make_reader("Ann")
        make_comment(discussion, author)
        mine, (theirs,) = drawn(discussion, author)[0], drawn(discussion)
        assert (mine.mine, mine.can_edit, mine.can_delete, mine.can_reply) == (True,) * 4
        assert (theirs.mine, theirs.can_edit, theirs.can_delete) == (False,) * 3
        assert theirs.can_reply

    def test_the_total_counts_what_everybody_sees(self, discussion):
        top = make_comment(discussion)
        make_comment(discussion, parent=top)
        make_comment(discussion, state=State.PENDING)
        other = make_article("What is tsundere?", slug="tsundere").discussion
        make_comment(other)
        assert total(discussion) == 2
        assert totals([discussion.pk, other.pk]) == {discussion.pk: 2, other.pk: 1}


class TestPages:
    def test_twenty_threads_a_page_in_both_orders(self, discussion):
        made = [comment.pk for comment in make_comments(discussion, 45)]
        pages = [ids(discussion, order="newest", page=n) for n in (1, 2, 3, 4)]
        assert pages == [made[::-1][:20], made[::-1][20:40], made[::-1][40:], []]
        assert ids(discussion, order="oldest", page=3) == made[40:]

    def test_replies_stay_oldest_first_in_both_orders(self, discussion):
        top = make_comment(discussion)
        replies = [comment.pk for comment in make_comments(discussion, 3, parent=top)]
        for order in ("newest", "oldest"):
            assert ids(discussion, order=order) == [top.pk, *replies]

    @pytest.mark.parametrize("order", ["newest", "oldest"])
    def test_a_named_comment_chooses_the_page(self, discussion, order):
        made = make_comments(discussion, 45)
        for comment in (made[0], made[22], made[44]):
            assert comment.pk in ids(discussion, order=order, open=comment.pk)
            assert comment.pk in ids(discussion, order=order, reply=comment.pk)
            assert comment.pk in ids(discussion, order=order, open=comment.pk, page=2)

    def test_a_named_reply_chooses_the_page_of_its_thread(self, discussion):
        top = make_comments(discussion, 45)[0]
        reply = make_comments(discussion, 3, parent=top)[2]
        assert reply.pk in ids(discussion, open=reply.pk)

    def test_a_comment_of_another_discussion_chooses_nothing(self, discussion):
        other = make_comment(make_article("What is tsundere?", slug="tsundere").discussion)
        made = [comment.pk for comment in make_comments(discussion, 25)]
        second = ids(discussion, order="newest", open=other.pk, page=2)
        assert second == made[::-1][20:]
        assert ids(discussion, order="newest", open=10**17) == made[::-1][:20]

    def test_links_name_only_what_is_not_the_default(self, discussion, comment):
        assert link(discussion) == "/articles/isekai/#comments"
        second = link(discussion, order="oldest", page=2)
        assert second == "/articles/isekai/?order=oldest&page=2#comments"
        assert link(discussion, results=True) == "/articles/isekai/?results=1#comments"
        at = f"/articles/isekai/?comment={comment.pk}#c{comment.pk}"
        assert permalink(comment) == at

    def test_a_thread_shows_its_first_ten_replies_and_says_how_many_more(self, discussion):
        top = make_comment(discussion)
        replies = [comment.pk for comment in make_comments(discussion, 60, parent=top)]
        (node,) = talk(discussion, Reader(), Wanted()).nodes
        assert [child.id for child in node.children] == replies[:10]
        assert (node.child_count, node.more_count) == (60, 50)
        assert node.more_query == f"after={replies[9]}"
        (opened,) = talk(discussion, Reader(), Wanted(open=top.pk)).nodes
        assert [child.id for child in opened.children] == replies[:50]
        assert (opened.more_count, opened.folded) == (10, False)

    def test_six_queries_whatever_stands_there(self, discussion, django_assert_num_queries):
        for top in make_comments(discussion, 25):
            make_comments(discussion, 2, parent=top)
        with django_assert_num_queries(6):
            talk(discussion, Reader(), Wanted())


class TestOddThreads:
    def test_a_chain_deeper_than_paths_can_tell_is_still_drawn(self, discussion):
        last = make_comment(discussion)
        for _ in range(44):
            last = make_comment(discussion, parent=last)
        assert len(ids(discussion, open=last.pk)) == 45

    def test_a_comment_that_waits_again_keeps_its_replies_on_the_page(self, discussion):
        """A moderator sends a published comment back to the queue: its answers stay readable."""
        author, top = make_reader("Ann"), make_comment(discussion)
        middle = make_comment(discussion, author, parent=top)
        lowest = make_comment(discussion, parent=middle)
        Comment.objects.filter(pk=middle.pk).update(state=State.PENDING)
        assert lowest.pk in ids(discussion)
        publish_comment(comment=middle, actor=None)
        assert ids(discussion) == [top.pk, middle.pk, lowest.pk]

    def test_a_thread_stays_when_its_top_is_reported(self, discussion):
        ann, words = make_reader("Ann"), "What five readers reported."
        top = make_comment(discussion, ann, words)
        reply = make_comment(discussion, parent=top)
        for reader in make_readers(REPORTS_TO_HOLD):
            report_comment(comment=top, reader=reader, reason="unkind")
        for looks in (Reader(), make_reader()):
            (place,) = talk(discussion, looks, Wanted()).nodes
            assert (place.id, place.html, place.name) == (top.pk, "", "")
            assert place.gone == "A moderator is looking at this comment."
            assert [node.id for node in place.children] == [reply.pk]
        (own,) = talk(discussion, ann, Wanted()).nodes
        assert words in own.html
        assert own.waiting
        assert [node.id for node in own.children] == [reply.pk]
