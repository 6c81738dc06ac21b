"""The moderators' page of bursts, and what readers see of one beside the counts."""

import pytest
from django.contrib import admin

from polls.actions.bursts import detect, exclude_burst, quarantine_burst, release_burst
from polls.models import Burst, Discussion
from polls.queries.questions import Poll
from polls.rules.bursts import REASONS
from tests import factories
from tests.bursting import brigade, past, strangers, the_burst
from tests.conftest import Browser

pytestmark = pytest.mark.django_db

PAGE = "/moderation/bursts/"
ARTICLE = "/articles/isekai/"


@pytest.fixture
def burst(discussion: Discussion) -> Burst:
    """Forty from one network, set aside by rule."""
    past(discussion, enraged=50, sad=30, happy=20)
    brigade(discussion, 40)
    detect()
    return the_burst()


@pytest.fixture
def watched(discussion: Discussion) -> Burst:
    past(discussion, enraged=50, sad=30, happy=20)
    strangers(discussion, none=14)
    detect()
    return the_burst()


def body(response) -> str:
    return " ".join(response.content.decode().split())


def decide(browser: Browser, burst: Burst, do: str, *, htmx: bool = False, **more: str):
    data = {"do": do, "reason": "one_hand", "seen": burst.state} | more
    return browser.post(f"{PAGE}{burst.pk}/", data, htmx=htmx)


class TestModerators:
    def test_they_read_the_signals_in_sentences_and_both_counts(self, mo, burst):
        page = body(mo.get(PAGE))
        assert "Many at once: 40 within two hours, where 3 at most are usual." in page
        assert "Another mix: 100% say “Happy”, before it were 20%." in page
        assert "One source: 100% came from one network" in page
        assert "40 answers" in page
        row = '<th scope="row">Happy</th> <td>40</td> <td>20</td> <td>60</td>'
        assert row in page
        assert "Set aside until somebody decides" in page

    def test_no_source_is_on_the_page(self, mo, burst):
        page = body(mo.get(PAGE))
        assert burst.source not in page
        assert "192.0.2." not in page

    def test_a_burst_of_votes_says_on_what(self, mo, discussion, comment):
        question = Burst.objects.create(
            discussion=discussion, comment=comment, started_at=comment.created_at
        )
        page = body(mo.get(PAGE))
        assert "Votes on Priya’s comment: “It is an escape.”" in page
        assert f'id="burst-{question.pk}"' in page

    def test_they_decide_and_are_led_back_to_it(self, mo, burst):
        response = decide(mo, burst, "excluded")
        assert response.status_code == 303
        assert response["Location"].endswith(f"#burst-{burst.pk}")
        page = body(mo.get(response["Location"].partition("#")[0]))
        assert "by mo: one person or program behind many answers." in page
        assert the_burst().state == "excluded"

    @pytest.mark.parametrize("do", ["released", "excluded", "quarantined"])
    def test_in_place_the_piece_says_what_was_done_and_offers_undo(self, mo, burst, do):
        response = decide(mo, burst, do, htmx=True)
        assert response.status_code == 200
        piece = body(response)
        assert 'role="status"' in piece
        assert f"{PAGE}{burst.pk}/undo/" in piece
        assert "<html" not in piece
        piece = body(mo.post(f"{PAGE}{burst.pk}/undo/", {}, htmx=True))
        assert "The decision is taken back." in piece
        assert the_burst().state == "quarantined"

    @pytest.mark.parametrize("htmx", [True, False])
    def test_without_a_reason_nothing_happens(self, mo, burst, htmx):
        response = decide(mo, burst, "released", htmx=htmx, reason="")
        assert response.status_code == 422
        assert "Choose a reason" in body(response)
        assert the_burst().state == "quarantined"

    def test_who_is_second_is_told(self, mo, ed, burst):
        release_burst(burst=burst, actor=ed.user, reason="community")
        response = decide(mo, burst, "excluded", htmx=True)
        assert response.status_code == 422
        assert "Somebody has decided this already." in body(response)

    def test_what_is_no_decision_is_refused(self, mo, burst, nothing_stored):
        with nothing_stored():
            assert decide(mo, burst, "delete").status_code == 422
            assert mo.post(f"{PAGE}{burst.pk}/undo/", {}).status_code == 422
            assert mo.post(f"{PAGE}{burst.pk + 99}/", {"do": "released"}).status_code == 404

    def test_the_queue_counts_those_nobody_has_judged(self, mo, burst):
        queue = mo.get("/moderation/")
        assert f'href="{PAGE}"' in body(queue)
        assert queue.context["tabs"].bursts == 1
        decide(mo, burst, "quarantined")
        assert mo.get("/moderation/").context["tabs"].bursts == 0

    def test_it_asks_the_database_as_often_whatever_the_size(self, mo, discussion, queries_of):
        past(discussion, enraged=50, sad=30, happy=20)
        brigade(discussion, 20)
        detect()
        few = len(queries_of(lambda: mo.get(PAGE)))
        brigade(discussion, 40)
        detect()
        assert len(queries_of(lambda: mo.get(PAGE))) == few

    def test_an_empty_list_says_so(self, mo):
        assert "No bursts" in body(mo.get(PAGE))


