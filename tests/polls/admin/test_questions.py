"""Editors word the questions and ask more of them; what was answered stays answered."""

import pytest

from polls.models import BallotTally, Choice, Discussion, Question
from tests import factories
from tests.conftest import Browser
from tests.polls.admin.conftest import listed, page_of, press_in_list, queries_for


def sent(question: Question, *, prompt: str = "", **changes: object) -> dict[str, object]:
    """The form of a question as its page sends it back, with changes."""
    rows = list(question.choices.all())
    data: dict[str, object] = {
        "prompt": prompt or question.prompt,
        "key": question.key,
        "position": question.position,
        "choices-TOTAL_FORMS": len(rows),
        "choices-INITIAL_FORMS": len(rows),
    }
    for n, choice in enumerate(rows):
        row = {"id": choice.pk, "question": question.pk, "label": choice.label}
        row |= {"key": choice.key, "hint": choice.hint, "position": choice.position}
        data |= {f"choices-{n}-{name}": value for name, value in row.items()}
    return data | changes


def asked(discussion: Discussion, key: str = "ending", **changes: object) -> dict[str, object]:
    """The form of a new question."""
    data = {
        "discussion": discussion.pk,
        "prompt": "Did you guess the ending?",
        "key": key,
        "position": 2,
        "choices-TOTAL_FORMS": 2,
        "choices-INITIAL_FORMS": 0,
        "choices-0-label": "Yes",
        "choices-0-key": "yes",
        "choices-0-position": 0,
        "choices-1-label": "No",
        "choices-1-key": "no",
        "choices-1-position": 1,
    }
    return data | changes


@pytest.fixture
def ending(ed: Browser, discussion: Discussion) -> Question:
    """A question that Ed asks besides."""
    assert ed.post("/admin/polls/question/add/", asked(discussion)).status_code == 302
    return factories.question_of(discussion, "ending")


def test_labels_hints_and_order_are_the_editors(ed: Browser, discussion: Discussion) -> None:
    reaction = factories.question_of(discussion)
    factories.answers(discussion, sad=3)
    changes = {"choices-1-label": "Heavy", "choices-1-hint": "", "choices-1-position": 9}

    assert ed.post(page_of(reaction), sent(reaction, **changes)).status_code == 302

    sad = factories.choice_of(discussion, "sad")
    assert (sad.label, sad.hint, sad.position) == ("Heavy", "", 9)
    assert BallotTally.objects.filter(choice=sad).total() == 3


def test_the_keys_of_the_standing_questions_never_change(
    ed: Browser, discussion: Discussion
) -> None:
    for key in ("reaction", "intent"):
        question = factories.question_of(discussion, key)
        before = set(question.choices.values_list("key", flat=True))
        changes = {"key": "other", "choices-0-key": "changed"}
        assert ed.post(page_of(question), sent(question, **changes)).status_code == 302
        question.refresh_from_db()
        assert question.key == key
        assert set(question.choices.values_list("key", flat=True)) == before


def test_the_standing_questions_take_no_choice_and_lose_none(
    ed: Browser, discussion: Discussion
) -> None:
    reaction = factories.question_of(discussion)
    more = {"choices-TOTAL_FORMS": 5, "choices-4-label": "Bored", "choices-4-key": "bored"}
    ed.post(page_of(reaction), sent(reaction, **more, **{"choices-4-position": 4}))
    ed.post(page_of(reaction), sent(reaction, **{"choices-3-DELETE": "on"}))
    keys = list(reaction.choices.values_list("key", flat=True))
    assert keys == ["enraged", "sad", "happy", "none"]


def test_ed_asks_one_more_question(ed: Browser, discussion: Discussion, ending: Question) -> None:
    assert [choice.key for choice in ending.choices.all()] == ["yes", "no"]
    factories.answer(discussion, factories.make_reader(), "yes", question="ending")


@pytest.mark.parametrize(
    "changes",
    [
        {"choices-1-label": "", "choices-1-key": ""},
        {"choices-1-key": "yes"},
        {"key": "before"},
        {"key": "reaction"},
        {"prompt": ""},
        {"prompt": "What \x07 is this?"},
    ],
    ids=["one choice", "the same key twice", "a key of an address", "taken", "empty", "control"],
)
def test_a_question_that_cannot_be_asked_is_refused(
    ed: Browser, discussion: Discussion, changes: dict
) -> None:
    response = ed.post("/admin/polls/question/add/", asked(discussion, **changes))
    assert response.status_code == 200
    assert response.context["errors"]
    assert discussion.questions.count() == 3


