"""The mood bar."""

from itertools import pairwise

import pytest

from polls.models import Reader
from polls.queries.moods import mood, mood_of, moods
from polls.queries.questions import Poll
from tests.factories import answers, make_article

pytestmark = pytest.mark.django_db


def counts(**readers):
    labels = {"enraged": "Enraged", "sad": "Sad", "happy": "Happy", "none": "None of these"}
    return {key: (labels[key], readers.get(key, 0)) for key in labels}


class TestMood:
    @pytest.mark.parametrize(("happy", "is_shown"), [(0, False), (19, False), (20, True)])
    def test_it_needs_twenty_answers(self, happy, is_shown):
        found = mood(counts(happy=happy))
        assert (found.shown, found.total) == (is_shown, happy)
        assert bool(found.choices) is is_shown

    @pytest.mark.parametrize(
        ("readers", "verdict"),
        [
            ({"happy": 20}, "Mostly happy"),
            ({"sad": 15, "happy": 14, "enraged": 3}, "Split: sad and happy"),
            ({"enraged": 12, "happy": 8, "sad": 8}, "Leaning enraged"),
            ({"none": 20}, "No camp leads"),
        ],
    )
    def test_its_word(self, readers, verdict):
        assert mood(counts(**readers)).verdict == verdict

    def test_shares_are_whole_sum_to_a_hundred_and_follow_each_other(self):
        shares = mood(counts(enraged=7, sad=7, happy=7, none=2)).choices
        assert [share.key for share in shares] == ["enraged", "sad", "happy", "none"]
        assert sum(share.percent for share in shares) == 100
        for one, other in pairwise(shares):
            assert other.x == one.x + one.percent

    def test_none_of_these_is_left_out_when_nobody_said_it(self):
        assert [s.key for s in mood(counts(happy=20)).choices] == ["enraged", "sad", "happy"]

    def test_many_at_once_are_the_same_as_each_alone(self, discussion):
        other = make_article("What is tsundere?", slug="tsundere").discussion
        answers(discussion, happy=21, sad=3)
        answers(other, enraged=4)
        found = moods([discussion, other])
        for one in (discussion, other):
            assert found[one.pk] == mood_of(Poll(one, Reader()))

    def test_answers_before_reading_are_not_in_it(self, discussion):
        answers(discussion, stage="before", sad=25)
        assert mood_of(Poll(discussion, Reader())).total == 0
