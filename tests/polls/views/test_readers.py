"""A reader's own page, and the rules."""

from datetime import timedelta

import pytest
from django.utils import timezone
from time_machine import travel

from polls.actions.bursts import detect, exclude_burst, release_burst
from polls.actions.erasures import erase_branch
from polls.actions.moderation import hide_comment, publish_comment
from polls.actions.sanctions import block_reader, lift_suspension, suspend_reader, unblock_reader
from polls.models import Burst, Comment, Discussion
from tests.bursting import brigade, past, the_burst
from tests.conftest import Browser
from tests.factories import make_comment, make_comments, make_topic, make_user, make_work, vote
from tests.reading import has_piece, piece, words

pytestmark = pytest.mark.django_db
PAGE = "/articles/isekai/"


@pytest.fixture
def busy(ann, isekai):
    """Ann, who has done everything there is to do."""
    make_work()
    ann.post(f"{PAGE}questions/reaction/", {"answer": "sad", "stage": "before"})
    ann.post(f"{PAGE}questions/reaction/", {"answer": "enraged"})
    ann.post(f"{PAGE}questions/intent/", {"answer": "stay_away"})
    ann.post(f"{PAGE}comments/", {"body": "It is an *escape*.", "name": "Ann"})
    ann.post(f"{PAGE}favourite/", {"title": "The Twelve Kingdoms"})
    ann.post("/topics/suggest/", {"title": "a heist story"})
    ann.post(f"/topics/{make_topic('cottagecore').pk}/vote/", {"wanted": "1"})
    return ann


def test_somebody_who_has_only_looked_has_an_empty_page(ann, isekai):
    response = ann.get("/me/")
    assert "Nothing yet" in words(response)
    assert not response.cookies


def test_everything_a_reader_did_is_there(busy):
    seen = words(busy.get("/me/"), "main")
    for did in (
        "How does isekai leave you? Enraged",
        "How does isekai leave you? Sad",
        "Before reading",
        "Will you try it? I’ll stay away",
        "It is an escape.",
        "Waiting for a moderator",
        "The Twelve Kingdoms",
        "What’s a heist story?",
        "What’s cottagecore?",
    ):
        assert did in seen


def test_nobody_else_sees_it(busy, sam):
    assert "Nothing yet" in words(sam.get("/me/"))
    assert "private" in busy.get("/me/")["Cache-Control"]


def test_what_was_taken_back_is_not_there(busy):
    busy.post(f"{PAGE}questions/reaction/", {"answer": ""})
    busy.post(f"{PAGE}comments/{Comment.objects.get().pk}/delete/")
    busy.post(f"{PAGE}favourite/", {"withdraw": "1"})
    seen = words(busy.get("/me/"), "main")
    assert "Enraged" not in seen
    assert "escape" not in seen
    assert "Twelve Kingdoms" not in seen


def test_its_link_to_a_comment_finds_it_however_many_came_after(busy, discussion, mo):
    comment = publish_comment(comment=Comment.objects.get(), actor=mo.user)
    make_comments(discussion, 25)
    links = [a.get("href") for a in piece(busy.get("/me/"), "main").iter("a")]
    link = next(href for href in links if f"c{comment.pk}" in href)
    assert has_piece(busy.get(link), f"c{comment.pk}")


class TestSetAside:
    """Somebody whose answer and vote came with a burst is told."""

    @pytest.fixture
    def burst(self, discussion: Discussion) -> Burst:
        past(discussion, enraged=50, sad=30, happy=20)
        brigade(discussion, 40)
        detect()
        return the_burst()

    @pytest.fixture
    def head(self, burst: Burst, comment: Comment) -> Browser:
        """One of the forty."""
        reader = burst.ballots.first().reader
        reader.user = make_user("head")
        reader.save()
        vote(comment, reader, "good")
        detect()
        return Browser(user=reader.user)

    def test_that_it_is_and_where_to_read_why(self, head):
        seen = words(head.get("/me/"), "main")
        assert "Votes that are not counted A comment on What is isekai?" in seen
        assert seen.count("is not counted until a moderator decides. Why?") == 2

    def test_that_a_moderator_has_left_it_out(self, head, burst, mo):
        exclude_burst(burst=burst, actor=mo.user, reason="one_hand")
        seen = words(head.get("/me/"), "main")
        assert seen.count("a moderator has left the burst") == 2
        assert "until a moderator decides" not in seen

    def test_nothing_once_the_burst_is_counted(self, head, burst, mo):
        release_burst(burst=burst, actor=mo.user, reason="community")
        seen = words(head.get("/me/"), "main")
        assert "How does isekai leave you? Happy" in seen
        assert "not counted" not in seen


