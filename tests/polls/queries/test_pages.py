"""The orders of the top level, page after page: every comment once, nothing lost, nothing twice."""

import pytest
from django.contrib.auth import get_user_model

from polls.actions.moderation import hide_comment
from polls.models import Comment, Pick, Reader
from polls.queries.comments import BEST_FROM, Wanted, talk
from tests.factories import (
    answer,
    choice_of,
    make_comment,
    make_comments,
    make_reader,
    make_user,
)

pytestmark = pytest.mark.django_db
ORDERS = ["best", "newest", "oldest"]


@pytest.fixture
def sam(discussion):
    """Somebody who has said that he is sad."""
    reader = make_reader("Sam")
    answer(discussion, reader, "sad")
    return reader


@pytest.fixture
def fifty(discussion):
    """Fifty-three comments; most have the same score, as most have no vote."""
    made = make_comments(discussion, 53)
    for n, comment in enumerate(made):
        if n % 5 == 0:
            judge(comment, score=n % 3 / 10 + 0.3, sad_yes=n % 4, sad_no=n % 3)
    return made


def judge(comment, **counts):
    Comment.objects.filter(pk=comment.pk).update(**counts)


def mark(comments, camp):
    """Lets a camp stand with the comments, in the rows and in the counts."""
    discussion = comments[0].discussion
    choice = choice_of(discussion, camp)
    Comment.objects.filter(pk__in=[one.pk for one in comments]).update(camp=choice)
    for one in comments:
        tallies = one.discussion.comment_tallies
        tallies.move(-1, discussion_id=discussion.pk, camp_id=0, shard=one.reader_id % 8)
        tallies.move(1, discussion_id=discussion.pk, camp_id=choice.pk, shard=one.reader_id % 8)


def page(discussion, reader=None, **wanted):
    return talk(discussion, reader or Reader(), Wanted(**wanted))


def ids(shown):
    return [node.id for node in shown.nodes]


def cursor(url, name):
    """The comment that a link names."""
    return int(url.partition(f"{name}=")[2].partition("#")[0].partition("&")[0])


def walk(discussion, reader=None, **wanted):
    """The ids of every page, from the first on, as the links lead."""
    pages = [page(discussion, reader, **wanted)]
    while pages[-1].after_url:
        after = cursor(pages[-1].after_url, "after")
        pages.append(page(discussion, reader, **wanted | {"after": after}))
        assert len(pages) < 10
    return [ids(one) for one in pages]


def flat(pages):
    return [pk for one in pages for pk in one]


def by_score(comments):
    rows = Comment.objects.filter(pk__in=[one.pk for one in comments])
    return [row.pk for row in sorted(rows, key=lambda row: (-row.score, row.pk))]


class TestOrders:
    def test_best_is_the_default_from_ten_comments_on(self, discussion):
        made = make_comments(discussion, BEST_FROM - 1)
        assert ids(page(discussion)) == [one.pk for one in made[::-1]]
        made += make_comments(discussion, 1)
        judge(made[4], score=0.8)
        assert ids(page(discussion)) == by_score(made)

    @pytest.mark.parametrize("order", ORDERS)
    def test_a_walk_meets_every_comment_once(self, discussion, fifty, order):
        pages = walk(discussion, order=order)
        newest = [one.pk for one in fifty[::-1]]
        expected = {"best": by_score(fifty), "newest": newest, "oldest": newest[::-1]}
        assert flat(pages) == expected[order]
        assert [len(one) for one in pages] == [20, 20, 13]

    @pytest.mark.parametrize("order", ORDERS)
    @pytest.mark.parametrize("is_reader", [False, True])
    def test_numbered_pages_are_the_same_pages(self, discussion, fifty, sam, order, is_reader):
        reader = sam if is_reader else None
        numbered = [ids(page(discussion, reader, order=order, page=n)) for n in (1, 2, 3, 4)]
        assert numbered == [*walk(discussion, reader, order=order), []]

    @pytest.mark.parametrize("order", ORDERS)
    def test_the_way_back_leads_over_the_same_comments(self, discussion, fifty, order):
        pages = walk(discussion, order=order)
        last = page(discussion, order=order, after=pages[1][-1])
        before = cursor(last.before_url, "before")
        second = page(discussion, order=order, before=before)
        assert ids(second) == pages[1]
        first = page(discussion, order=order, before=cursor(second.before_url, "before"))
        assert ids(first) == pages[0]
        assert first.before_url is None

    @pytest.mark.parametrize("order", ORDERS)
    @pytest.mark.parametrize("nth", [0, 19, 20, 33, 52])
    def test_a_page_at_a_comment_begins_with_it_or_is_the_first(
        self, discussion, fifty, order, nth
    ):
        every = flat(walk(discussion, order=order))
        shown = page(discussion, order=order, open=every[nth])
        start = 0 if nth < 20 else nth
        assert ids(shown) == every[start : start + 20]
        assert (shown.before_url is None) == (start == 0)

    def test_a_comment_that_has_gone_since_still_says_where_to_go_on(self, discussion, fifty):
        hide_comment(comment=fifty[30], actor=None, reason="unkind")
        shown = page(discussion, order="newest", after=fifty[30].pk)
        assert ids(shown) == [one.pk for one in fifty[10:30][::-1]]

    def test_a_cursor_from_elsewhere_is_no_cursor(self, discussion, fifty):
        reply = make_comment(discussion, parent=fifty[0])
        for nonsense in (reply.pk, 10**17):
            for name in ("after", "before"):
                shown = page(discussion, order="oldest", **{name: nonsense})
                assert ids(shown) == [one.pk for one in fifty[:20]]


