"""Answering by plain post and by htmx, and what each reader may see of the results."""

import re

import pytest

from polls.actions.recount import differences
from polls.models import Ballot, Discussion, Reader
from tests.factories import answer, answers, crowd, make_article
from tests.reading import buttons, has_piece, piece, sent_to, words

pytestmark = pytest.mark.django_db
PAGE = "/articles/isekai/"
REACT = f"{PAGE}questions/reaction/"
INTEND = f"{PAGE}questions/intent/"
REASON = f"{PAGE}questions/reason/"
RESULTS = f"{PAGE}results/"


def press(browser, choice, *, to=REACT, stage="after", htmx=False):
    """A press of an answer button."""
    return browser.post(to, {"answer": choice, "stage": stage}, htmx=htmx)


class TestBeforeReading:
    def test_the_chips_offer_the_camps_and_no_idea_yet(self, ann, isekai):
        page = ann.get(PAGE)
        assert list(buttons(page, "before")) == ["enraged", "sad", "happy", "none"]
        assert "how does the idea strike you?" in words(page, "before")
        assert "No idea yet" in words(page, "before")

    def test_a_press_leads_back_to_the_chips_and_says_what_was_said(self, ann, isekai):
        assert sent_to(press(ann, "sad", stage="before")) == f"{PAGE}#before"
        assert "Sad is what you said before reading" in words(ann.get(PAGE), "before")
        assert not buttons(ann.get(PAGE), "before")

    def test_htmx_gets_the_piece(self, ann, isekai):
        response = press(ann, "none", stage="before", htmx=True)
        assert response.status_code == 200
        assert "“No idea yet” is what you said" in words(response, "before")
        assert not has_piece(response, "respond")

    def test_it_can_be_changed(self, ann, isekai):
        press(ann, "sad", stage="before")
        assert buttons(ann.get(f"{PAGE}?change=before"), "before")["sad"]
        assert buttons(ann.get(f"{PAGE}questions/before/", htmx=True), "before")["sad"]
        assert sent_to(ann.get(f"{PAGE}questions/before/")) == f"{PAGE}?change=before#before"
        press(ann, "happy", stage="before")
        assert Ballot.objects.get().choice.key == "happy"

    def test_it_can_be_withdrawn(self, ann, isekai):
        press(ann, "sad", stage="before")
        press(ann, "", stage="before")
        assert list(buttons(ann.get(PAGE), "before")) == ["enraged", "sad", "happy", "none"]

    def test_it_is_gone_after_the_answer_at_the_close(self, ann, isekai):
        press(ann, "sad")
        assert not has_piece(ann.get(PAGE), "before")
        assert press(ann, "happy", stage="before").status_code == 422

    def test_it_is_no_answer_at_the_close(self, ann, isekai):
        press(ann, "sad", stage="before")
        assert not any(buttons(ann.get(PAGE), "respond").values())


