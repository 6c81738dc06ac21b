"""The results page."""

import pytest

from polls.models import Reader
from polls.queries.questions import Poll
from polls.queries.results import intent_rows, pairs_sentence, results_page
from tests.factories import answer, answers, crowd, make_reader

pytestmark = pytest.mark.django_db


class TestIntentRows:
    def test_rows_in_the_order_of_the_camps(self, discussion):
        crowd(discussion, happy=(16, 5), enraged=(5, 16), sad=(10, 11))
        rows = intent_rows(Poll(discussion, Reader()))
        assert [(r.key, r.try_count, r.stay_count, r.try_percent) for r in rows] == [
            ("enraged", 5, 16, 24),
            ("sad", 10, 11, 48),
            ("happy", 16, 5, 76),
        ]

    def test_no_percent_of_a_small_row(self, discussion):
        crowd(discussion, happy=(9, 6), enraged=(9, 9))
        assert [row.try_percent for row in intent_rows(Poll(discussion, Reader()))] == [None, None]

    def test_what_is_left_out_cannot_be_worked_out(self, discussion):
        """One camp hidden: the rest minus the total would be it, so a second goes too."""
        crowd(discussion, enraged=(5, 16), happy=(16, 5), sad=(1, 2))
        assert len(intent_rows(Poll(discussion, Reader()))) <= 1


def said(discussion):
    return pairs_sentence(Poll(discussion, Reader()))


class TestPairs:
    def pairs(self, discussion, *pairs):
        for before, after, how_many in pairs:
            for _ in range(how_many):
                reader = make_reader()
                answer(discussion, reader, before, stage="before")
                answer(discussion, reader, after)

    def test_nothing_under_thirty_pairs(self, discussion):
        self.pairs(discussion, ("sad", "happy", 29))
        assert said(discussion) == ""

    def test_one_answer_alone_is_no_pair(self, discussion):
        self.pairs(discussion, ("sad", "happy", 29))
        answers(discussion, stage="before", sad=5)
        answers(discussion, happy=5)
        assert said(discussion) == ""

    def test_who_changed_and_where_most_went(self, discussion):
        self.pairs(discussion, ("sad", "happy", 12), ("happy", "happy", 15), ("sad", "none", 6))
        assert said(discussion) == (
            "18 of 33 readers changed their answer while reading. "
            "Most moved from sad to happy (12)."
        )

    def test_it_speaks_in_the_words_of_the_buttons(self, discussion):
        self.pairs(discussion, ("none", "happy", 30))
        assert "from no idea yet to happy" in said(discussion)


def test_the_page_shows_everything_whoever_asks(discussion):
    answers(discussion, happy=21)
    page = results_page(discussion, Reader())
    assert page.card.shown
    assert page.finding == "21 of the 21 readers who answered said happy."
    assert [choice.percent for choice in page.reaction.choices] == [0, 0, 100, 0]