class TestReservedPlaces:
    def test_a_walk_meets_every_comment_once(self, discussion, fifty, sam):
        pages = walk(discussion, sam, order="best")
        assert sorted(flat(pages)) == [one.pk for one in fifty]
        assert [len(one) for one in pages] == [20, 20, 13]

    def test_they_go_to_what_the_camp_has_judged_least_and_say_so(self, discussion, fifty, sam):
        Comment.objects.update(sad_yes=3, sad_no=0)
        for one in fifty[40:44]:
            judge(one, sad_yes=0, score=0.1)
        shown = page(discussion, sam, order="best")
        reserved = [n for n, node in enumerate(shown.nodes, start=1) if node.reserved_note]
        assert reserved == [3, 8, 13, 18]
        assert [shown.nodes[n - 1].id for n in reserved] == [one.pk for one in fifty[40:44]]
        assert shown.nodes[2].reserved_note == "Few sad readers have judged this."
        others = [node.id for node in shown.nodes if not node.reserved_note]
        assert others == [pk for pk in by_score(fifty) if pk in others]

    def test_none_for_who_is_in_no_camp_or_in_another_order(self, discussion, fifty, sam):
        nobody, none = make_reader(), make_reader()
        answer(discussion, none, "none")
        shown = [page(discussion, reader, order="best") for reader in (nobody, none)]
        shown += [page(discussion, sam, order=order) for order in ("newest", "oldest")]
        assert [n for one in shown for n in one.nodes if n.reserved_note] == []

    def test_never_to_ones_own_or_to_what_is_reported(self, discussion, fifty, sam):
        Comment.objects.update(sad_yes=3)
        Comment.objects.filter(pk=fifty[40].pk).update(sad_yes=0, score=0.1, reader=sam)
        judge(fifty[41], sad_yes=0, score=0.1, report_count=1)
        shown = page(discussion, sam, order="best")
        assert not {fifty[40].pk, fifty[41].pk} & set(ids(shown))


class TestPinned:
    @pytest.fixture
    def pinned(self, discussion, fifty):
        """One far down in every order but oldest, chosen by Ed."""
        ed = make_user("ed", is_staff=True)
        judge(fifty[25], score=0.1)
        return Pick.objects.create(
            comment=fifty[25], discussion=discussion, is_pinned=True, chosen_by=ed
        )

    @pytest.mark.parametrize("order", ORDERS)
    @pytest.mark.parametrize("is_reader", [False, True])
    def test_it_stands_first_and_only_there(self, discussion, fifty, sam, pinned, order, is_reader):
        pages = walk(discussion, sam if is_reader else None, order=order)
        assert pages[0][0] == pinned.comment_id
        assert sorted(flat(pages)) == [one.pk for one in fifty]

    def test_it_says_who_chose_it(self, discussion, pinned):
        first = page(discussion).nodes[0]
        assert (first.pick, first.pinned) == ("the editors", True)
        get_user_model().objects.update(first_name="Ed", last_name="Itor")
        assert page(discussion).nodes[0].pick == "Ed Itor"

    def test_its_address_leads_to_the_first_page(self, discussion, fifty, pinned):
        shown = page(discussion, order="oldest", open=pinned.comment_id)
        assert ids(shown)[:2] == [pinned.comment_id, fifty[0].pk]

    def test_a_pick_that_is_not_pinned_stays_in_its_place(self, discussion, fifty, pinned):
        Pick.objects.update(is_pinned=False)
        shown = page(discussion, order="oldest", page=2)
        node = next(node for node in shown.nodes if node.id == pinned.comment_id)
        assert (node.pick, node.pinned) == ("the editors", False)


