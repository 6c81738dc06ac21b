"""Posting, editing and deleting a comment: rows, counters, and what is refused."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from time_machine import travel

from polls.actions.comments import edit_comment, post_comment, withdraw_comment
from polls.actions.discussions import set_slow_mode
from polls.actions.moderation import hide_comment, lock_thread, publish_comment, reject_comment
from polls.actions.recount import differences
from polls.actions.reports import report_comment
from polls.actions.sanctions import block_reader, set_read_first
from polls.actions.stamps import make_stamp
from polls.actions.words import add_words
from polls.errors import Closed, NotAllowed, Refused, TooSoon
from polls.models import (
    Comment,
    CommentVersion,
    Discussion,
    LimitCount,
    ModerationEntry,
    Reader,
)
from polls.queries.comments import total
from polls.rules.limits import COMMENTS_OF_ADDRESS
from tests.factories import (
    answer,
    is_stored,
    make_article,
    make_comment,
    make_old_stamp,
    make_reader,
    make_user,
    trust,
    unlimited,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)
LONG = "Buy the whole series at my shop, today only."
State = Comment.State


@pytest.fixture
def reader():
    return make_reader("Ann")


@pytest.fixture
def trusted(reader):
    return trust(reader)


def post(discussion, reader, body="It is an escape.", **more):
    """A comment as the page sends it."""
    facts = {"name": "Ann", "show_reaction": True, "parent": None, "address": "203.0.113.77"}
    facts |= {"stamp": make_old_stamp(), "body": body}
    return post_comment(discussion=discussion, reader=reader, **facts | more)


class TestPosting:
    def test_a_newcomers_comment_waits_and_is_not_counted(self, discussion, reader):
        comment = post(discussion, reader)
        assert (comment.state, comment.held_reason) == (State.PENDING, "newcomer")
        assert comment.published_at is None
        assert total(discussion) == 0

    def test_a_newcomers_comment_with_a_link_says_so(self, discussion, reader):
        comment = post(discussion, reader, "See https://example.org/")
        assert (comment.state, comment.held_reason) == (State.PENDING, "link")

    def test_two_approvals_make_the_next_comment_appear_at_once(self, discussion, reader, mo):
        for n in range(2):
            with travel(NOON + timedelta(minutes=n), tick=False):
                waiting = post(discussion, reader, f"Comment {n}")
                assert waiting.state == State.PENDING
                publish_comment(comment=waiting, actor=mo.user)
        with travel(NOON + timedelta(minutes=5), tick=False):
            comment = post(discussion, reader, "The third")
        assert (comment.state, comment.held_reason) == (State.PUBLISHED, "")
        assert comment.published_at
        assert total(discussion) == 3

    def test_a_rejected_comment_is_no_approval(self, discussion, reader, mo):
        for n in range(3):
            with travel(NOON + timedelta(minutes=n), tick=False):
                waiting = post(discussion, reader, f"Comment {n}")
                publish_comment(comment=waiting, actor=mo.user)
                hide_comment(comment=waiting, actor=mo.user, reason="unkind")
        with travel(NOON + timedelta(minutes=5), tick=False):
            assert post(discussion, reader, "The fourth").state == State.PENDING

    def test_staff_are_never_held(self, discussion, mo):
        Discussion.objects.update(state=Discussion.State.READ_FIRST)
        discussion.refresh_from_db()
        comment = post(discussion, make_reader(user=mo.user), "See https://example.org/")
        assert comment.state == State.PUBLISHED

    def test_where_everything_is_read_first_a_trusted_reader_waits_too(self, discussion, trusted):
        Discussion.objects.update(state=Discussion.State.READ_FIRST)
        discussion.refresh_from_db()
        comment = post(discussion, trusted)
        assert (comment.state, comment.held_reason) == (State.PENDING, "manual")

    def test_the_text_is_kept_and_rendered(self, discussion, trusted):
        comment = post(discussion, trusted, "  \r\n*So*\r\nmuch <b> ")
        assert comment.text == "*So*\nmuch <b>"
        assert "<em>So</em>" in comment.html
        assert "<b>" not in comment.html

    def test_the_first_act_stores_the_reader_with_the_name_used(self, discussion):
        newcomer = Reader()
        post(discussion, newcomer, name="  Ann   Ark ")
        assert Reader.objects.get().name == "Ann Ark"

    def test_a_comment_shows_the_authors_camp_when_they_leave_it_on(self, discussion, reader):
        answer(discussion, reader, "enraged")
        assert post(discussion, reader).camp.key == "enraged"

    def test_a_comment_shows_no_camp_when_they_turn_it_off(self, discussion, reader):
        answer(discussion, reader, "enraged")
        assert post(discussion, reader, show_reaction=False).camp is None

    @pytest.mark.parametrize("choice", ["", "none"])
    def test_no_answer_and_none_of_these_are_no_camp(self, discussion, reader, choice):
        answer(discussion, reader, "sad")
        answer(discussion, reader, choice)
        assert post(discussion, reader).camp is None

    def test_what_was_said_before_reading_is_no_camp(self, discussion, reader):
        answer(discussion, reader, "sad", stage="before")
        assert post(discussion, reader).camp is None

    def test_the_reaction_to_another_article_is_no_camp_here(self, discussion, reader):
        other = make_article("What is tsundere?", slug="tsundere").discussion
        answer(other, reader, "sad")
        assert post(discussion, reader).camp is None

    def test_an_account_signs_with_its_own_name(self, discussion):
        user = make_user("ada")
        user.first_name, user.last_name = "Ada", "Ark"
        user.save()
        assert post(discussion, make_reader(user=user), name="Somebody else").name == "Ada Ark"

    def test_the_same_text_again_is_the_same_comment(self, discussion, trusted, nothing_stored):
        first = post(discussion, trusted)
        with nothing_stored():
            assert post(discussion, trusted).pk == first.pk

    @pytest.mark.parametrize("sent", ["An escape.", "It is an escape from whatever waits at home."])
    def test_what_was_sent_before_an_edit_is_the_same_comment(
        self, discussion, trusted, nothing_stored, sent
    ):
        first = post(discussion, trusted, sent)
        for body in ("An escape, then.", "An exit."):
            edit_comment(comment=first, reader=trusted, body=body)
        with nothing_stored():
            again = post(discussion, trusted, sent)
        assert (again.pk, again.text) == (first.pk, "An exit.")

    def test_what_an_edit_said_in_between_was_never_sent(self, discussion, trusted):
        first = post(discussion, trusted, "An escape.")
        for body in ("An escape, then.", "An exit."):
            edit_comment(comment=first, reader=trusted, body=body)
        with unlimited():
            assert post(discussion, trusted, "An escape, then.").pk != first.pk

    def test_sent_and_edited_elsewhere_it_is_another_comment(self, discussion, trusted, comment):
        first = post(discussion, trusted, "An escape.")
        edit_comment(comment=first, reader=trusted, body="An exit.")
        with unlimited():
            assert post(discussion, trusted, "An escape.", parent=comment).pk != first.pk

    def test_the_same_text_another_day_is_another_comment(self, discussion, trusted):
        with travel(NOON, tick=False) as clock:
            first = post(discussion, trusted)
            clock.shift(timedelta(hours=1))
            assert post(discussion, trusted).pk != first.pk


class TestHolding:
    """Whatever holds a comment is named, found and logged. The order of the rules is theirs."""

    @pytest.fixture
    def words(self, mo):
        add_words(text="cowslip\nyou lot", kind="suspect", actor=mo.user)
        add_words(text="Hogweed", kind="banned", actor=mo.user)

    def test_a_hold_is_logged_with_its_rule_and_the_camp_of_the_author(self, discussion, reader):
        answer(discussion, reader, "sad")
        comment = post(discussion, reader)
        entry = ModerationEntry.objects.get()
        assert (entry.act, entry.actor, entry.reason) == ("hold_comment", None, "newcomer")
        assert (entry.comment, entry.discussion) == (comment, discussion)
        assert (entry.state_before, entry.reason_before, entry.camp) == ("", "", "sad")

    def test_what_is_published_at_once_is_not_logged(self, discussion, trusted):
        post(discussion, trusted)
        assert not ModerationEntry.objects.exists()

    def test_a_suspect_word_holds_a_trusted_reader_and_is_named(self, discussion, trusted, words):
        comment = post(discussion, trusted, "You c0wsl\u200bip!")
        held = (comment.state, comment.held_reason, comment.held_detail)
        assert held == (State.PENDING, "word", "cowslip")

    def test_a_word_that_markdown_takes_apart_is_one_word(self, discussion, trusted, words):
        assert post(discussion, trusted, "You cow*slip*").held_detail == "cowslip"

    def test_a_suspect_word_in_the_name_is_found(self, discussion, trusted, words):
        assert post(discussion, trusted, name="Cowslip").held_reason == "word"

    @pytest.mark.parametrize(
        ("more", "field"), [({"body": "You hogweeD."}, "body"), ({"name": "Hogweed"}, "name")]
    )
    def test_a_banned_word_is_refused_and_named(
        self, discussion, trusted, words, more, field, nothing_stored
    ):
        with nothing_stored(), pytest.raises(Refused, match="Leave out “Hogweed”") as refusal:
            post(discussion, trusted, **more)
        assert refusal.value.field == field

    def test_the_staff_may_quote_any_word(self, discussion, mo, words):
        comment = post(discussion, make_reader(user=mo.user), "Do not say hogweed or cowslip.")
        assert comment.state == State.PUBLISHED

    def test_the_words_cost_one_query(
        self, discussion, trusted, words, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(40) as queries:
            post(discussion, trusted)
        asked = [query["sql"] for query in queries.captured_queries]
        assert len([sql for sql in asked if "polls_listedword" in sql]) == 1

    def test_the_same_text_by_somebody_else_is_read_first(self, discussion, trusted):
        post(discussion, make_reader("Sam"), LONG)
        comment = post(discussion, trusted, LONG.upper() + "!!")
        assert (comment.state, comment.held_reason) == (State.PENDING, "repeat")

    def test_the_same_text_elsewhere_is_read_first(self, discussion, trusted):
        other = make_article("What is tsundere?", slug="tsundere").discussion
        with travel(NOON, tick=False) as clock:
            assert post(other, trusted, LONG).state == State.PUBLISHED
            clock.shift(timedelta(minutes=1))
            assert post(discussion, trusted, LONG).held_reason == "repeat"

    def test_the_same_text_a_day_later_is_another(self, discussion, trusted):
        with travel(NOON, tick=False) as clock:
            post(discussion, make_reader("Sam"), LONG)
            clock.shift(timedelta(hours=24))
            assert post(discussion, trusted, LONG).state == State.PUBLISHED

    def test_what_its_author_deleted_is_no_longer_looked_for(self, discussion, trusted):
        sam = make_reader("Sam")
        withdraw_comment(comment=post(discussion, sam, LONG), reader=sam)
        assert post(discussion, trusted, LONG).state == State.PUBLISHED

    @pytest.mark.parametrize("stamp", ["", "forged", "1:forged", "\ud800", "x" * 5000])
    def test_a_form_that_is_not_ours_is_read_first(self, discussion, trusted, stamp):
        comment = post(discussion, trusted, stamp=stamp)
        assert (comment.state, comment.held_reason) == (State.PENDING, "speed")

    def test_a_form_younger_than_three_seconds_is_read_first(self, discussion, trusted):
        with travel(NOON, tick=False) as clock:
            stamp = make_stamp()
            clock.shift(timedelta(seconds=2))
            assert post(discussion, trusted, "Two seconds", stamp=stamp).held_reason == "speed"
            clock.shift(timedelta(seconds=60))
            assert post(discussion, trusted, "A minute", stamp=stamp).state == State.PUBLISHED

    def test_the_field_that_nobody_sees_holds(self, discussion, trusted):
        assert post(discussion, trusted, trap="https://example.org").held_reason == "trap"
        assert post(discussion, make_reader("Sam"), trap="  ").held_reason == "newcomer"

    def test_a_reader_who_is_read_first_waits(self, discussion, trusted, mo):
        set_read_first(reader=trusted, actor=mo.user, on=True)
        assert post(discussion, trusted).held_reason == "reader"

    def test_an_edit_is_held_for_what_it_brings_in(self, discussion, trusted, words):
        comment = edit_comment(
            comment=post(discussion, trusted), reader=trusted, body="You cowslip!"
        )
        held = (comment.state, comment.held_reason, comment.held_detail)
        assert held == (State.PENDING, "word", "cowslip")
        assert total(discussion) == 0
        entry = ModerationEntry.objects.get(act="hold_comment")
        assert (entry.reason, entry.state_before) == ("word", "published")

    def test_an_edit_into_somebody_elses_text_is_held(self, discussion, trusted):
        post(discussion, make_reader("Sam"), LONG)
        mine = post(discussion, trusted)
        assert edit_comment(comment=mine, reader=trusted, body=LONG).held_reason == "repeat"

    def test_an_edit_of_a_few_letters_repeats_nobody(self, discussion, trusted):
        mine = post(discussion, trusted, LONG)
        edited = edit_comment(comment=mine, reader=trusted, body=LONG + "!")
        assert edited.state == State.PUBLISHED

    def test_a_banned_word_does_not_come_in_by_an_edit(
        self, discussion, trusted, words, nothing_stored
    ):
        mine = post(discussion, trusted)
        with nothing_stored(), pytest.raises(Refused, match="Hogweed"):
            edit_comment(comment=mine, reader=trusted, body="hogweed")


class TestPace:
    def test_slow_mode_says_when_this_reader_may_post_here_again(
        self, discussion, trusted, mo, nothing_stored
    ):
        set_slow_mode(discussion=discussion, actor=mo.user, seconds=120)
        with travel(NOON, tick=False) as clock:
            post(discussion, trusted, "The first")
            clock.shift(timedelta(seconds=30))
            with nothing_stored(), pytest.raises(TooSoon, match="2 minutes") as refusal:
                post(discussion, trusted, "The second")
            assert refusal.value.retry_after == 90
            post(discussion, make_reader("Sam"), "Somebody else’s first")
            clock.shift(timedelta(seconds=90))
            post(discussion, trusted, "The second")

    def test_slow_mode_slows_neither_the_staff_nor_another_page(self, discussion, trusted, mo):
        set_slow_mode(discussion=discussion, actor=mo.user, seconds=120)
        other = make_article("What is tsundere?", slug="tsundere").discussion
        with travel(NOON, tick=False) as clock:
            post(discussion, trusted, "The first")
            clock.shift(timedelta(seconds=30))
            post(other, trusted, "Elsewhere")
            staff = make_reader(user=mo.user)
            post(discussion, staff, "One")
            clock.shift(timedelta(seconds=30))
            post(discussion, staff, "Two")

    def test_a_locked_thread_takes_no_reply_at_any_depth(
        self, discussion, trusted, mo, nothing_stored
    ):
        top = make_comment(discussion)
        below = make_comment(discussion, parent=top)
        lock_thread(comment=below, actor=mo.user)
        top.refresh_from_db()
        below.refresh_from_db()
        for parent in (top, below):
            with nothing_stored(), pytest.raises(Closed, match="locked"):
                post(discussion, trusted, parent=parent)
        post(discussion, trusted, "Beside it")


class TestRefusals:
    @pytest.mark.parametrize(
        ("body", "says"),
        [
            ("", "Write something"),
            ("   \n\t", "Write something"),
            ("\u200b\u2060", "Write something"),
            ("x", "at least 2"),
            ("x" * 3001, "3,001"),
            ("so\0", "U[+]0000"),
            ("so\x1b[2J", "U[+]001B"),
            ("so \ud800", "U[+]D800"),
            ("https://example.org/ " * 11, "10 links"),
        ],
    )
    def test_a_text_that_cannot_stand(self, discussion, body, says, nothing_stored):
        with nothing_stored(), pytest.raises(Refused, match=says) as refusal:
            post(discussion, Reader(), body)
        assert refusal.value.field == "body"

    def test_three_thousand_characters_can_stand(self, discussion, reader):
        assert len(post(discussion, reader, "é" * 3000).text) == 3000

    @pytest.mark.parametrize("name", ["", " ", "x" * 61, "Moderator", "mo", "Мo", "Ann\0"])
    def test_a_name_that_cannot_stand(self, discussion, name, mo, nothing_stored):
        with nothing_stored(), pytest.raises(Refused) as refusal:
            post(discussion, Reader(), name=name)
        assert refusal.value.field == "name"

    def test_a_closed_discussion(self, discussion, reader, nothing_stored):
        discussion.state = Discussion.State.READ_ONLY
        with nothing_stored(), pytest.raises(Closed, match="still read it"):
            post(discussion, reader)

    def test_a_discussion_that_closed_while_they_waited(self, discussion, reader, nothing_stored):
        post(discussion, make_reader())  # from now on there is a salt of the day
        Discussion.objects.update(state=Discussion.State.READ_ONLY)  # after the view has looked
        with nothing_stored(), pytest.raises(Closed, match="still read it"):
            post(discussion, reader)

    @pytest.mark.parametrize(
        ("change", "says"),
        [({"state": State.HIDDEN}, "was removed"), ({"locked_at": timezone.now()}, "locked")],
    )
    def test_a_thread_that_closed_while_they_waited(
        self, discussion, reader, change, says, nothing_stored
    ):
        top = make_comment(discussion)
        below = make_comment(discussion, parent=top)
        post(discussion, make_reader())
        parent = top if "state" in change else below
        Comment.objects.filter(pk=top.pk).update(**change)
        with nothing_stored(), pytest.raises(Refused, match=says):
            post(discussion, reader, parent=parent)

    def test_a_hidden_discussion(self, discussion, reader, nothing_stored):
        discussion.state = Discussion.State.HIDDEN
        with nothing_stored(), pytest.raises(Closed):
            post(discussion, reader)

    def test_a_blocked_reader(self, discussion, reader, mo, nothing_stored):
        post(discussion, make_reader())  # from now on there is a salt of the day
        block_reader(reader=reader, actor=mo.user, reason="spam")
        with nothing_stored(), pytest.raises(NotAllowed):
            post(discussion, reader)

    @pytest.mark.parametrize("state", [State.PENDING, State.HIDDEN, State.REJECTED, State.SPAM])
    def test_a_comment_that_others_cannot_see_cannot_be_answered(
        self, discussion, reader, state, nothing_stored
    ):
        parent = make_comment(discussion)
        Comment.objects.filter(pk=parent.pk).update(state=state)
        parent.refresh_from_db()
        with nothing_stored(), pytest.raises(Refused, match="was removed"):
            post(discussion, reader, parent=parent)

    def test_a_comment_of_another_discussion_cannot_be_answered_here(
        self, discussion, reader, nothing_stored
    ):
        other = make_article("What is tsundere?", slug="tsundere").discussion
        parent = make_comment(other)
        with nothing_stored(), pytest.raises(Refused, match="not part of this discussion"):
            post(discussion, reader, parent=parent)

    def test_one_comment_in_ten_seconds(self, discussion, reader, nothing_stored):
        with travel(NOON, tick=False) as clock:
            post(discussion, reader, "The first")
            clock.shift(timedelta(seconds=3))
            with nothing_stored(), pytest.raises(TooSoon) as refusal:
                post(discussion, reader, "The second")
            assert refusal.value.retry_after == 7
            clock.shift(timedelta(seconds=7))
            post(discussion, reader, "The second")
        assert Comment.objects.count() == 2

    def test_six_comments_in_ten_minutes(self, discussion, reader, nothing_stored):
        with travel(NOON, tick=False) as clock:
            for n in range(6):
                post(discussion, reader, f"Comment {n}")
                clock.shift(timedelta(seconds=10))
            with nothing_stored(), pytest.raises(TooSoon) as refusal:
                post(discussion, reader, "The seventh")
            assert refusal.value.retry_after == 540
            assert "9 minutes" in refusal.value.message
            clock.shift(timedelta(seconds=540))
            post(discussion, reader, "The seventh")

    def test_thirty_comments_a_day(self, discussion, reader, nothing_stored):
        with travel(NOON - timedelta(hours=12), tick=False) as clock:
            for n in range(30):
                post(discussion, reader, f"Comment {n}")
                clock.shift(timedelta(minutes=10))
            with nothing_stored(), pytest.raises(TooSoon) as refusal:
                post(discussion, reader, "The thirty-first")
            assert refusal.value.retry_after == 19 * 3600

    def test_an_address_has_a_limit_over_all_its_readers(self, discussion, nothing_stored):
        with travel(NOON, tick=False):
            post(discussion, make_reader())
            spent = LimitCount.objects.filter(key__startswith=COMMENTS_OF_ADDRESS.name)
            spent.update(count=COMMENTS_OF_ADDRESS.count - 1)
            post(discussion, make_reader())
            with nothing_stored(), pytest.raises(TooSoon):
                post(discussion, Reader())
            post(discussion, Reader(), address="203.0.113.78")


class TestReplies:
    def test_a_reply_is_counted_by_everything_above_it(self, discussion):
        top = make_comment(discussion)
        middle = make_comment(discussion, parent=top)
        lowest = make_comment(discussion, parent=middle)
        top.refresh_from_db()
        middle.refresh_from_db()
        assert (top.reply_count, middle.reply_count) == (2, 1)
        assert lowest.root_id == top.pk
        assert total(discussion) == 3

    def test_a_waiting_reply_is_not_counted(self, discussion, reader):
        top = make_comment(discussion)
        post(discussion, reader, parent=top)
        top.refresh_from_db()
        assert top.reply_count == 0

    def test_replies_sort_by_path_oldest_first(self, discussion):
        top = make_comment(discussion)
        first, second = (make_comment(discussion, parent=top) for _ in range(2))
        below_first = make_comment(discussion, parent=first)
        thread = Comment.objects.order_by("path")
        assert list(thread) == [top, first, below_first, second]

    def test_a_chain_far_deeper_than_anybody_reads_is_stored_and_counted(self, discussion):
        chain = [make_comment(discussion)]
        for _ in range(44):
            chain.append(make_comment(discussion, parent=chain[-1]))
        assert {comment.root_id for comment in chain[1:]} == {chain[0].pk}
        chain[0].refresh_from_db()
        assert chain[0].reply_count == 44
        assert total(discussion) == 45


class TestEditing:
    def test_an_edit_replaces_the_text_and_keeps_the_old_for_staff(self, discussion, trusted):
        comment = edit_comment(comment=post(discussion, trusted), reader=trusted, body="**New**")
        assert (comment.text, comment.state) == ("**New**", State.PUBLISHED)
        assert "<strong>New</strong>" in comment.html
        assert comment.edited_at
        assert CommentVersion.objects.get().text == "It is an escape."
        assert total(discussion) == 3 - 2

    def test_the_same_text_is_no_edit(self, discussion, trusted, nothing_stored):
        comment = post(discussion, trusted)
        with nothing_stored():
            assert edit_comment(comment=comment, reader=trusted, body="It is an escape. \n")

    def test_a_newcomers_edit_waits_again_and_leaves_the_count(self, discussion, reader, mo):
        comment = publish_comment(comment=post(discussion, reader), actor=mo.user)
        assert total(discussion) == 1
        comment = edit_comment(comment=comment, reader=reader, body="Other words")
        assert comment.state == State.PENDING
        assert total(discussion) == 0

    def test_the_window_is_fifteen_minutes(self, discussion, trusted, nothing_stored):
        with travel(NOON, tick=False) as clock:
            comment = post(discussion, trusted)
            clock.shift(timedelta(minutes=14, seconds=59))
            edit_comment(comment=comment, reader=trusted, body="In time")
            clock.shift(timedelta(seconds=1))
            with nothing_stored(), pytest.raises(NotAllowed, match="15 minutes"):
                edit_comment(comment=comment, reader=trusted, body="Too late")

    def test_the_first_published_reply_closes_it(self, discussion, trusted, nothing_stored):
        comment = post(discussion, trusted)
        answered = make_comment(discussion, parent=comment, state=State.PENDING)
        edit_comment(comment=comment, reader=trusted, body="Not yet read by anybody")
        publish_comment(comment=answered, actor=None)
        with nothing_stored(), pytest.raises(NotAllowed, match="until somebody answers"):
            edit_comment(comment=comment, reader=trusted, body="Too late")

    def test_nobody_edits_what_somebody_else_said(self, discussion, trusted, nothing_stored):
        comment, other = post(discussion, trusted), make_reader("Sam")
        with nothing_stored(), pytest.raises(NotAllowed):
            edit_comment(comment=comment, reader=other, body="Not mine")

    @pytest.mark.parametrize("body", ["", "x" * 3001, "so\0", "https://example.org/ " * 11])
    def test_an_edit_passes_the_checks_of_a_post(self, discussion, trusted, body, nothing_stored):
        comment = post(discussion, trusted)
        with nothing_stored(), pytest.raises(Refused):
            edit_comment(comment=comment, reader=trusted, body=body)

    def test_what_a_moderator_removed_is_not_edited_back(
        self, discussion, trusted, mo, nothing_stored
    ):
        comment = hide_comment(comment=post(discussion, trusted), actor=mo.user, reason="unkind")
        with nothing_stored(), pytest.raises(NotAllowed):
            edit_comment(comment=comment, reader=trusted, body="Other words")

    def test_a_blocked_reader_cannot_edit(self, discussion, trusted, mo, nothing_stored):
        comment = post(discussion, trusted)
        block_reader(reader=trusted, actor=mo.user, reason="spam")
        with nothing_stored(), pytest.raises(NotAllowed):
            edit_comment(comment=comment, reader=trusted, body="Other words")


class TestDeleting:
    def test_a_deleted_comment_leaves_the_count(self, discussion, trusted):
        comment = withdraw_comment(comment=post(discussion, trusted), reader=trusted)
        assert comment.state == State.WITHDRAWN
        assert total(discussion) == 0

    def test_its_words_name_and_camp_are_nowhere_in_the_database(self, discussion, reader):
        answer(discussion, reader, "sad")
        comment = post(discussion, reader, "Xylograph one", name="Quillfeather")
        comment = edit_comment(comment=comment, reader=reader, body="Xylograph two")
        Reader.objects.update(name="")
        assert is_stored("Xylograph")
        assert is_stored("Quillfeather")
        withdraw_comment(comment=comment, reader=reader)
        assert not is_stored("Xylograph")
        assert not is_stored("Quillfeather")
        assert Comment.objects.get().camp is None

    def test_its_replies_stay_and_are_still_counted(self, discussion, trusted):
        comment = post(discussion, trusted)
        reply = make_comment(discussion, parent=comment)
        withdraw_comment(comment=comment, reader=trusted)
        comment.refresh_from_db()
        reply.refresh_from_db()
        assert (comment.reply_count, reply.state) == (1, State.PUBLISHED)
        assert total(discussion) == 1

    def test_deleting_twice_is_deleting_once(self, discussion, trusted, nothing_stored):
        comment = withdraw_comment(comment=post(discussion, trusted), reader=trusted)
        with nothing_stored():
            assert withdraw_comment(comment=comment, reader=trusted).state == State.WITHDRAWN

    def test_it_works_at_any_time_and_after_replies(self, discussion, trusted):
        with travel(NOON, tick=False) as clock:
            comment = post(discussion, trusted)
            make_comment(discussion, parent=comment)
            clock.shift(timedelta(days=400))
            assert withdraw_comment(comment=comment, reader=trusted).state == State.WITHDRAWN

    @pytest.mark.parametrize("act", [hide_comment, reject_comment])
    def test_what_a_moderator_removed_can_be_deleted(self, discussion, trusted, mo, act):
        comment = post(discussion, trusted, "It is a consolation.")
        comment = act(comment=comment, actor=mo.user, reason="unkind")
        withdraw_comment(comment=comment, reader=trusted)
        assert not is_stored("a consolation")
        assert total(discussion) == 0

    def test_a_blocked_author_can_delete_too(self, discussion, trusted, mo):
        comment = post(discussion, trusted)
        block_reader(reader=trusted, actor=mo.user, reason="spam")
        assert withdraw_comment(comment=comment, reader=trusted).state == State.WITHDRAWN

    def test_what_was_reported_is_nobodys_case_any_more(self, discussion, trusted):
        comment = post(discussion, trusted)
        report_comment(
            comment=comment,
            reader=make_reader("Sam"),
            reason="unkind",
            note="It says quillfeather.",
        )
        comment = withdraw_comment(comment=comment, reader=trusted)
        assert comment.report_count == 0
        assert not is_stored("quillfeather")
        assert differences() == []

    def test_nobody_deletes_what_somebody_else_said(self, discussion, trusted, nothing_stored):
        comment, other = post(discussion, trusted), make_reader("Sam")
        with nothing_stored(), pytest.raises(NotAllowed):
            withdraw_comment(comment=comment, reader=other)

    def test_a_deleted_comment_does_not_come_back(self, discussion, trusted, mo, nothing_stored):
        comment = withdraw_comment(comment=post(discussion, trusted), reader=trusted)
        with nothing_stored(), pytest.raises(Refused):
            publish_comment(comment=comment, actor=mo.user)
