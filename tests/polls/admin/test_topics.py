"""What editors do with suggested topics."""

import pytest

from polls.actions.topics import set_topic_status
from polls.models import ModerationEntry, Topic
from tests import factories
from tests.conftest import Browser
from tests.polls.admin.conftest import (
    act_of,
    listed,
    messages,
    page_of,
    press,
    press_in_list,
    queries_for,
)

Status = Topic.Status


def stored(topic: Topic) -> Topic:
    return Topic.objects.get(pk=topic.pk)


@pytest.mark.parametrize(
    ("act", "before", "after"),
    [
        ("approve", Status.PENDING, Status.OPEN),
        ("write", Status.OPEN, Status.WRITING),
        ("reject", Status.PENDING, Status.REJECTED),
        ("approve", Status.REJECTED, Status.OPEN),
    ],
)
def test_a_topic_moves_along(mo: Browser, act: str, before: str, after: str) -> None:
    one, other = factories.make_topic(status=before), factories.make_topic(status=before)
    press(mo, act, one)
    press_in_list(mo, act, other)
    assert (stored(one).status, stored(other).status) == (after, after)
    assert ModerationEntry.objects.filter(act=f"topic_{after}", actor=mo.user).count() == 2


def test_declining_takes_a_reason_that_readers_see(mo: Browser, ann: Browser) -> None:
    topic = factories.make_topic("tax law")

    assert press(mo, "decline", topic, confirmed=1, reason=" ").status_code == 422
    assert stored(topic).status == Status.OPEN
    press(mo, "decline", topic, confirmed=1, reason="We write about fiction.")

    assert stored(topic).status == Status.DECLINED
    assert stored(topic).declined_reason == "We write about fiction."


def test_a_control_character_in_a_reason_is_refused(mo: Browser) -> None:
    topic = factories.make_topic()
    assert press(mo, "decline", topic, confirmed=1, reason="no\x07body").status_code == 422
    assert stored(topic).status == Status.OPEN


def test_merging_says_what_moves_and_counts_nobody_twice(mo: Browser) -> None:
    ann = factories.make_reader("Ann")
    target = factories.make_topic("heist story", reader=ann, votes=3)
    source = factories.make_topic("heist stories", reader=ann, votes=2)

    asked = press_in_list(mo, "merge", source).content.decode()
    assert "2 votes" in asked
    assert "“heist stories”" in asked
    assert f'value="{target.pk}" selected' in asked  # the one most like it

    press_in_list(mo, "merge", source, confirmed=1, target=target.pk)
    target.refresh_from_db()
    assert (target.vote_count, target.merged_count) == (4, 1)
    assert {alias.title for alias in target.aliases.all()} == {"heist story", "heist stories"}
    assert not Topic.objects.filter(pk=source.pk).exists()


def test_of_several_chosen_the_target_stays(mo: Browser) -> None:
    rows = [factories.make_topic(f"heist {n}") for n in ("story", "film", "novel")]
    response = press_in_list(mo, "merge", *rows, confirmed=1, target=rows[1].pk)
    assert messages(response) == ["2 topics merged."]
    assert list(Topic.objects.all()) == [rows[1]]


def test_a_topic_is_not_merged_with_itself(mo: Browser) -> None:
    topic = factories.make_topic()
    assert press(mo, "merge", topic, confirmed=1, target=topic.pk).status_code == 422
    assert press(mo, "merge", topic, confirmed=1, target="x").status_code == 422
    assert Topic.objects.count() == 1


def test_after_a_merge_from_its_page_the_list_is_shown(mo: Browser) -> None:
    source, target = factories.make_topic("heist film"), factories.make_topic("heist story")
    response = press(mo, "merge", source, confirmed=1, target=target.pk)
    assert response.redirect_chain[-1][0] == listed(Topic)


def test_the_wording_is_corrected_and_the_old_one_still_found(mo: Browser) -> None:
    topic = factories.make_topic("isekia")
    press(mo, "retitle", topic, confirmed=1, title="What’s isekai?")
    topic.refresh_from_db()
    assert topic.title == "isekai"
    assert {alias.title for alias in topic.aliases.all()} == {"isekia", "isekai"}
    assert ModerationEntry.objects.filter(act="retitle_topic").get().topic == topic


def test_a_wording_of_another_topic_is_not_taken(mo: Browser) -> None:
    topic = factories.make_topic("isekia")
    factories.make_topic("isekai")
    response = press(mo, "retitle", topic, confirmed=1, title="Isekai")
    assert any("another topic already" in message for message in messages(response))
    assert stored(topic).title == "isekia"


def test_two_topics_cannot_get_one_wording(mo: Browser) -> None:
    rows = [factories.make_topic("one thing"), factories.make_topic("another thing")]
    response = press_in_list(mo, "retitle", *rows, confirmed=1, title="a thing")
    assert response.status_code == 422


def test_a_topic_with_an_article_is_moved_by_the_article(ed: Browser) -> None:
    topic = factories.make_topic("isekai")
    set_topic_status(topic=topic, status=Status.PUBLISHED, actor=ed.user, url="/articles/isekai/")
    response = press(ed, "write", topic)
    assert any("It has its article." in message for message in messages(response))
    assert stored(topic).url == "/articles/isekai/"


@pytest.mark.parametrize("who", ["mo", "ed"])
def test_nobody_adds_deletes_or_rewrites_a_topic(
    request: pytest.FixtureRequest, who: str, nothing_stored
) -> None:
    browser, topic = request.getfixturevalue(who), factories.make_topic(votes=3)
    with nothing_stored():
        assert browser.get("/admin/polls/topic/add/").status_code == 403
        assert browser.post(page_of(topic, "delete"), {"post": "yes"}).status_code == 403
        data = {"title": "something else", "vote_count": 99}
        assert browser.post(page_of(topic), data).status_code == 403


def test_the_list_is_searched_by_every_wording(mo: Browser) -> None:
    topic = factories.make_topic("isekia")
    factories.make_topic("heist story")
    press(mo, "retitle", topic, confirmed=1, title="isekai")
    found = mo.get(listed(Topic, "?q=isekia")).context["cl"].result_list
    assert list(found) == [topic]


def test_the_list_costs_the_same_for_5_and_for_50(mo: Browser, queries_of) -> None:
    few, many = queries_for(
        queries_of, mo, listed(Topic), lambda n: [factories.make_topic() for _ in range(n)]
    )
    assert few == many


def test_every_page_of_an_act_is_drawn(mo: Browser) -> None:
    topic = factories.make_topic()
    for act in ("decline", "merge", "retitle"):
        assert mo.get(act_of(topic, act)).status_code == 200