class TestReacting:
    def test_the_card_asks_and_offers_the_results(self, ann, isekai):
        card = words(ann.get(PAGE), "respond")
        assert "How does isekai leave you?" in card
        assert "One answer. You can change it whenever you like." in card
        assert "See results without answering" in card
        for hint in ("I object to this", "It weighs on me", "I’m glad it exists", "None of these"):
            assert hint in card

    @pytest.mark.parametrize(
        ("choice", "heading"),
        [
            ("enraged", "You are enraged by isekai"),
            ("sad", "You are sad about isekai"),
            ("happy", "You are happy with isekai"),
            ("none", "Your answer on isekai: none of these"),
        ],
    )
    def test_one_press_is_an_answer(self, ann, isekai, choice, heading):
        assert sent_to(press(ann, choice)) == f"{PAGE}#respond"
        page = ann.get(PAGE)
        assert heading in words(page, "respond")
        assert [key for key, pressed in buttons(page, "respond").items() if pressed] == [choice]

    def test_htmx_gets_the_card_as_the_page_would_draw_it(self, ann, isekai):
        response = press(ann, "happy", htmx=True)
        assert response.status_code == 200
        assert words(response, "respond") == words(ann.get(PAGE), "respond")
        assert piece(response, "respond").find(".//*[@role='status']") is not None
        assert not has_piece(response, "comments")

    def test_the_first_is_told_so(self, ann, isekai):
        press(ann, "happy")
        assert "Saved. You are the first." in words(ann.get(PAGE), "respond")

    def test_it_can_be_changed(self, ann, isekai):
        press(ann, "happy")
        press(ann, "enraged")
        assert "You are enraged by isekai" in words(ann.get(PAGE), "respond")
        assert Ballot.objects.counted().count() == 1

    @pytest.mark.parametrize("htmx", [False, True])
    def test_it_can_be_withdrawn(self, ann, isekai, htmx):
        press(ann, "happy")
        response = press(ann, "", htmx=htmx)
        if htmx:
            assert "Your reaction is withdrawn." in words(response, "respond")
        assert "How does isekai leave you?" in words(ann.get(PAGE), "respond")
        assert not any(buttons(ann.get(PAGE), "respond").values())

    def test_the_same_request_twice_is_one_answer(self, ann, isekai):
        for _ in range(2):
            assert press(ann, "sad").status_code == 303
        assert Ballot.objects.count() == Reader.objects.count() == 1
        assert differences() == []

    def test_a_form_without_an_answer_does_not_withdraw(self, ann, isekai, nothing_stored):
        press(ann, "sad")
        with nothing_stored():
            assert ann.post(REACT, {"stage": "after"}).status_code == 422
            assert ann.post(REACT, {}).status_code == 422

    def test_a_link_cannot_answer(self, ann, isekai, nothing_stored):
        with nothing_stored():
            response = ann.get(REACT, {"answer": "sad"})
        assert response.status_code == 405
        assert response["Allow"] == "POST"

    def test_other_articles_are_not_touched(self, ann, isekai):
        make_article("What is tsundere?", slug="tsundere", subject="tsundere")
        press(ann, "sad")
        assert not any(buttons(ann.get("/articles/tsundere/"), "respond").values())

    def test_what_else_was_answered_stays_to_be_taken_back(self, ann, isekai, discussion):
        further = discussion.questions.create(key="length", prompt="Too long?", position=9)
        further.choices.create(key="yes", label="Yes", position=0)
        press(ann, "happy")
        press(ann, "try", to=INTEND)
        press(ann, "genre", to=REASON)
        press(ann, "yes", to=f"{PAGE}questions/length/")
        withdrawn = press(ann, "", htmx=True)
        for page in (withdrawn, ann.get(PAGE)):
            seen = words(page, "respond")
            assert "Your answers below still count." in seen
            assert seen.count("Withdraw this") == 3
            assert buttons(page, "ask-intent")["try"]
            assert buttons(page, "ask-reason")["genre"]
            assert "Say why" not in seen
        answers(discussion, "intent", **{"try": 5})
        assert "I’ll try it Your answer" in words(ann.get(RESULTS), "main")
        press(ann, "", to=INTEND)
        press(ann, "", to=REASON)
        left = words(press(ann, "", to=f"{PAGE}questions/length/", htmx=True), "respond")
        assert "Withdraw this" not in left
        assert "still count" not in left
        assert "Your answer" not in words(ann.get(RESULTS), "main")
        assert not ann.reader.ballots.filter(choice__isnull=False).exists()

    def test_also_when_the_discussion_is_closed(self, ann, isekai):
        press(ann, "happy")
        press(ann, "try", to=INTEND)
        Discussion.objects.update(state=Discussion.State.READ_ONLY)
        page = press(ann, "", htmx=True)
        assert "I’ll try it" in words(page, "ask-intent")
        assert "I’ll stay away" not in words(page, "ask-intent")
        assert "Will you try it?" not in words(press(ann, "", to=INTEND, htmx=True), "respond")

    def test_nothing_stands_with_a_comment_of_who_has_withdrawn(self, ann, isekai):
        press(ann, "happy")
        press(ann, "try", to=INTEND)
        press(ann, "")
        assert "will try it" not in words(ann.get(PAGE), "composer")
        assert "You have not reacted yet." in words(ann.get(PAGE), "composer")

    def test_a_closed_discussion_says_so_and_takes_none(self, ann, isekai, nothing_stored):
        Discussion.objects.update(state=Discussion.State.READ_ONLY)
        page = ann.get(PAGE)
        assert "This discussion is closed. You can still read it." in words(page, "respond")
        assert not has_piece(page, "before")
        with nothing_stored():
            assert press(ann, "sad").status_code == 409

    @pytest.mark.parametrize("where", ["hidden", "draft", "scheduled", "nowhere"])
    def test_what_nobody_can_read_nobody_can_answer(self, ann, isekai, where, nothing_stored):
        if where == "hidden":
            Discussion.objects.update(state=Discussion.State.HIDDEN)
        elif where == "draft":
            Discussion.objects.update(opens_at=None)
        elif where == "scheduled":
            Discussion.objects.update(opens_at="2999-01-01T00:00Z")
        else:
            Discussion.objects.update(key="elsewhere")
        with nothing_stored():
            assert press(ann, "sad").status_code == 404
            assert ann.get(RESULTS).status_code == 404
            assert ann.get(f"{PAGE}comments/").status_code == 404