class TestRemoved:
    """What the page says of a comment that is gone, and what it promises."""

    @pytest.fixture
    def replied(self, ann, discussion, mo):
        """What Rolf said, and Ann's answer to it."""
        top = make_comment(discussion)
        said = {"body": "Let us be kind.", "name": "Ann", "parent": top.pk}
        ann.post(f"{PAGE}comments/", said)
        reply = publish_comment(comment=Comment.objects.get(parent=top), actor=mo.user)
        return top, reply

    def test_what_went_along_names_no_rule_and_promises_no_appeal(self, ann, replied, mo):
        erase_branch(comment=replied[0], actor=mo.user, reason="unkind")
        seen = words(ann.get("/me/"), "main")
        assert "It went with the comment that it answers." in seen
        assert "Why was this removed?" in seen
        for wrong in ("personal remark", "appeal"):
            assert wrong not in seen

    def test_what_was_erased_names_the_rule_and_promises_no_appeal(self, ann, replied, mo):
        erase_branch(comment=replied[1], actor=mo.user, reason="unkind")
        seen = words(ann.get("/me/"), "main")
        assert "Removed by a moderator: personal remark." in seen
        assert "appeal" not in seen

    def test_an_appeal_is_promised_once_where_there_is_one(self, ann, replied, mo):
        hide_comment(comment=replied[1], actor=mo.user, reason="unkind")
        assert "and how to appeal" in words(ann.get("/me/"), "main")
        text = {"text": "I meant no harm at all."}
        ann.post(f"{PAGE}comments/{replied[1].pk}/appeal/", text)
        assert "and how to appeal" not in words(ann.get("/me/"), "main")


class TestStopped:
    """Who is suspended or blocked reads why: on their page, above the form, and at each try."""

    WHERE = ((PAGE, "comments"), ("/me/", "main"))

    @pytest.fixture
    def reader(self, busy):
        return busy.reader

    def told(self, browser):
        return [words(browser.get(path), part) for path, part in self.WHERE]

    def test_a_suspended_reader(self, busy, reader, mo, sam):
        suspend_reader(reader=reader, actor=mo.user, days=3, reason="Third insult; take a break.")
        refused = words(busy.post(f"{PAGE}comments/", {"body": "May I?", "name": "Ann"}))
        for seen in (*self.told(busy), refused):
            assert "A moderator has suspended you here until" in seen
            assert "Third insult; take a break." in seen
            assert ".." not in seen.partition("Third insult")[0][-80:]
        assert not any("suspended" in seen for seen in self.told(sam))
        lift_suspension(reader=reader, actor=mo.user)
        assert not any("Third insult" in seen for seen in self.told(busy))

    def test_not_once_it_is_over(self, busy, reader, mo):
        with travel(timezone.now() - timedelta(days=4)):
            suspend_reader(reader=reader, actor=mo.user, days=3, reason="Third insult.")
        assert not any("Third insult." in seen for seen in self.told(busy))

    def test_a_blocked_reader(self, busy, reader, mo):
        block_reader(reader=reader, actor=mo.user, reason="Threats.")
        for seen in self.told(busy):
            assert "A moderator has blocked you here. Threats." in seen
        unblock_reader(reader=reader, actor=mo.user)
        assert not any("Threats." in seen for seen in self.told(busy))


def test_the_rules_name_the_numbers_the_code_goes_by(ann):
    seen = words(ann.get("/rules/"), "main")
    for number in (
        "15 minutes",
        "3,000 characters",
        "10 links",
        "first 2 comments",
        "5 different readers",
        "3 in 100 comments",
    ):
        assert number in seen
