"""Editors pick few comments, one of each camp, of those on the page."""

import pytest

from polls.actions.comments import withdraw_comment
from polls.actions.picks import pick_comment, unpick_comment
from polls.errors import Refused
from polls.models import Comment, ModerationEntry, Pick
from tests.factories import answer, make_comment, make_comments, make_reader

pytestmark = pytest.mark.django_db


def of_camp(discussion, camp):
    """A published comment that shows that reaction."""
    reader = make_reader()
    answer(discussion, reader, camp)
    return make_comment(discussion, reader)


def test_a_pick_says_who_chose_it_and_of_which_camp(discussion, ed):
    comment = of_camp(discussion, "sad")
    pick = pick_comment(comment=comment, actor=ed.user, pinned=True)
    assert (pick.camp, pick.is_pinned, pick.chosen_by) == ("sad", True, ed.user)
    assert pick.discussion == discussion
    entry = ModerationEntry.objects.get()
    assert (entry.act, entry.comment, entry.camp) == ("pick_comment", comment, "sad")


def test_picking_again_only_says_whether_it_is_pinned(comment, ed, mo, nothing_stored):
    pick_comment(comment=comment, actor=ed.user, pinned=False)
    assert pick_comment(comment=comment, actor=mo.user, pinned=True).is_pinned
    assert Pick.objects.get().chosen_by == ed.user
    with nothing_stored():
        pick_comment(comment=comment, actor=mo.user, pinned=True)


def test_one_in_a_small_discussion(discussion, ed, nothing_stored):
    pick_comment(comment=of_camp(discussion, "sad"), actor=ed.user, pinned=False)
    another = of_camp(discussion, "happy")
    with nothing_stored(), pytest.raises(Refused, match="may have 1 pick"):
        pick_comment(comment=another, actor=ed.user, pinned=False)


def test_one_of_each_camp_in_a_large_one(discussion, ed, nothing_stored):
    make_comments(discussion, 100)
    pick_comment(comment=of_camp(discussion, "sad"), actor=ed.user, pinned=False)
    pick_comment(comment=of_camp(discussion, "happy"), actor=ed.user, pinned=False)
    second = of_camp(discussion, "sad")
    with nothing_stored(), pytest.raises(Refused, match="of this reaction already"):
        pick_comment(comment=second, actor=ed.user, pinned=False)
    pick_comment(comment=make_comment(discussion), actor=ed.user, pinned=False)
    assert Pick.objects.count() == 3


@pytest.mark.parametrize("state", ["pending", "hidden", "rejected", "spam"])
def test_only_what_is_on_the_page(discussion, ed, state, nothing_stored):
    comment = make_comment(discussion)
    Comment.objects.update(state=state)
    with nothing_stored(), pytest.raises(Refused, match="on the page"):
        pick_comment(comment=comment, actor=ed.user, pinned=False)


def test_a_pick_is_taken_back_once(comment, ed, nothing_stored):
    pick_comment(comment=comment, actor=ed.user, pinned=False)
    unpick_comment(comment=comment, actor=ed.user)
    assert not Pick.objects.exists()
    assert ModerationEntry.objects.first().act == "unpick_comment"
    with nothing_stored():
        unpick_comment(comment=comment, actor=ed.user)


def test_what_its_author_deletes_is_no_pick(comment, ed):
    pick_comment(comment=comment, actor=ed.user, pinned=True)
    withdraw_comment(comment=comment, reader=comment.reader)
    assert not Pick.objects.exists()
