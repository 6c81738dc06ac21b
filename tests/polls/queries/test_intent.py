"""The sentence of who will try it: as much of it as small numbers allow."""

import pytest

from polls.models import Reader
from polls.models.questions import INTENT, Stage
from polls.queries.questions import Poll
from tests.factories import answers, crowd

pytestmark = pytest.mark.django_db


class TestTheSentence:
    def said(self, discussion):
        """As the card says it to somebody who has answered."""
        question = discussion.questions.get(key=INTENT)
        mine = {(question.pk, Stage.AFTER): question.choices.first().pk}
        return Poll(discussion, Reader(), mine=mine).intent().sentence

    def test_nothing_under_five(self, discussion):
        answers(discussion, question="intent", **{"try": 4})
        assert self.said(discussion) == ""

    def test_counts_under_twenty(self, discussion):
        crowd(discussion, happy=(9, 10))
        assert self.said(discussion) == "9 of the 19 readers who answered will try it."

    def test_whole_percents_from_twenty_on(self, discussion):
        answers(discussion, question="intent", **{"try": 13, "stay_away": 8})
        assert self.said(discussion) == "62% of the readers who answered will try it."

    def test_the_camp_that_differs_most(self, discussion):
        crowd(discussion, enraged=(6, 23), sad=(14, 13), happy=(24, 5))
        said = "52% of the readers who answered will try it, among the enraged 21%."
        assert self.said(discussion) == said

    def test_none_of_these_is_no_camp(self, discussion):
        crowd(discussion, none=(5, 20), happy=(12, 13))
        assert "among" not in self.said(discussion) or "happy" in self.said(discussion)

    def test_one_camp_alone_is_everybody(self, discussion):
        crowd(discussion, happy=(12, 13))
        assert self.said(discussion) == "48% of the readers who answered will try it."
