"""A moderator decides on the words they have read, never on those their author put there since."""

import pytest

from polls.actions.appeals import decide_appeal, make_appeal
from polls.actions.comments import edit_comment
from polls.actions.erasures import erase_branch, erase_comment
from polls.actions.moderation import (
    ChangedSince,
    DecidedAlready,
    hide_comment,
    keep_comment,
    mark_spam,
    publish_comment,
    reject_comment,
)
from polls.actions.reports import report_comment
from polls.actions.words import add_words
from polls.errors import Refused
from polls.models import Comment, ModerationEntry
from polls.queries.cases import case
from tests.factories import make_comment, make_reader, make_readers, trust
from tests.reading import words

pytestmark = pytest.mark.django_db
QUEUE = "/moderation/"
INSULT = "You are all fools. See https://example.org/fools"


def now(comment):
    return Comment.objects.get(pk=comment.pk)


def edit(comment, body=INSULT):
    return edit_comment(comment=comment, reader=comment.reader, body=body)


@pytest.fixture
def waiting(ann, isekai):
    """What Ann said, a newcomer: it waits."""
    ann.post("/articles/isekai/comments/", {"body": "A harmless remark.", "name": "Ann"})
    return Comment.objects.get()


class TestSeen:
    @pytest.mark.parametrize(
        ("act", "more"),
        [
            (publish_comment, {}),
            (reject_comment, {"reason": "unkind"}),
            (mark_spam, {}),
            (erase_comment, {"reason": "illegal"}),
            (erase_branch, {"reason": "illegal"}),
        ],
    )
    def test_nothing_is_decided_on_words_that_nobody_has_read(
        self, waiting, mo, act, more, nothing_stored
    ):
        seen = case(waiting, mo.user).seen
        edit(waiting)
        with nothing_stored(), pytest.raises(ChangedSince, match="Its author has changed it"):
            act(comment=waiting, actor=mo.user, seen=seen, **more)

    @pytest.mark.parametrize(
        ("act", "more"), [(keep_comment, {}), (hide_comment, {"reason": "spam"})]
    )
    def test_nor_on_what_is_on_the_page(self, discussion, mo, act, more, nothing_stored):
        comment = make_comment(discussion, trust(make_reader("Ann")))
        report_comment(comment=comment, reader=make_reader("Sam"), reason="unkind")
        seen = case(comment, mo.user).seen
        edit(comment, "Other words.")
        with nothing_stored(), pytest.raises(ChangedSince):
            act(comment=comment, actor=mo.user, seen=seen, **more)

    def test_each_edit_is_to_be_read(self, waiting, mo):
        edit(waiting)
        seen = case(waiting, mo.user).seen
        edit(waiting, "Other words.")
        with pytest.raises(ChangedSince):
            publish_comment(comment=waiting, actor=mo.user, seen=seen)
        seen = case(waiting, mo.user).seen
        assert publish_comment(comment=waiting, actor=mo.user, seen=seen).state == "published"

    def test_what_somebody_has_decided_is_told_as_that(self, waiting, mo, ed):
        seen = case(waiting, mo.user).seen
        edit(waiting)
        publish_comment(comment=waiting, actor=ed.user)
        with pytest.raises(DecidedAlready):
            mark_spam(comment=waiting, actor=mo.user, seen=seen)

    def test_an_appeal_is_granted_on_what_was_read(self, discussion, mo, nothing_stored):
        comment = make_comment(discussion, make_reader("Ann"))
        for reader in make_readers(5):
            report_comment(comment=comment, reader=reader, reason="unkind")
        appeal = make_appeal(comment=comment, reader=comment.reader, text="I meant no harm.")
        seen = case(comment, mo.user).seen
        edit(now(comment))
        with nothing_stored(), pytest.raises(ChangedSince):
            decide_appeal(appeal=appeal, actor=mo.user, granted=True, answer="Yes.", seen=seen)


