"""Good point, Not for me: the two buttons of a comment."""

import pytest
from time_machine import travel

from polls.models import Comment, CommentVote, Discussion
from tests.factories import answer, make_comment, make_reader, vote_much
from tests.reading import has_piece, piece, sent_to, text_of, tree, words

pytestmark = pytest.mark.django_db
ARTICLE = "/articles/isekai/"


def path_of(comment):
    return f"{ARTICLE}comments/{comment.pk}/vote/"


def vote(browser, comment, said, *, htmx=False, on=ARTICLE):
    """A vote as the page on which it is pressed sends it."""
    headers = {"Referer": f"http://testserver{on}"}
    if htmx:
        headers["HX-Current-URL"] = f"http://testserver{on}"
    return browser.post(path_of(comment), {"vote": said}, htmx=htmx, headers=headers)


def react(browser, camp="enraged"):
    assert browser.post(f"{ARTICLE}questions/reaction/", {"answer": camp}).status_code == 303


def buttons(response, comment):
    """{its words: (what it sends, whether it is pressed)} of a comment's vote buttons."""
    form = piece(response, f"votes-{comment.pk}")
    return {
        text_of(button): (button.get("value"), button.get("aria-pressed") == "true")
        for button in form.iter("button")
    }


GOOD = "Good point by Priya"
GOOD_1 = "Good point 1 by Priya"
NOT = "Not for me (the comment by Priya)"


class TestVoting:
    def test_without_javascript_it_leads_back_to_the_comment(self, ann, comment):
        assert (
            sent_to(vote(ann, comment, "good")) == f"{ARTICLE}?comment={comment.pk}#c{comment.pk}"
        )
        assert CommentVote.objects.get().is_good

    def test_it_leads_back_to_the_order_it_was_pressed_in(self, ann, comment):
        on = f"{ARTICLE}?order=oldest&camp=sad&results=1&after=7"
        back = f"{ARTICLE}?order=oldest&camp=sad&comment={comment.pk}&results=1#c{comment.pk}"
        assert sent_to(vote(ann, comment, "good", on=on)) == back

    @pytest.mark.parametrize(
        "referer", ["", "http://[", "?order=\0", "https://evil.example/?order=x"]
    )
    def test_no_page_before_it_breaks_it(self, ann, comment, referer):
        response = ann.post(path_of(comment), {"vote": "good"}, headers={"Referer": referer})
        assert sent_to(response) == f"{ARTICLE}?comment={comment.pk}#c{comment.pk}"

    def test_htmx_gets_the_two_buttons_and_nothing_else(self, ann, comment):
        react(ann)
        response = vote(ann, comment, "good", htmx=True)
        assert buttons(response, comment) == {GOOD_1: ("", True), NOT: ("not", False)}
        assert not has_piece(response, "comments")
        assert "Cookie" in response["Vary"]

    def test_a_pressed_button_takes_its_vote_back(self, ann, comment):
        react(ann)
        vote(ann, comment, "not")
        assert buttons(ann.get(ARTICLE), comment) == {GOOD: ("good", False), NOT: ("", True)}
        response = vote(ann, comment, "", htmx=True)
        assert buttons(response, comment) == {GOOD: ("good", False), NOT: ("not", False)}

    @pytest.mark.parametrize(
        ("before", "said", "focused"),
        [("", "good", 0), ("", "not", 1), ("good", "", 0), ("not", "", 1), ("good", "not", 1)],
    )
    def test_the_focus_stays_on_the_button(self, ann, comment, before, said, focused):
        if before:
            vote(ann, comment, before)
        form = piece(vote(ann, comment, said, htmx=True), f"votes-{comment.pk}")
        assert ["data-focus" in button.attrib for button in form.iter("button")] == [
            focused == 0,
            focused == 1,
        ]

    def test_a_page_that_opens_puts_the_focus_on_no_button(self, ann, comment):
        vote(ann, comment, "good")
        form = piece(ann.get(ARTICLE), f"votes-{comment.pk}")
        assert not any("data-focus" in button.attrib for button in form.iter("button"))

    def test_a_first_vote_makes_the_reader(self, ann, comment):
        assert ann.reader is None
        vote(ann, comment, "good")
        assert ann.reader == CommentVote.objects.get().reader