class TestOwnWaiting:
    @pytest.mark.parametrize(
        "wanted", [{"order": order} for order in ORDERS] + [{"view": "reaction"}]
    )
    def test_it_stands_above_the_first_page_and_only_its_author_sees_it(
        self, discussion, fifty, sam, wanted
    ):
        waiting = make_comment(discussion, sam, state=Comment.State.PENDING)
        assert ids(page(discussion, sam, **wanted))[0] == waiting.pk
        assert waiting.pk not in ids(page(discussion, **wanted))
        assert waiting.pk not in ids(page(discussion, sam, **wanted | {"after": fifty[20].pk}))
        assert ids(page(discussion, sam, **wanted | {"open": waiting.pk}))[0] == waiting.pk


class TestCamps:
    @pytest.fixture
    def sad(self, fifty):
        """Twenty-five of them are marked sad; two are marked happy."""
        mark(fifty[20:45], "sad")
        mark(fifty[:2], "happy")
        for n, one in enumerate(fifty[20:45]):
            judge(one, own_rate=0.3 + n % 3 / 10)
        return fifty[20:45]

    def test_a_filter_shows_one_camp_in_each_order(self, discussion, sad):
        rows = Comment.objects.filter(pk__in=[one.pk for one in sad])
        best = [row.pk for row in sorted(rows, key=lambda row: (-row.own_rate, row.pk))]
        newest = [one.pk for one in sad[::-1]]
        expected = {"best": best, "newest": newest, "oldest": newest[::-1]}
        for order in ORDERS:
            assert flat(walk(discussion, order=order, camp="sad")) == expected[order]

    def test_a_filter_says_what_it_counts_and_by_whose_votes_it_is_ordered(self, discussion, sad):
        answers = make_comments(discussion, 3, parent=sad[0])
        mark(answers, "sad")
        note = (
            "28 comments are marked Sad. Below are the threads that begin with one of them."
            " They stand in the order in which sad readers value them."
        )
        assert page(discussion, camp="sad", order="best").ranked_note == note
        assert (
            page(discussion, camp="sad", order="newest").ranked_note == note.partition(" They")[0]
        )
        assert page(discussion, order="best").ranked_note == ""

    def test_by_reaction_says_what_it_counts_and_how_many_stand_in_no_camp(self, discussion, sad):
        shown = page(discussion, view="reaction")
        assert shown.ranked_note.startswith("Each number counts the comments marked so.")
        assert (shown.unmarked, sum(one.count for one in shown.sections)) == (53 - 27, 27)
        assert shown.all_url == "/articles/isekai/?order=best&page=1#comments"

    def test_the_chips_count_and_a_small_camp_has_none(self, discussion, sad):
        chips = page(discussion).chips
        assert [(chip.key, chip.count, chip.current) for chip in chips] == [
            ("", 53, True),
            ("sad", 25, False),
        ]
        assert [chip.current for chip in page(discussion, camp="sad").chips] == [False, True]

    @pytest.mark.parametrize("camp", ["happy", "enraged", "none", "nonsense"])
    def test_a_camp_that_is_not_offered_asks_for_all(self, discussion, sad, camp):
        assert ids(page(discussion, camp=camp)) == ids(page(discussion))

    def test_there_are_no_chips_where_no_camp_has_three(self, discussion):
        mark(make_comments(discussion, 2), "sad")
        assert page(discussion).chips == []

    def test_by_reaction_shows_the_first_six_of_each_and_where_the_others_are(
        self, discussion, sad
    ):
        shown = page(discussion, view="reaction")
        assert [(one.key, one.count) for one in shown.sections] == [
            ("enraged", 0),
            ("sad", 25),
            ("happy", 2),
        ]
        first, rest = walk(discussion, order="best", camp="sad")
        of_the_sad = [node.id for node in shown.sections[1].nodes]
        assert of_the_sad == first[:6]
        after = cursor(shown.sections[1].after_url, "after")
        further = page(discussion, order="best", camp="sad", after=after)
        assert ids(further) == [*first, *rest][6:26]
        assert shown.sections[2].after_url is None
        assert shown.nodes == []
