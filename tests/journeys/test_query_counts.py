"""A page asks the database as often for forty rows as for three."""

from functools import partial

import pytest
from django.utils import timezone

from polls import pieces
from polls.actions import limits
from polls.models import LimitCount, Topic
from tests.conftest import Browser
from tests.factories import (
    answers,
    choice_of,
    make_article,
    make_articles,
    make_comments,
    make_example,
    make_topic,
    make_work,
    question_of,
)

pytestmark = pytest.mark.django_db

# The most that a visit may ask, as ARCHITECTURE.md tells: who only looks, and who has done
# everything there is to do.
LOOKING = {"/": 6, "/articles/isekai/": 17, "/topics/": 1, "/articles/isekai/results/": 9}
READER = {"/": 8, "/articles/isekai/": 30, "/topics/": 4, "/articles/isekai/results/": 12}


def fill(article, number):
    """Comments with replies, favourites, topics and other articles: so many of each."""
    discussion = article.discussion
    for parent in make_comments(discussion, number):
        make_comments(discussion, 2, parent=parent)
    for n in range(number):
        make_topic(f"topic {n} of {number}", votes=1)
        make_example(article, make_work(f"Work {n} of {number}"))
    answers(discussion, happy=number)
    for n in range(number):
        make_article(f"What is {n}?", slug=f"other-{n}-of-{number}")


@pytest.fixture
def counts(queries_of):
    """{path: queries} of one visit to each, when nothing is kept from another."""

    def of(browser, paths=LOOKING):
        pieces.store.clear()
        return {path: len(queries_of(partial(browser.get, path))) for path in paths}

    return of


def test_somebody_who_looks(ann, isekai, counts):
    fill(isekai, 3)
    few = counts(ann)
    fill(isekai, 37)
    assert counts(ann) == few
    assert {path: n for path, n in few.items() if n > LOOKING[path]} == {}


def test_a_reader_who_has_done_everything(ann, isekai, counts):
    page = "/articles/isekai/"
    ann.post(f"{page}questions/reaction/", {"answer": "sad"})
    ann.post(f"{page}questions/intent/", {"answer": "try"})
    ann.post(f"{page}comments/", {"body": "An escape.", "name": "Ann"})
    ann.post(f"{page}favourite/", {"title": "Dune"})
    ann.post(f"/topics/{make_topic().pk}/vote/", {"wanted": "1"})
    fill(isekai, 4)  # ten comments and more, so that the order is the same before and after
    few = counts(ann)
    fill(isekai, 37)
    assert counts(ann) == few
    assert {path: n for path, n in few.items() if n > READER[path]} == {}


def test_the_second_look_asks_only_what_is_the_readers_own(ann, sam, isekai, counts, queries_of):
    page = "/articles/isekai/"
    fill(isekai, 12)
    voted = isekai.discussion.comments.first()
    for browser in (ann, sam):
        browser.post(f"{page}questions/reaction/", {"answer": "sad"})
        browser.post(f"{page}comments/{voted.pk}/vote/", {"vote": "good"})
    counts(sam, [page])
    # Who is it, has anything changed, what have they said, what did they make of these comments.
    assert len(queries_of(lambda: ann.get(page))) == 4
    Browser().get(page)
    assert len(queries_of(lambda: Browser().get(page))) <= 1


def test_one_long_thread_opened_at_a_reply(ann, isekai, counts):
    page = "/articles/isekai/"
    top = make_comments(isekai.discussion, 25)[0]
    few, many = make_comments(isekai.discussion, 3, top), make_comments(isekai.discussion, 80, top)
    ((_, at_the_first),) = counts(ann, [f"{page}?comment={few[0].pk}"]).items()
    ((_, at_the_last),) = counts(ann, [f"{page}?comment={many[-1].pk}"]).items()
    assert at_the_first == at_the_last <= LOOKING[page] + 4


def test_a_readers_own_page(ann, isekai, counts):
    ann.post("/articles/isekai/questions/reaction/", {"answer": "sad"})
    make_topic(reader=ann.reader)
    few = counts(ann, ["/me/"])
    for article in make_articles(12):
        question_of(article.discussion).ballots.create(
            reader=ann.reader, stage="after", choice=choice_of(article.discussion, "happy")
        )
        article.discussion.comments.create(reader=ann.reader, name="Ann", text="x", html="x")
    Topic.objects.bulk_create(Topic(title=f"topic {n}", reader=ann.reader) for n in range(12))
    assert counts(ann, ["/me/"]) == few
    assert few["/me/"] <= 12


def test_the_feed_and_the_sitemap(ann, isekai, counts):
    few = counts(ann, ["/feed/", "/sitemap.xml"])
    make_articles(15)
    assert counts(ann, ["/feed/", "/sitemap.xml"]) == few
    assert max(few.values()) <= 2


def test_offers_while_typing(ann, isekai, counts):
    paths = ["/topics/similar/?title=topic", "/articles/isekai/works/?title=work"]
    make_topic("topic one")
    make_work("Work one")
    few = counts(ann, paths)
    for n in range(20):
        make_topic(f"topic number {n}")
        make_work(f"Work number {n}")
    assert counts(ann, paths) == few


@pytest.mark.parametrize("htmx", [False, True])
def test_an_answer_costs_the_same_whatever_stands_there(isekai, queries_of, htmx):
    def press():
        Browser().post("/articles/isekai/questions/reaction/", {"answer": "sad"}, htmx=htmx)

    for _ in range(8):  # the first of a shard and of a day make a row more
        press()
    few = len(queries_of(press))
    fill(isekai, 20)
    assert len(queries_of(press)) == few <= 24


# The statements of an act as a plain form sends it, with BEGIN, COMMIT and the look-up of the page.
# The first number is that of somebody new, the second that of a reader who acts again. One is for
# the discussion as it is behind the lock: it may have closed while they waited.
ACTS = {
    "questions/reaction/": ({"answer": "sad"}, {"answer": "happy"}, (9, 12)),
    "comments/": (
        {"body": "An escape.", "name": "Ann"},
        {"body": "A way out.", "name": "Ann"},
        (12, 17),
    ),
}


@pytest.mark.parametrize("place", ACTS)
def test_an_act_takes_few_statements(isekai, queries_of, place, monkeypatch):
    # As in a server, which knows today's salt after the first act of the day.
    monkeypatch.setattr(limits, "_kept", [(timezone.now().date(), b"salt")])
    first, then, (new, known) = ACTS[place]
    path = f"/articles/isekai/{place}"
    for fields in [first] * 8 + [then] * 8:  # the first of a shard makes a row more
        Browser().post(path, fields)
    ann = Browser()
    assert len(queries_of(lambda: ann.post(path, first))) <= new
    LimitCount.objects.all().delete()
    assert len(queries_of(lambda: ann.post(path, then))) <= known
