"""One topic under many phrasings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polls.errors import Refused
from polls.rules import topics

ISEKAI = [
    "What is isekai",
    "what's isekai?",
    "What’s “Isekai”?",
    "Whats isekai",
    "WHAT IS ISEKAI???",
    "what does isekai mean",
    "what does isekai mean exactly?",
    "How does isekai work, please?",
    "explain isekai",
    "Isekai explained",
    "define isekai",
    "the meaning of isekai",
    "What is the meaning of isekai?",
    "isekais",
    "  isekai  ",
    "Ｉｓｅｋａｉ",
]

# Alike and not the same: none may share its neighbour's key.
DIFFERENT = [
    ("isekai", "reverse isekai"),
    ("horror", "body horror"),
    ("sex work", "sex"),
    ("a story", "a history"),
    ("ガンダム", "カンタム"),
    ("boss", "bos"),
    ("whatsapp", "app"),
    ("isolation", "olation"),
    ("theatre", "atre"),
    ("異世界", "異世紀"),
]

# Built from these, titles meet the stripping of words from every side.
ASKING = [
    *("what", "what's", "What’s", "whats", "s", "is", "are", "how", "does", "do", "explain"),
    *("explains", "explained", "define", "the", "a", "an", "meaning", "of", "mean", "means"),
    *("work", "works", "please", "exactly", "isekai", "heist", "story", "stories", "boss"),
    *("ガ", "カ", "\u3099", "é", "e", "\u0301", "\u200d", "?", "'", "’", "-", "!", ""),
]
asking = st.lists(
    st.sampled_from(ASKING),
    max_size=8,
)
titles = st.text() | asking.map(" ".join) | asking.map("".join)


@pytest.mark.parametrize("asked", ISEKAI)
def test_every_way_of_asking_is_one_topic(asked):
    assert topics.key(asked) == "isekai"


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_topics_stay_different(one, other):
    assert topics.key(one) != topics.key(other)


def test_no_stripped_word_takes_letters_of_another():
    # A pattern without word boundaries made "ekai" of it.
    assert topics.normalise("What is isekai") == "isekai"
    assert topics.normalise("What is an anthology") == "anthology"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("What’s a Heist Story, exactly?", "heist story"),
        ("What is The Way?", "way"),
        ("Café society", "cafe society"),
        ("What does “The The” mean?", "the"),
        ("what is mean", "mean"),
        ("What is work?", "work"),
        ("Explain", "explain"),
        ("異世界とは", "異世界とは"),
        ("что такое исекай", "что такое исекаи"),
    ],
)
def test_normalising_keeps_what_the_topic_is_about(typed, words):
    assert topics.normalise(typed) == words


@pytest.mark.parametrize("empty", ["", "   ", "?!", "What is", "What’s?", "what is the meaning of"])
def test_a_question_about_nothing_is_refused(empty):
    with pytest.raises(Refused) as refusal:
        topics.key(empty)
    assert refusal.value.field == "title"


@given(titles)
def test_the_key_of_a_key_is_itself(title):
    try:
        key = topics.key(title)
    except Refused:
        return
    assert topics.key(key) == key


@given(titles)
def test_normalising_twice_is_normalising_once(title):
    once = topics.normalise(title)
    assert topics.normalise(once) == once


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("a heist story", "a heist story"),
        ("What’s a heist story?", "a heist story"),
        ("what's  a Heist\tstory ??", "a Heist story"),
        ("Whats isekai", "isekai"),
        ("What is NTR?", "NTR"),
        ("What are light novels", "light novels"),
        ("WhatsApp fiction", "WhatsApp fiction"),
        ("What isekai is", "What isekai is"),
        ("What’s", ""),
        ("What is ?", ""),
        ("異世界？", "異世界"),
    ],
)
def test_the_question_around_a_title_is_taken_off(typed, title):
    assert topics.strip_question(typed) == title


@pytest.mark.parametrize("typed", ["a heist story", "What’s a heist story?"])
def test_a_title_is_shown_as_a_question(typed):
    assert topics.question(typed) == "What’s a heist story?"


class TestSimilar:
    OFFERED = {
        "a heist story": 1,
        "isekai": 2,
        "reverse isekai": 3,
        "body horror": 4,
        "light novels": 5,
    }

    @pytest.mark.parametrize(
        ("typed", "best"),
        [
            ("What’s a heist film story?", 1),
            ("heist stories", 1),
            ("iseakai", 2),
            ("lightnovel", 5),
            ("horror", 4),
        ],
    )
    def test_a_near_title_is_offered(self, typed, best):
        assert topics.similar(typed, self.OFFERED)[0] == best

    def test_the_best_comes_first(self):
        assert topics.similar("isekai", self.OFFERED) == [2, 3]

    def test_the_shared_question_makes_nothing_alike(self):
        # Raw trigrams matched 27 of 28 different pairs, because all began "What is".
        assert topics.similar("What is a villainess?", {"What is a heist story?": 1}) == []

    def test_it_takes_keys_as_well(self):
        assert topics.similar("heiststory", {"heiststory": 1, "isekai": 2}) == [1]

    def test_five_at_most(self):
        many = {f"isekai {i}": i for i in range(9)}
        assert len(topics.similar("isekai", many)) == 5
        assert len(topics.similar("isekai", many, limit=2)) == 2

    def test_nothing_is_like_an_empty_field(self):
        assert topics.similar("", self.OFFERED) == []
        assert topics.similar("isekai", {"": 1, "?": 2}) == []


class TestTransitions:
    def test_the_table_names_every_status_and_no_other(self):
        assert set(topics.TRANSITIONS) == set(topics.STATUSES)
        assert set().union(*topics.TRANSITIONS.values()) <= set(topics.STATUSES)

    def test_a_topic_goes_from_suggestion_to_article(self):
        for old, new in [("pending", "open"), ("open", "writing"), ("writing", "published")]:
            topics.check_transition(old, new)

    @pytest.mark.parametrize("closed", ["declined", "rejected", "published"])
    def test_every_end_has_a_way_back(self, closed):
        topics.check_transition(closed, "open")

    def test_what_readers_saw_is_declined_with_a_reason_and_not_rejected(self):
        with pytest.raises(Refused, match="published cannot become rejected"):
            topics.check_transition("published", "rejected")

    def test_a_decided_topic_takes_no_votes(self):
        decided = set(topics.STATUSES) - topics.VOTABLE
        assert decided == {"published", "declined", "rejected"}

    def test_an_unknown_status_is_refused(self):
        with pytest.raises(Refused, match="no such status"):
            topics.check_transition("open", "planned")
