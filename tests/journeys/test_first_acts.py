"""A first act brings no cookie yet. Sent twice, it is still one reader's, and nobody else's."""

import pytest
from django.test import Client

from polls.models import Ballot, Comment, Discussion, Reader
from tests.conftest import Browser
from tests.factories import choice_of, make_comment, make_reader, make_user
from tests.journeys.test_at_once import side_by_side

ANSWER = "/articles/isekai/questions/reaction/"
COMMENTS = "/articles/isekai/comments/"
DRAWN, ANOTHER = "0123456789abcdef" * 2, "f" * 32


def press(answer: str = "enraged", first: str = DRAWN, browser: Browser | None = None):
    return (browser or Browser()).post(ANSWER, {"answer": answer, "first": first})


@pytest.mark.django_db
class TestSentTwice:
    def test_an_answer_is_one_readers(self, discussion: Discussion):
        once, again = Browser(), Browser()
        assert press(browser=once).status_code == press(browser=again).status_code == 303
        assert Ballot.objects.count() == Reader.objects.count() == 1
        assert once.reader == again.reader == Reader.objects.get()

    def test_a_change_of_mind_before_the_cookie_came_is_the_last_word(self, discussion):
        press("enraged")
        press("happy")
        assert Ballot.objects.get().choice == choice_of(discussion, "happy")

    def test_a_comment_stands_once(self, discussion: Discussion):
        for _ in range(2):
            sent = {"body": "An escape.", "name": "Ann", "first": DRAWN}
            assert Browser().post(COMMENTS, sent).status_code == 303
        assert Comment.objects.count() == Reader.objects.count() == 1

    def test_a_vote_counts_once(self, discussion: Discussion):
        comment = make_comment(discussion, make_reader("Priya"))
        for _ in range(2):
            Browser().post(f"{COMMENTS}{comment.pk}/vote/", {"vote": "good", "first": DRAWN})
        comment.refresh_from_db()
        assert comment.good_count == 1


@pytest.mark.django_db
class TestWhose:
    def test_another_page_is_another_reader(self, discussion: Discussion):
        press(first=DRAWN)
        press(first=ANOTHER)
        assert Reader.objects.count() == 2

    def test_who_has_a_cookie_stays_who_they_are(self, discussion: Discussion):
        ann = Browser()
        press(first=DRAWN, browser=ann)
        known = ann.reader
        press("sad", first=ANOTHER, browser=ann)
        assert ann.reader == known
        assert Reader.objects.count() == 1

    @pytest.mark.parametrize("first", ["", "0" * 31, "0" * 33, "G" * 32, "０" * 32, "x\0" * 16])
    def test_what_no_page_draws_is_nobody(self, first, discussion: Discussion):
        press(first=first)
        press(first=first)
        assert Reader.objects.count() == 2

    def test_the_key_is_not_the_number(self, discussion: Discussion):
        press(first=DRAWN)
        assert Reader.objects.get().key.hex != DRAWN

    def test_a_look_asks_for_nobody(self, discussion: Discussion):
        press(first=DRAWN)
        shown = Client().get("/articles/isekai/", {"first": DRAWN}).content.decode()
        assert 'aria-pressed="true"' not in shown.split('id="respond"')[1].split("</section>")[0]

    def test_who_signs_in_afterwards_is_reached_by_their_account_alone(self, discussion):
        press(first=DRAWN)
        owner = Reader.objects.get()
        Reader.objects.update(user=make_user("ann"))
        stranger = Browser()
        press("happy", first=DRAWN, browser=stranger)
        assert stranger.reader not in {owner, None}
        assert Ballot.objects.get(reader=owner).choice.key == "enraged"


@pytest.mark.django_db(transaction=True)
def test_both_at_the_same_moment(isekai):
    """The one that comes second finds the reader whom the first is storing."""
    people = [Browser() for _ in range(4)]
    statuses = []

    def acts(browser: Browser):
        for number in range(6):
            first = f"{number:032x}"
            browser.cookies.clear()
            yield lambda: statuses.append(press(first=first, browser=browser).status_code)  # noqa: B023

    side_by_side(*(acts(browser) for browser in people))
    assert set(statuses) == {303}
    assert len(statuses) == 24
    assert Reader.objects.count() == Ballot.objects.count() == 6