class TestLog:
    def test_everybody_may_read_what_was_decided_and_why_but_not_by_whom(
        self, ann, mo, burst, settings
    ):
        settings.MODERATION_LOG_PUBLIC = True
        decide(mo, burst, "excluded")
        page = body(ann.get("/moderation/log/"))
        page = page[page.index("<main") : page.index("</main>")]
        assert "Set a burst of answers aside" in page
        assert "Left a burst of answers out of the counts</b>: one person or program" in page
        assert "a moderator" in page
        assert "a rule" in page
        assert ">mo<" not in page

    def test_each_reason_is_in_words(self, mo, watched):
        for reason, words in REASONS.items():
            state = "released" if the_burst().state == "excluded" else "excluded"
            decide(mo, the_burst(), state, reason=reason)
            assert words in body(mo.get("/moderation/log/"))


class TestReaders:
    def test_a_burst_set_aside_stands_beside_the_count_on_the_card(self, ann, burst):
        day = f"{burst.started_at:%-d %B}"
        assert f"+40 answers from a burst on {day}, not in the headline." in body(ann.get(ARTICLE))
        assert "100 readers have answered." in body(ann.get(ARTICLE))

    def test_and_on_the_results_with_both_counts(self, ann, burst):
        page = body(ann.get(f"{ARTICLE}results/"))
        assert "+40 answers from a burst" in page
        assert "<td>20</td> <td>20%</td>" in page
        assert "With them: Enraged 50, Sad 30, Happy 60, None of these 0." in page

    def test_who_answered_within_it_is_told_too(self, burst):
        reader = burst.ballots.first().reader
        card = Poll(burst.discussion, reader).card()
        assert card.mine.key == "happy"
        assert [one.total for one in card.asides] == [40]

    def test_what_is_watched_or_released_is_in_the_headline(self, ann, watched, mo):
        assert "from a burst" not in body(ann.get(ARTICLE))
        quarantine_burst(burst=watched, actor=mo.user, reason="unclear")
        assert "+14 answers from a burst" in body(ann.get(ARTICLE))
        release_burst(burst=watched, actor=mo.user, reason="community")
        assert "from a burst" not in body(ann.get(ARTICLE))

    def test_an_exclusion_stays_in_sight(self, ann, burst, mo):
        exclude_burst(burst=burst, actor=mo.user, reason="one_hand")
        assert "+40 answers from a burst" in body(ann.get(ARTICLE))

    def test_a_page_without_bursts_asks_nothing_more(self, discussion, queries_of, ann):
        asked = queries_of(lambda: ann.get(f"{ARTICLE}results/"))
        assert not [sql for sql in asked if 'FROM "polls_burst" WHERE' in sql]

    def test_the_ranking_page_explains_it(self, ann):
        assert 'id="bursts"' in body(ann.get("/how-ranking-works/"))


class TestPanel:
    def test_it_shows_bursts_and_changes_none(self, mo, burst, nothing_stored):
        page = f"/admin/polls/burst/{burst.pk}/change/"
        with nothing_stored():
            assert mo.get(page).status_code == 200
            assert mo.post(page, {"state": "released"}).status_code == 403
            assert mo.get("/admin/polls/burst/add/").status_code == 403
            assert mo.get("/admin/polls/burst/").status_code == 200
        assert burst.source not in body(mo.get(page))

    def test_only_who_moderates_sees_them(self, burst):
        des = Browser(user=factories.make_user("des", is_staff=True))
        assert des.get("/admin/polls/burst/").status_code == 403
        assert Burst in admin.site._registry
