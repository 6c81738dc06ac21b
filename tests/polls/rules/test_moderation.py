"""Who is read first, and what may become of a comment."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polls.errors import Refused
from polls.rules import moderation
from polls.rules.moderation import HELD_REASONS, REASONS, STATES, TRANSITIONS, Facts, Verdict

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)


def first_state(**changed: Any) -> Verdict:
    """Ann, a newcomer, posts plain text in an open discussion, but for what is `changed`."""
    return moderation.first_state(Facts(**changed))


def after_edit(state: str, held_reason: str, **changed: Any) -> Verdict:
    return moderation.after_edit(Verdict(state, held_reason), Facts(**changed))


def may_edit(**changed: Any) -> bool:
    """Ann edits what she has just posted, but for what is `changed`."""
    facts: dict[str, Any] = {"created_at": NOON, "now": NOON, "has_reply": False}
    facts |= {"state": "published", "mine": True}
    facts.update(changed)
    return moderation.may_edit(**facts)


class TestFirstState:
    @pytest.mark.parametrize("approvals", [0, 1])
    def test_a_newcomer_waits(self, approvals):
        assert first_state(approvals=approvals) == ("pending", "newcomer", "")

    def test_a_newcomers_links_are_what_the_moderator_should_look_at(self):
        assert first_state(links=1) == ("pending", "link", "")

    @pytest.mark.parametrize("links", [0, 3])
    def test_after_two_approvals_a_reader_is_trusted_with_links_too(self, links):
        assert first_state(approvals=2, links=links) == ("published", "", "")

    @pytest.mark.parametrize(
        ("fact", "reason", "detail"),
        [
            ({"trap": True}, "trap", ""),
            ({"word": "Cowslip"}, "word", "Cowslip"),
            ({"is_repeat": True}, "repeat", ""),
            ({"form_age": 2.9}, "speed", ""),
            ({"form_age": None}, "speed", ""),
            ({"reader_read_first": True}, "reader", ""),
            ({"read_first": True}, "manual", ""),
        ],
    )
    def test_what_holds_also_a_trusted_reader(self, fact, reason, detail):
        assert first_state(approvals=9, **fact) == ("pending", reason, detail)
        assert first_state(approvals=0, **fact) == ("pending", reason, detail)
        assert first_state(is_staff=True, **fact) == ("published", "", "")

    def test_three_seconds_are_enough_for_a_person(self):
        assert first_state(approvals=2, form_age=3) == ("published", "", "")

    def test_what_tells_a_moderator_most_comes_first(self):
        facts = {
            "trap": True,
            "word": "Cowslip",
            "is_repeat": True,
            "form_age": None,
            "reader_read_first": True,
            "read_first": True,
            "links": 1,
        }
        harmless = Facts()._asdict()
        found = []
        for fact in list(facts):
            found.append(first_state(**facts).held_reason)
            facts[fact] = harmless[fact]
        found.append(first_state(**facts).held_reason)
        order = ["trap", "word", "repeat", "speed", "reader", "manual", "link", "newcomer"]
        assert found == order
        assert [reason for reason in HELD_REASONS if reason in order] == order

    @given(
        st.builds(
            Facts,
            approvals=st.integers(0, 5),
            form_age=st.none() | st.floats(0, 10),
            links=st.integers(0, 10),
        )
    )
    def test_only_what_is_pending_has_a_reason(self, facts):
        verdict = moderation.first_state(facts)
        assert verdict.state in ("pending", "published")
        assert (verdict.held_reason in HELD_REASONS) == (verdict.state == "pending")
        assert bool(verdict.held_detail) == (verdict.held_reason == "word")


class TestAfterEdit:
    def test_a_newcomers_pending_comment_stays_pending(self):
        assert after_edit("pending", "newcomer") == ("pending", "newcomer", "")

    def test_a_trusted_readers_edit_stays_published(self):
        assert after_edit("published", "", approvals=2, links=1).state == "published"

    @pytest.mark.parametrize(("links", "reason"), [(0, "newcomer"), (1, "link")])
    def test_a_newcomers_approved_comment_is_read_again(self, links, reason):
        assert after_edit("published", "", approvals=1, links=links) == ("pending", reason, "")

    def test_in_a_read_first_discussion_every_edit_is_read_again(self):
        assert after_edit("published", "", approvals=2, read_first=True).held_reason == "manual"

    def test_a_listed_word_is_not_slipped_in_later(self):
        edited = after_edit("published", "", approvals=2, word="Cowslip")
        assert edited == ("pending", "word", "Cowslip")

    @pytest.mark.parametrize("reason", HELD_REASONS)
    def test_an_edit_does_not_free_a_held_comment(self, reason):
        assert after_edit("pending", reason, approvals=2) == ("pending", reason, "")

    @pytest.mark.parametrize("old", ["newcomer", "manual", "reader", "link"])
    @pytest.mark.parametrize(
        ("facts", "reason", "detail"),
        [({"links": 1}, "link", ""), ({"word": "Cowslip"}, "word", "Cowslip")],
    )
    def test_what_an_edit_adds_is_what_holds_it_now(self, old, facts, reason, detail):
        assert after_edit("pending", old, **facts) == ("pending", reason, detail)

    def test_what_an_edit_takes_away_holds_it_no_longer(self):
        assert after_edit("pending", "link") == ("pending", "newcomer", "")
        assert after_edit("pending", "word") == ("pending", "newcomer", "")

    @pytest.mark.parametrize("old", ["trap", "speed", "reports", "burst"])
    def test_how_a_comment_came_here_is_not_edited_away(self, old):
        assert after_edit("pending", old, links=1) == ("pending", old, "")

    @pytest.mark.parametrize(("old", "now"), [("trap", "trap"), ("speed", "word"), ("", "word")])
    def test_of_two_reasons_the_graver_one_is_told(self, old, now):
        assert after_edit("pending", old, word="Cowslip").held_reason == now


class TestReports:
    def test_five_readers_hold_a_comment_and_never_fewer(self):
        held = [moderation.is_held_by_reports(state="published", open_reports=n) for n in range(7)]
        assert held == [False] * 5 + [True] * 2

    @pytest.mark.parametrize("state", [state for state in STATES if state != "published"])
    def test_only_what_is_on_the_page_is_taken_off_it(self, state):
        assert not moderation.is_held_by_reports(state=state, open_reports=9)


class TestAppealing:
    @pytest.mark.parametrize("state", ["hidden", "rejected", "spam"])
    def test_an_author_may_once_after_a_removal(self, state):
        facts = {"state": state, "held_reason": ""}
        assert moderation.may_appeal(**facts, mine=True, has_appealed=False)
        assert not moderation.may_appeal(**facts, mine=True, has_appealed=True)
        assert not moderation.may_appeal(**facts, mine=False, has_appealed=False)

    @pytest.mark.parametrize("reason", HELD_REASONS)
    def test_of_what_waits_only_where_reports_hold_it(self, reason):
        may = moderation.may_appeal(
            state="pending", held_reason=reason, mine=True, has_appealed=False
        )
        assert may == (reason == "reports")

    @pytest.mark.parametrize("state", ["published", "withdrawn", "erased"])
    def test_not_where_nothing_can_come_back(self, state):
        assert not moderation.may_appeal(state=state, held_reason="", mine=True, has_appealed=False)


class TestUndoing:
    @pytest.mark.parametrize(
        ("act", "may"),
        [
            ("hide_comment", True),
            ("publish_comment", True),
            ("keep_comment", True),
            ("erase_comment", False),
            ("undo", False),
            ("hold_comment", False),
            ("appeal_granted", True),
            ("notice_declined", True),
            ("appeal_received", False),
        ],
    )
    def test_only_what_has_a_way_back(self, act, may):
        facts = {"created_at": NOON, "now": NOON, "is_latest": True}
        assert moderation.may_undo(act=act, **facts) == may

    def test_for_ten_minutes_and_while_nothing_else_was_done(self):
        def may(minutes: float, is_latest: bool) -> bool:
            now = NOON + timedelta(minutes=minutes)
            return moderation.may_undo(
                act="hide_comment", created_at=NOON, now=now, is_latest=is_latest
            )

        assert [may(9.9, True), may(10, True), may(0, False)] == [True, False, False]


@pytest.mark.parametrize(
    ("published", "most"), [(0, 1), (1, 1), (66, 1), (67, 2), (100, 3), (1000, 30)]
)
def test_three_in_a_hundred_are_picked_and_one_at_least(published, most):
    assert moderation.most_picks(published) == most


class TestStatement:
    def told(self, state: str, **changed: Any) -> moderation.Statement | None:
        facts = {"reason": "", "held_reason": "", "by_notice": False, "can_appeal": False}
        return moderation.statement(state=state, **facts | changed)

    @pytest.mark.parametrize("state", ["hidden", "rejected", "spam", "erased"])
    def test_a_removal_names_the_rule_who_decided_and_the_way_to_object(self, state):
        told = self.told(state, reason="unkind", can_appeal=True)
        assert told.rule == "personal remark"
        assert told.ground == "A moderator decided this; no machine did."
        assert "appeal once" in told.appeal

    def test_four_removals_are_told_in_four_ways(self):
        told = {self.told(state).decision for state in ("hidden", "rejected", "spam", "erased")}
        assert len(told) == 4

    def test_what_went_along_names_no_rule_and_judges_nobody(self):
        told = self.told("erased", reason="illegal", went_along=True)
        assert "Nobody judged" in told.decision
        assert told[1:] == ("", "", "")

    def test_a_removal_after_a_notice_says_so(self):
        assert "notice" in self.told("hidden", reason="illegal", by_notice=True).ground

    @pytest.mark.parametrize("reason", HELD_REASONS)
    def test_what_waits_says_which_rule_held_it_and_that_no_person_did(self, reason):
        told = self.told("pending", held_reason=reason)
        assert told.rule == HELD_REASONS[reason]
        assert "automatically" in told.ground
        assert told.appeal == ""

    @pytest.mark.parametrize("state", ["published", "withdrawn"])
    def test_where_nothing_was_decided_there_is_nothing_to_tell(self, state):
        assert self.told(state) is None


class TestMayEdit:
    @pytest.mark.parametrize("state", ["pending", "published"])
    def test_authors_may_for_a_quarter_of_an_hour(self, state):
        assert may_edit(state=state, now=NOON + timedelta(minutes=14, seconds=59))
        assert not may_edit(state=state, now=NOON + timedelta(minutes=15))

    def test_a_reply_ends_it(self):
        assert not may_edit(has_reply=True)

    def test_nobody_edits_for_another(self):
        assert not may_edit(mine=False)

    @pytest.mark.parametrize("state", ["hidden", "rejected", "spam", "withdrawn", "erased"])
    def test_what_was_removed_is_not_edited(self, state):
        assert not may_edit(state=state)


def test_what_was_read_is_the_state_and_the_text():
    read = [
        moderation.read_as(state=state, edited_at=at)
        for state in ("pending", "published")
        for at in (None, NOON, NOON + timedelta(microseconds=1))
    ]
    assert len(set(read)) == 6
    assert read[0] == "pending"
    assert all(one.partition(".")[0] in ("pending", "published") for one in read)


@pytest.mark.parametrize("state", STATES)
def test_authors_may_delete_at_any_time_but_once(state):
    assert moderation.may_delete(state=state, mine=True) == (state not in ("withdrawn", "erased"))
    assert not moderation.may_delete(state=state, mine=False)


@pytest.mark.parametrize("state", STATES)
def test_only_a_published_comment_in_an_open_discussion_is_answered(state):
    assert moderation.may_reply(state=state, is_open=True) == (state == "published")
    assert not moderation.may_reply(state=state, is_open=False)
    assert not moderation.may_reply(state=state, is_open=True, locked=True)


class TestTransitions:
    def test_the_table_names_every_state_and_no_other(self):
        assert set(TRANSITIONS) == set(STATES)
        assert set().union(*TRANSITIONS.values()) <= set(STATES)

    @pytest.mark.parametrize("state", ["hidden", "rejected", "spam"])
    def test_every_removal_can_be_undone(self, state):
        assert {"published", "pending"} <= TRANSITIONS[state]

    @pytest.mark.parametrize("new", [state for state in STATES if state != "erased"])
    def test_a_withdrawn_comment_does_not_come_back(self, new):
        if new == "withdrawn":
            moderation.check_transition("withdrawn", new)
        else:
            with pytest.raises(Refused):
                moderation.check_transition("withdrawn", new)

    @pytest.mark.parametrize("state", STATES)
    def test_everything_can_be_erased_and_staying_is_no_change(self, state):
        moderation.check_transition(state, "erased")
        moderation.check_transition(state, state)

    def test_a_pending_comment_is_published_and_a_published_one_hidden(self):
        moderation.check_transition("pending", "published")
        moderation.check_transition("published", "hidden")

    def test_the_refusal_names_both_states(self):
        with pytest.raises(Refused) as refusal:
            moderation.check_transition("erased", "published")
        assert refusal.value.message == "A comment that is erased cannot become published."

    def test_an_unknown_state_is_refused(self):
        with pytest.raises(Refused, match="no such state"):
            moderation.check_transition("pending", "shadowed")


def test_reasons_fit_into_a_sentence():
    assert {"off_topic", "unkind", "spam", "spoiler", "illegal", "other"} == set(REASONS)
    assert all(label == label.lower() and not label.endswith(".") for label in REASONS.values())