def test_keys_may_change_until_the_first_answer(
    ed: Browser, discussion: Discussion, ending: Question
) -> None:
    changes = {"key": "guessed", "choices-0-key": "yes-i-did"}
    assert ed.post(page_of(ending), sent(ending, **changes)).status_code == 302
    ending.refresh_from_db()
    assert ending.key == "guessed"
    assert [choice.key for choice in ending.choices.all()] == ["yes-i-did", "no"]

    factories.answer(discussion, factories.make_reader(), "no", question="guessed")
    again = {"key": "again", "choices-0-key": "again"}
    assert ed.post(page_of(ending), sent(ending, **again)).status_code == 302
    ending.refresh_from_db()
    assert ending.key == "guessed"
    assert [choice.key for choice in ending.choices.all()] == ["yes-i-did", "no"]


def test_a_choice_that_somebody_gave_stays(
    ed: Browser, discussion: Discussion, ending: Question
) -> None:
    more = {"choices-TOTAL_FORMS": 4}
    for n, key in ((2, "almost"), (3, "unsure")):
        more |= {f"choices-{n}-label": key, f"choices-{n}-key": key, f"choices-{n}-position": n}
    assert ed.post(page_of(ending), sent(ending, **more)).status_code == 302
    factories.answer(discussion, factories.make_reader(), "no", question="ending")

    refused = ed.post(page_of(ending), sent(ending, **{"choices-1-DELETE": "on"}))
    assert "“No” has answers, so it stays." in refused.content.decode()
    assert ed.post(page_of(ending), sent(ending, **{"choices-2-DELETE": "on"})).status_code == 302
    assert [choice.key for choice in ending.choices.all()] == ["yes", "no", "unsure"]


def test_two_choices_are_the_least(ed: Browser, ending: Question) -> None:
    refused = ed.post(page_of(ending), sent(ending, **{"choices-1-DELETE": "on"}))
    assert "Offer at least two choices." in refused.content.decode()
    assert ending.choices.count() == 2


def test_a_standing_or_answered_question_cannot_be_deleted(
    ed: Browser, discussion: Discussion, ending: Question
) -> None:
    for key in ("reaction", "intent"):
        standing = factories.question_of(discussion, key)
        assert ed.post(page_of(standing, "delete"), {"post": "yes"}).status_code == 403
    factories.answer(discussion, factories.make_reader(), "no", question="ending")
    assert ed.post(page_of(ending, "delete"), {"post": "yes"}).status_code == 403
    press_in_list(ed, "delete_selected", ending, post="yes")
    assert discussion.questions.count() == 4


def test_a_question_that_nobody_answered_can_be_deleted(ed: Browser, ending: Question) -> None:
    assert ed.post(page_of(ending, "delete"), {"post": "yes"}).status_code == 302
    assert not Choice.objects.filter(key="yes").exists()


def test_a_question_stays_with_its_discussion(ed: Browser, ending: Question) -> None:
    elsewhere = factories.make_article("What is trust?", slug="trust").discussion
    ed.post(page_of(ending), sent(ending, discussion=elsewhere.pk))
    ending.refresh_from_db()
    assert ending.discussion != elsewhere


def test_mo_may_not_word_the_questions(mo: Browser, discussion: Discussion) -> None:
    question = factories.question_of(discussion)
    assert mo.get(listed(Question)).status_code == 403
    assert mo.post(page_of(question), sent(question, prompt="Other?")).status_code == 403


def test_the_list_costs_the_same_for_5_and_for_50(ed: Browser, queries_of) -> None:
    def make(how_many: int) -> None:
        for _ in range(how_many // 5):
            factories.make_article(slug=f"article-{factories.number()}")

    few, many = queries_for(queries_of, ed, listed(Question), make)
    assert few == many


def test_at_most_five_reasons_are_offered(ed: Browser, discussion: Discussion) -> None:
    reason = factories.question_of(discussion, "reason")
    more = {}
    for n, key in ((4, "ending"), (5, "length")):
        more |= {f"choices-{n}-label": key, f"choices-{n}-key": key, f"choices-{n}-position": n}
    refused = ed.post(page_of(reason), sent(reason, **more, **{"choices-TOTAL_FORMS": 6}))
    assert "Offer at most five reasons." in refused.content.decode()
    assert reason.choices.count() == 4
    assert (
        ed.post(page_of(reason), sent(reason, **more, **{"choices-TOTAL_FORMS": 5})).status_code
        == 302
    )
    assert reason.choices.count() == 5


def test_the_reasons_may_be_left_out(ed: Browser, ann: Browser, discussion: Discussion) -> None:
    reason = factories.question_of(discussion, "reason")
    assert ed.post(page_of(reason, "delete"), {"post": "yes"}).status_code == 302
    answered = ann.post(
        "/articles/isekai/questions/reaction/", {"answer": "sad"}, htmx=True
    ).content.decode()
    assert "ask-reason" not in answered
    assert ann.get("/articles/isekai/results/").status_code == 200


@pytest.mark.parametrize("kind", ["reaction", "reason", "intent", "more"])
def test_the_list_tells_the_standing_questions_from_the_others(
    ed: Browser, ending: Question, kind: str
) -> None:
    found = ed.get(listed(Question, f"?kind={kind}")).context["cl"].result_list
    assert [row.key for row in found] == ["ending" if kind == "more" else kind]