class TestHiddenResults:
    """Nobody is swayed: the numbers come after the answer, or when somebody asks for them."""

    @pytest.fixture(autouse=True)
    def many(self, discussion):
        answers(discussion, happy=18, sad=6, none=1)

    def shows_results(self, response, id_=""):
        seen = words(response, id_)
        return bool(re.search(r"%|\b(18|19|6|7) readers", seen))

    def test_before_answering_only_the_number_of_readers_is_told(self, ann):
        page = ann.get(PAGE)
        assert not self.shows_results(page)
        assert "25 readers have answered." in words(page, "respond")

    def test_answering_shows_them(self, ann):
        press(ann, "happy")
        card = words(ann.get(PAGE), "respond")
        assert "So are 19 of the 26 readers who answered." in card
        assert "73%" in card

    def test_the_answer_before_reading_does_not(self, ann):
        response = press(ann, "happy", stage="before", htmx=True)
        assert not self.shows_results(response)
        assert not self.shows_results(ann.get(PAGE))

    def test_neither_does_the_intent_alone(self, ann):
        response = press(ann, "try", to=INTEND, htmx=True)
        assert not self.shows_results(response)
        assert not self.shows_results(ann.get(PAGE))

    def test_nor_a_comment_a_favourite_or_a_suggestion(self, ann):
        for path, data in (
            (f"{PAGE}comments/", {"body": "It is an escape.", "name": "Ann"}),
            (f"{PAGE}favourite/", {"title": "The Twelve Kingdoms"}),
            ("/topics/suggest/", {"title": "a heist story", "discussion": "isekai"}),
        ):
            response = ann.post(path, data, htmx=True)
            assert response.status_code == 200
            assert not self.shows_results(response)
        assert not self.shows_results(ann.get(PAGE))

    def test_withdrawing_hides_them_again(self, ann):
        press(ann, "happy")
        assert not self.shows_results(press(ann, "", htmx=True))
        assert not self.shows_results(ann.get(PAGE))

    def test_none_of_these_is_an_answer(self, ann):
        press(ann, "none")
        assert self.shows_results(ann.get(PAGE), "respond")

    def test_asking_shows_them_and_records_nothing(self, ann, nothing_stored):
        with nothing_stored():
            response = ann.get(RESULTS)
        assert response.status_code == 200
        assert not response.cookies
        assert self.shows_results(response)
        assert "These are the people who chose to answer, not all readers." in words(response)

    def test_somebody_elses_answer_shows_me_nothing(self, ann, sam):
        press(sam, "sad")
        assert not self.shows_results(ann.get(PAGE))

    def test_an_editors_question_keeps_its_own_numbers_until_it_is_answered(self, ann, discussion):
        question = discussion.questions.create(key="length", prompt="How long?", position=5)
        for key in ("short", "long"):
            question.choices.create(key=key, label=key.title())
        answers(discussion, question="length", short=21)
        to = f"{PAGE}questions/length/"
        assert "How long?" not in words(ann.get(PAGE))
        press(ann, "happy")
        before = words(ann.get(PAGE), "respond")
        assert "How long?" in before
        assert "95%" not in before
        press(ann, "long", to=to)
        assert "95%" in words(ann.get(PAGE), "respond")