class TestTheCase:
    def test_it_is_drawn_anew_with_what_was_said_before(self, waiting, mo):
        seen = case(waiting, mo.user).seen
        edit(waiting)
        said = {"do": "publish", "seen": seen, "queue": "waiting", "place": waiting.pk}
        for htmx in (False, True):
            response = mo.post(f"{QUEUE}cases/{waiting.pk}/", said, htmx=htmx)
            assert response.status_code == 422
            told = words(response)
            assert "Its author has changed it: read it again." in told
            assert "You are all fools." in told
            assert "Before it was edited: 1 version A harmless remark." in told
            assert "edited" in told
        assert now(waiting).state == "pending"
        drawn = response.context["case"].seen
        assert f'name="seen" value="{drawn}"' in response.content.decode()
        assert mo.post(f"{QUEUE}cases/{waiting.pk}/", said | {"seen": drawn}).status_code == 303
        assert now(waiting).state == "published"

    def test_one_that_nobody_edited_says_nothing_of_it(self, waiting, mo):
        assert "edited" not in words(mo.get(QUEUE, {"case": waiting.pk}), "cases")

    def test_a_tick_holds_what_was_read_too(self, waiting, mo):
        page = mo.get(QUEUE, {"queue": "waiting"}).content.decode()
        assert f'value="{waiting.pk}.{case(waiting, mo.user).seen}"' in page
        ticked = f"{waiting.pk}.{case(waiting, mo.user).seen}"
        edit(waiting)
        mo.post(f"{QUEUE}chosen/", {"do": "publish", "chosen": [ticked]})
        assert now(waiting).state == "pending"
        ticked = f"{waiting.pk}.{case(waiting, mo.user).seen}"
        mo.post(f"{QUEUE}chosen/", {"do": "publish", "chosen": [ticked]})
        assert now(waiting).state == "published"


class TestWhatHoldsIt:
    def test_an_edit_says_which_rule_holds_it_now_and_the_log_too(self, waiting, mo):
        assert waiting.held_reason == "newcomer"
        assert edit(waiting).held_reason == "link"
        add_words(text="cowslip", kind="suspect", actor=mo.user)
        edited = edit(waiting, "A cowslip.")
        assert (edited.held_reason, edited.held_detail) == ("word", "cowslip")
        held = ModerationEntry.objects.filter(act="hold_comment").order_by("id")
        told = [(entry.reason_before, entry.reason) for entry in held]
        assert told == [("", "newcomer"), ("newcomer", "link"), ("link", "word")]
        edit(waiting, "Another cowslip.")
        assert held.count() == 3, "for the same reason as before"

    def test_a_listed_name_holds_an_edit_as_it_holds_a_post(self, ann, isekai, mo):
        add_words(text="cowslip", kind="suspect", actor=mo.user)
        ann.post("/articles/isekai/comments/", {"body": "A remark.", "name": "Cowslip"})
        [comment] = Comment.objects.all()
        assert comment.held_reason == "word"
        assert edit(comment, "Another remark.").held_reason == "word"


class TestCorrectingAReason:
    @pytest.mark.parametrize(
        ("state", "act"), [("hidden", hide_comment), ("rejected", reject_comment)]
    )
    def test_it_is_another_decision_and_publishes_nothing(self, waiting, mo, state, act):
        comment = publish_comment(comment=waiting, actor=mo.user) if state == "hidden" else waiting
        act(comment=comment, actor=mo.user, reason="spam")
        assert "Correct the reason" in words(mo.get(QUEUE, {"case": comment.pk}), "cases")
        said = {"do": "remove", "reason": "unkind", "seen": state}
        assert mo.post(f"{QUEUE}cases/{comment.pk}/", said).status_code == 303
        assert (now(comment).state, now(comment).reason) == (state, "unkind")
        entry = ModerationEntry.objects.latest("pk")
        assert (entry.act, entry.reason_before, entry.reason) == (
            f"{'hide' if state == 'hidden' else 'reject'}_comment",
            "spam",
            "unkind",
        )

    def test_spam_has_one_reason_only(self, waiting, mo):
        mark_spam(comment=waiting, actor=mo.user)
        assert "remove" not in case(now(waiting), mo.user).acts
        with pytest.raises(Refused):
            hide_comment(comment=waiting, actor=mo.user, reason="")
