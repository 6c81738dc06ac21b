"""Who throws the cookie away is a new reader each time: the address is limited as well."""

from collections.abc import Callable

import pytest

from polls.actions.topics import suggest_topic, vote_topic
from polls.actions.votes import vote_comment
from polls.actions.works import name_favourite
from polls.errors import TooSoon
from polls.models import CommentVote, Favourite, LimitCount, Reader, Topic, TopicVote
from polls.rules import limits
from tests.conftest import Browser
from tests.factories import make_comment, make_reader, make_topic

pytestmark = pytest.mark.django_db
HERE, THERE = "203.0.113.9", "198.51.100.9"
Act = Callable[[Reader, str | None], object]


@pytest.fixture
def acts(discussion) -> dict[str, tuple[limits.Limit, Act]]:
    """What is limited by address: {name: (limit, a reader does it from an address)}."""
    comment, topic = make_comment(discussion), make_topic("isekai", status="open")
    numbers = iter(range(100))

    def vote(reader: Reader, address: str | None):
        return vote_comment(comment=comment, reader=reader, vote="good", address=address)

    def want(reader: Reader, address: str | None):
        return vote_topic(topic=topic, reader=reader, wanted=True, address=address)

    def ask(title: str) -> Act:
        def suggest(reader: Reader, address: str | None):
            words = {"title": title.format(next(numbers)), "note": "", "anyway": True}
            return suggest_topic(**words, reader=reader, address=address)

        return suggest

    def name(reader: Reader, address: str | None):
        facts = {"discussion": discussion, "title": "Dune", "replace": False}
        return name_favourite(**facts, reader=reader, address=address)

    return {
        "a vote on a comment": (limits.VOTES_OF_ADDRESS, vote),
        "a vote for a topic": (limits.TOPIC_VOTES_OF_ADDRESS, want),
        "a topic known already": (limits.TOPIC_VOTES_OF_ADDRESS, ask("isekai")),
        "a new topic": (limits.TOPICS_OF_ADDRESS, ask("a thing of number {}")),
        "a favourite": (limits.WORKS_OF_ADDRESS, name),
    }


def spend(limit: limits.Limit) -> None:
    """All but one of what an address may do."""
    spent = LimitCount.objects.filter(key__startswith=f"{limit.name}:")
    assert spent.update(count=limit.count - 1) == 1


EVERY = [
    *("a vote on a comment", "a vote for a topic", "a topic known already"),
    *("a new topic", "a favourite"),
]


@pytest.mark.parametrize("name", EVERY)
def test_new_readers_of_one_address_spend_its_allowance(acts, name, nothing_stored):
    limit, act = acts[name]
    act(make_reader(), HERE)
    spend(limit)
    act(make_reader(), HERE)
    reader = make_reader()
    with nothing_stored(), pytest.raises(TooSoon) as refusal:
        act(reader, HERE)
    assert 0 < refusal.value.retry_after <= limit.seconds
    act(reader, THERE)


@pytest.mark.parametrize("name", EVERY)
def test_what_came_over_no_network_spends_none(acts, name):
    limit, act = acts[name]
    act(make_reader(), None)
    assert not LimitCount.objects.filter(key__startswith=f"{limit.name}:").exists()


def test_the_readers_own_limit_comes_first(acts, nothing_stored):
    """So that whoever is too fast is told their own wait, and costs nobody else anything."""
    _limit, act = acts["a vote on a comment"]
    reader = make_reader()
    act(reader, HERE)
    LimitCount.objects.update(count=1000)
    with nothing_stored(), pytest.raises(TooSoon) as refusal:
        act(reader, HERE)
    assert refusal.value.retry_after <= limits.VOTES.seconds


@pytest.mark.parametrize(
    ("path", "data", "model"),
    [
        ("/articles/isekai/comments/{comment}/vote/", {"vote": "good"}, CommentVote),
        ("/topics/{topic}/vote/", {"wanted": "1"}, TopicVote),
        ("/topics/suggest/", {"title": "a thing of its own", "note": ""}, Topic),
        ("/articles/isekai/favourite/", {"title": "Dune"}, Favourite),
    ],
)
def test_the_page_says_when_to_try_again(discussion, path, data, model):
    topic = make_topic("isekai", status="open")
    path = path.format(comment=make_comment(discussion).pk, topic=topic.pk)
    assert Browser(address=HERE).post(path, data).status_code == 303
    LimitCount.objects.filter(key__contains="-of-address:").update(count=10_000)
    before = model.objects.count()
    answer = Browser(address=HERE).post(path, data)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert model.objects.count() == before


def test_a_class_and_an_office_are_not_stopped(discussion):
    """Thirty readers of one address who each vote on ten comments and name a favourite."""
    comments = [make_comment(discussion) for _ in range(10)]
    for _ in range(30):
        reader = make_reader()
        for comment in comments:
            vote_comment(comment=comment, reader=reader, vote="good", address=HERE)
        name_favourite(
            discussion=discussion, reader=reader, title="Dune", replace=False, address=HERE
        )
    assert CommentVote.objects.count() == 300