class TestSmallNumbers:
    """Under 5 nothing, 5 to 19 counts, from 20 on whole percents."""

    @pytest.mark.parametrize(
        ("readers", "has_counts", "has_percents"),
        [(4, False, False), (5, True, False), (19, True, False), (20, True, True)],
    )
    def test_of_the_reaction(self, ann, discussion, readers, has_counts, has_percents):
        answers(discussion, sad=readers - 1)
        press(ann, "happy")
        for seen in (words(ann.get(PAGE), "respond"), words(ann.get(RESULTS))):
            assert ("%" in seen) is has_percents
        card = words(ann.get(PAGE), "respond")
        assert (f"{readers - 1} readers" in card) is has_counts
        assert (f"So are 1 of the {readers} readers" in card) is has_counts
        finding = words(ann.get(RESULTS))
        assert ("Fewer than 5 readers" in finding) is not has_counts

    @pytest.mark.parametrize(
        ("readers", "sentence"),
        [
            (4, ""),
            (5, "2 of the 5 readers who answered will try it."),
            (19, "2 of the 19 readers who answered will try it."),
            (20, "10% of the readers who answered will try it."),
        ],
    )
    def test_of_the_intent(self, ann, discussion, readers, sentence):
        answers(discussion, question="intent", **{"try": 1, "stay_away": readers - 2})
        press(ann, "happy")
        assert "will try it." not in words(ann.get(PAGE), "respond")
        press(ann, "try", to=INTEND)
        card = words(ann.get(PAGE), "respond")
        assert sentence in card
        assert ("who answered will try it" in card) is bool(sentence)
        assert ("%" in card) is (readers >= 20)

    def test_the_camp_that_differs_most_is_named(self, ann, discussion):
        crowd(discussion, enraged=(5, 16), happy=(16, 5), sad=(6, 6))
        answer(discussion, make_reader_of(ann), "happy")
        response = press(ann, "try", to=INTEND, htmx=True)
        said = "51% of the readers who answered will try it, among the enraged 24%."
        assert said in words(response, "respond")

    def test_a_camp_too_small_is_not_named(self, ann, discussion):
        crowd(discussion, enraged=(5, 13), happy=(8, 9))
        answer(discussion, make_reader_of(ann), "happy")
        press(ann, "try", to=INTEND)
        card = words(ann.get(PAGE), "respond")
        assert "who answered will try it." in card
        assert "among" not in card

    def test_the_table_by_camp_leaves_out_what_would_give_answers_away(self, ann, discussion):
        crowd(discussion, enraged=(5, 16), happy=(16, 5), sad=(3, 9))
        seen = words(ann.get(RESULTS))
        assert "By reaction" in seen
        assert "Sad 3 9" not in seen

    def test_the_crowd_is_counted_as_single_answers_are(self, discussion):
        crowd(discussion, enraged=(5, 16), happy=(16, 5))
        assert differences() == []


def make_reader_of(browser):
    """The reader of a browser that has acted once."""
    press(browser, "sad")
    return browser.reader


class TestIntent:
    def test_it_is_asked_after_the_reaction(self, ann, isekai):
        assert "Will you try it?" not in words(ann.get(PAGE), "respond")
        press(ann, "happy")
        card = words(ann.get(PAGE), "respond")
        assert "Will you try it?" in card
        assert "I’ll try it" in card
        assert "I’ll stay away" in card
        assert "Say why" in card

    @pytest.mark.parametrize("htmx", [False, True])
    def test_a_press_changes_and_withdraws(self, ann, isekai, htmx):
        press(ann, "happy")
        for choice in ("try", "stay_away", ""):
            response = press(ann, choice, to=INTEND, htmx=htmx)
            if htmx:
                assert buttons(response, "respond").get("try") is (choice == "try")
            else:
                assert sent_to(response) == f"{PAGE}#respond"
        pressed = buttons(ann.get(PAGE), "respond")
        assert (pressed["try"], pressed["stay_away"]) == (False, False)

    def test_it_is_asked_once_not_before_reading(self, ann, isekai, nothing_stored):
        with nothing_stored():
            assert press(ann, "try", to=INTEND, stage="before").status_code == 422


class TestResults:
    def test_nobody_yet(self, ann, isekai):
        seen = words(ann.get(RESULTS))
        assert "Fewer than 5 readers have answered" in seen
        assert "No reactions yet." in seen

    def test_a_clear_lead_is_called(self, ann, discussion):
        answers(discussion, happy=20, sad=5)
        seen = words(ann.get(RESULTS))
        assert "20 of the 25 readers who answered said happy." in seen
        assert "Mostly happy" in seen

    def test_a_small_lead_is_too_close_to_call(self, ann, discussion):
        answers(discussion, happy=12, sad=11)
        assert "Too close to call." in words(ann.get(RESULTS))

    def test_percents_sum_to_a_hundred(self, ann, discussion):
        answers(discussion, enraged=7, sad=7, happy=7)
        bar = piece(ann.get(RESULTS), "main")
        shares = [int(b.text.rstrip("%")) for b in bar.findall(".//ul[@class='mood-list']//b")]
        assert sum(shares) == 100

    def test_no_plus_minus_anywhere(self, ann, discussion):
        answers(discussion, happy=20, sad=5)
        assert "±" not in ann.get(RESULTS).content.decode()

    def test_what_reading_changed_is_told_from_thirty_pairs_on(self, ann, discussion):
        for n in range(30):
            reader = Reader.objects.create()
            answer(discussion, reader, "sad" if n < 20 else "happy", stage="before")
            answer(discussion, reader, "happy")
        seen = words(ann.get(RESULTS))
        assert "20 of 30 readers changed their answer while reading." in seen
        assert "Most moved from sad to happy (20)." in seen

    def test_editors_questions_are_there_too(self, ann, discussion):
        question = discussion.questions.create(key="length", prompt="How long?", position=5)
        question.choices.create(key="short", label="Short")
        answers(discussion, question="length", short=6)
        assert "How long?" in words(ann.get(RESULTS))
        assert "Short 6" in words(ann.get(RESULTS))
