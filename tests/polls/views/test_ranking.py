"""`/how-ranking-works/`: what it says is what the code does."""

import pytest

from polls.rules import ranking
from polls.rules.ranking import Votes
from tests.reading import piece, text_of, tree, words

pytestmark = pytest.mark.django_db
PAGE = "/how-ranking-works/"


def rows(response):
    """The worked examples as {votes: (rates, score, badge)}, read from the page."""
    table = next(piece(response, "main").iter("table"))
    found = {}
    for row in list(table.iter("tr"))[1:]:
        *camps, score, label = [text_of(cell).split() for cell in row.iter("td")]
        votes = tuple((int(yes), int(no)) for yes, _, no, _rate in camps)
        found[votes] = ([rate for *_votes, rate in camps], score[0], " ".join(label))
    return found


def test_every_example_is_worked_out_by_the_code(ann):
    shown = rows(ann.get(PAGE))
    assert len(shown) == 10
    for votes, (rates, score, _label) in shown.items():
        assert rates == [f"{ranking.rate(*side):.2f}" for side in votes]
        by_camp: Votes = {str(n): side for n, side in enumerate(votes)}
        assert score == f"{ranking.score(by_camp):.3f}"


def test_the_examples_carry_their_badges(ann):
    shown = rows(ann.get(PAGE))
    assert shown[((40, 10), (8, 2), (4, 1))][1:] == ("0.750", "Valued by enraged and sad")
    assert shown[((5, 0), (5, 0), (5, 0))][1:] == ("0.857", "Valued by all camps")
    assert shown[((80, 5), (3, 9), (1, 4))][1:] == ("0.424", "Splits the room")
    assert shown[((100, 0), (0, 0), (0, 0))][1:] == ("0.628", "–")


@pytest.mark.parametrize(
    "said",
    [
        "the readers who said the same: enraged, sad and happy",
        "40 of 50 enraged readers, 8 of 10 sad readers and 4 of 5 happy readers say “Good point”",
        "The rates are 0.79, 0.75 and 0.71, and the score is 0.75",
        "A comment nobody has voted on has 0.50",
        "alone it cannot lift a comment to 0.630",
        "With 2 camps that limit is 0.707. With 3 camps that limit is 0.630. With 4 camps",
        "With 10 comments or more, a discussion begins with Best",
        "at least 5 of its readers said “Good point”, and more than 2 times as many",
        "2 or more camps value it",
        "30 minutes after it is earned",
        "places 3 and 8 of every 10 go to",
        "no more than 3 in 100 comments",
        "in the order enraged, sad and happy, without a reaction last. They stand above place 1",
        "Last changed: 30 November 2026",
    ],
)
def test_the_numbers_are_those_the_code_goes_by(ann, said):
    assert said in words(ann.get(PAGE), "main")


@pytest.mark.parametrize(
    ("constant", "value", "said"),
    [
        ("BADGE_VOTES", 7, "at least 7 of its readers"),
        ("RESERVED_PLACES", (2, 5, 9), "places 2, 5 and 9 of every 10"),
        ("BADGE_CAMPS", 3, "3 or more camps value it"),
    ],
)
def test_another_number_in_the_code_is_another_on_the_page(ann, monkeypatch, constant, value, said):
    monkeypatch.setattr(ranking, constant, value)
    assert said in words(ann.get(PAGE), "main")


def test_it_can_be_found_from_every_page_and_from_the_rules(ann, isekai):
    for path in ("/", "/articles/isekai/"):
        links = {a.get("href") for a in next(tree(ann.get(path)).iter("footer")).iter("a")}
        assert PAGE in links
    assert PAGE in {a.get("href") for a in piece(ann.get("/rules/"), "main").iter("a")}


def test_looking_at_it_stores_nothing(ann, nothing_stored):
    with nothing_stored():
        assert ann.get(PAGE).status_code == 200
    assert ann.post(PAGE).status_code == 405