class TestTheNumber:
    def test_it_shows_only_to_who_has_reacted(self, ann, sam, comment):
        react(ann)
        vote(ann, comment, "good")
        assert GOOD_1 in buttons(ann.get(ARTICLE), comment)
        assert GOOD in buttons(sam.get(ARTICLE), comment)
        assert GOOD in buttons(vote(sam, comment, "good", htmx=True), comment)
        react(sam, "none")
        assert "Good point 2 by Priya" in buttons(sam.get(ARTICLE), comment)

    def test_it_shows_to_who_asks_for_the_results(self, ann, sam, comment):
        vote(ann, comment, "good")
        asked = f"{ARTICLE}?results=1"
        assert GOOD_1 in buttons(sam.get(asked), comment)
        response = vote(sam, comment, "not", htmx=True, on=asked)
        assert GOOD_1 in buttons(response, comment)

    def test_not_for_me_is_never_counted_in_public(self, ann, comment):
        react(ann)
        for _ in range(7):
            reader = make_reader()
            answer(comment.discussion, reader, "sad")
            CommentVote.objects.create(comment=comment, reader=reader, is_good=False)
        Comment.objects.update(sad_no=7)
        assert buttons(ann.get(ARTICLE), comment) == {GOOD: ("good", False), NOT: ("not", False)}
        assert "7" not in words(ann.get(ARTICLE), f"c{comment.pk}")

    def test_of_ones_own_comment_there_is_only_the_number(self, ann, sam, discussion):
        react(ann)
        mine = make_comment(discussion, ann.reader, "Mine.")
        assert not has_piece(ann.get(ARTICLE), f"votes-{mine.pk}")
        vote(sam, mine, "good")
        page = ann.get(ARTICLE)
        assert not has_piece(page, f"votes-{mine.pk}")
        assert "1 good point" in words(page, f"c{mine.pk}")


def test_nothing_is_hidden_folded_or_greyed_for_a_low_score(ann, discussion):
    reply_to = make_comment(discussion, text="A word.")
    for parent in (None, reply_to):
        rejected = make_comment(discussion, text="Nobody likes this.", parent=parent)
        unjudged = make_comment(discussion, text="Nobody has seen this.", parent=parent)
        vote_much(rejected, enraged=(0, 6), sad=(0, 6), happy=(0, 6))
        page = ann.get(f"{ARTICLE}?results=1")
        low, neutral = (skeleton(piece(page, row.anchor)) for row in (rejected, unjudged))
        assert low == neutral
        assert "Nobody likes this." in words(page, rejected.anchor)


def skeleton(element):
    """What an element is made of, without its words and whatever names one comment."""
    named = {"class", "hidden", "open", "aria-hidden"}
    return [(part.tag, {key: part.get(key) for key in named}) for part in element.iter()]


class TestRefusing:
    @pytest.mark.parametrize("said", ["yes", "1", "good\0"])
    @pytest.mark.parametrize("htmx", [False, True])
    def test_the_request_names_the_answer(self, ann, comment, said, htmx, nothing_stored):
        with nothing_stored():
            response = vote(ann, comment, said, htmx=htmx)
        assert response.status_code == 422
        assert "Good point" in words(response)

    def test_a_form_that_was_cut_off_is_no_withdrawal(self, ann, comment):
        vote(ann, comment, "good")
        assert ann.post(path_of(comment), {}).status_code == 422
        assert CommentVote.objects.get().is_good

    def test_ones_own(self, ann, discussion):
        react(ann)
        mine = make_comment(discussion, ann.reader)
        response = vote(ann, mine, "good")
        assert response.status_code == 403
        assert "You cannot vote on a comment of your own." in words(response)

    @pytest.mark.parametrize("state", [s for s in Comment.State if s != Comment.State.PUBLISHED])
    def test_what_others_cannot_see_is_not_there(self, ann, comment, state, nothing_stored):
        Comment.objects.update(state=state)
        with nothing_stored():
            assert vote(ann, comment, "good").status_code == 404

    def test_in_another_discussion_it_is_not_there(self, ann, comment, netorare, nothing_stored):
        path = path_of(comment).replace("isekai", "netorare")
        with nothing_stored():
            assert ann.post(path, {"vote": "good"}).status_code == 404

    def test_a_hidden_discussion(self, ann, comment, nothing_stored):
        Discussion.objects.update(state=Discussion.State.HIDDEN)
        with nothing_stored():
            assert vote(ann, comment, "good").status_code == 404

    def test_a_closed_discussion_lets_only_take_back(self, ann, sam, comment):
        vote(ann, comment, "good")
        react(ann)
        Discussion.objects.update(state=Discussion.State.READ_ONLY)
        assert vote(sam, comment, "good").status_code == 409
        assert buttons(ann.get(ARTICLE), comment) == {GOOD_1: ("", True)}
        assert not has_piece(sam.get(ARTICLE), f"votes-{comment.pk}")
        response = vote(ann, comment, "", htmx=True)
        assert response.status_code == 200
        assert not list(tree(response).iter("button"))

    @travel("2026-05-03 12:00:00+00:00", tick=False)
    def test_too_fast_says_when_to_come_back(self, ann, comment):
        for n in range(30):
            assert vote(ann, comment, ["good", "not"][n % 2]).status_code == 303
        response = vote(ann, comment, "good")
        assert response.status_code == 429
        assert response["Retry-After"] == "60"

    @pytest.mark.parametrize("method", ["get", "head", "put", "delete"])
    def test_it_is_only_posted_to(self, ann, comment, method):
        assert getattr(ann, method)(path_of(comment)).status_code == 405

    def test_another_site_votes_for_nobody(self, ann, comment, nothing_stored):
        with nothing_stored():
            response = ann.post(
                path_of(comment), {"vote": "good"}, headers={"Sec-Fetch-Site": "cross-site"}
            )
        assert response.status_code == 403
