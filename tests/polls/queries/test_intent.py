"""Who will try it, by camp, against a count by hand."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from polls.models import Ballot, Reader
from polls.queries.intent import by_camp, sentence
from polls.queries.questions import Poll
from tests.factories import answer, answers, crowd, make_article, make_reader

pytestmark = pytest.mark.django_db

CAMPS = ("enraged", "sad", "happy", "none", "")
INTENTS = ("try", "stay_away", "")


class ByCampTest(TestCase):
    """The one query equals a walk over all readers, whatever they answered elsewhere."""

    person = st.tuples(
        st.sampled_from(CAMPS), st.sampled_from(INTENTS), st.sampled_from(CAMPS), st.booleans()
    )

    @settings(max_examples=10, deadline=None)
    @given(st.lists(person, max_size=8))
    def test_it_counts_each_reader_once(self, people):
        here = make_article().discussion
        elsewhere = make_article("What is tsundere?", slug="tsundere").discussion
        expected = Counter()
        for camp, intent, other, is_held in people:
            reader = make_reader()
            answer(here, reader, "sad", stage="before")
            answer(elsewhere, reader, other)
            answer(elsewhere, reader, "try", question="intent")
            answer(here, reader, camp)
            answer(here, reader, intent, question="intent")
            if is_held:
                Ballot.objects.filter(reader=reader).update(is_held=True)
            if camp not in ("", "none") and intent and not is_held:
                expected[camp, intent] += 1
        table = by_camp(here)
        found = {(camp, intent): n for camp, row in table.items() for intent, n in row.items()}
        assert found == expected


class TestTheSentence:
    def said(self, discussion):
        return sentence(Poll(discussion, Reader()))

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
