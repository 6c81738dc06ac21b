"""Which pages are the same for everybody, under which name they are kept, what changes them."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from explainer import stored
from explainer.models import Article
from explainer.stored import Key, key
from polls.models import Discussion
from tests import factories

PAGE = "/articles/isekai/"


class TestKey:
    @pytest.mark.parametrize("path", ["/", PAGE, "/topics/", "/feed/"])
    def test_the_pages_most_people_ask_for(self, path):
        assert key(path, "") == Key(path, "")

    @pytest.mark.parametrize(
        "path",
        [
            "/me/",
            "/articles/isekai",
            "/articles/isekai/results/",
            "/articles/isekai/advisory/",
            "/articles/isekai/x.css",
            "/articles/is%65kai/",
            "//articles/isekai/",
            "/articles/../",
            "/admin/",
            "/healthz",
            "",
            "*",
        ],
    )
    def test_others_are_not_kept(self, path):
        assert key(path, "") is None

    @pytest.mark.parametrize(
        "query", ["utm_source=letter", "fbclid=x", "utm_source=", "x=1&y=2&%00=1", "=", "&&"]
    )
    def test_what_means_nothing_makes_no_second_copy(self, query):
        assert key(PAGE, query) == Key(PAGE, "")

    def test_the_order_of_parameters_makes_no_second_copy(self):
        one = key(PAGE, "order=newest&after=7&utm_source=x")
        assert one == key(PAGE, "after=7&order=newest") == Key(PAGE, "after=7&order=newest")

    @pytest.mark.parametrize(
        "query",
        [
            "page=x",
            "page=0",
            "page=01",
            "page=-1",
            "page=",
            "page=1&page=2",
            "page=99999999999",
            "camp=nobody",
            "results=yes",
            "order=worst&page=2",
            "after=%00",
            "x=" + "y" * 3000,
        ],
    )
    def test_what_is_not_understood_is_for_the_views(self, query):
        assert key(PAGE, query) is None

    @pytest.mark.parametrize("query", ["order=newest", "view=reaction", "change=before"])
    def test_what_a_browser_is_to_remember_or_one_reader_changes_is_not_kept(self, query):
        assert key(PAGE, query) is None

    @pytest.mark.parametrize(
        ("path", "query"),
        [("/", "page=2"), ("/topics/", "page=2&sort=new&status=open"), (PAGE, "camp=sad&page=2")],
    )
    def test_every_page_has_its_own_parameters(self, path, query):
        assert key(path, query) == Key(path, query)


class TestVersion:
    @pytest.fixture(params=["/", PAGE])
    def page(self, request, isekai) -> Key:
        return Key(request.param, "")

    def test_it_stays_while_nothing_happens(self, page):
        assert stored.version(page) == stored.version(page)

    def test_an_answer_changes_it(self, page, ann, isekai):
        before = stored.version(page)
        ann.post(f"{PAGE}questions/reaction/", {"answer": "enraged"})
        assert stored.version(page) != before

    def test_another_discussions_answer_changes_the_home_page_only(self, ann, isekai):
        factories.make_article("What is netorare?", slug="netorare", subject="netorare")
        home, article = stored.version(Key("/", "")), stored.version(Key(PAGE, ""))
        ann.post("/articles/netorare/questions/reaction/", {"answer": "enraged"})
        assert stored.version(Key("/", "")) != home
        assert stored.version(Key(PAGE, "")) == article

    def test_a_topic_changes_the_page_of_topics(self, isekai):
        topics = Key("/topics/", "")
        before = stored.version(topics)
        factories.make_topic("kishotenketsu")
        assert stored.version(topics) != before

    def test_an_editors_change_of_any_article_changes_it(self, page, isekai):
        other = factories.make_article("What is netorare?", slug="netorare", subject="netorare")
        before = stored.version(page)
        other.title = "What was netorare?"
        other.save()
        assert stored.version(page) != before

    @pytest.mark.parametrize("path", ["/", PAGE, "/feed/"])
    def test_an_article_that_comes_by_the_clock_changes_it(self, path, isekai):
        later = timezone.now() + datetime.timedelta(hours=1)
        factories.make_article(
            "What is netorare?", slug="netorare", subject="netorare", published_at=later
        )
        before = stored.version(Key(path, ""))
        with time_machine.travel(later + datetime.timedelta(seconds=1)):
            assert stored.version(Key(path, "")) != before

    def test_an_article_behind_an_advisory_is_not_kept(self, netorare):
        assert stored.version(Key("/articles/netorare/", "")) is None

    @pytest.mark.parametrize(
        "change",
        [{"status": Article.Status.DRAFT}, {"advisory": "Cruelty"}, {"published_at": None}],
    )
    def test_an_article_that_is_not_for_everybody_is_not_kept(self, change, isekai):
        if change == {"published_at": None}:
            change = {"published_at": timezone.now() + datetime.timedelta(days=1)}
        Article.objects.filter(pk=isekai.pk).update(**change)
        assert stored.version(Key(PAGE, "")) is None

    def test_a_hidden_discussion_is_not_kept(self, isekai, discussion):
        Discussion.objects.filter(pk=discussion.pk).update(state=Discussion.State.HIDDEN)
        assert stored.version(Key(PAGE, "")) is None

    def test_no_such_article_is_not_kept(self, db):
        assert stored.version(Key(PAGE, "")) is None

    @pytest.mark.parametrize("path", ["/", PAGE, "/topics/", "/feed/"])
    def test_it_costs_three_queries_at_most(self, path, isekai, django_assert_max_num_queries):
        with django_assert_max_num_queries(3):
            stored.version(Key(path, ""))


class TestHeaders:
    """What Django says of a page, with or without the server in front."""

    @pytest.mark.parametrize("path", ["/", PAGE, "/topics/", "/feed/", f"{PAGE}?utm_source=x"])
    def test_a_stranger_gets_a_page_that_caches_may_share_for_a_second(self, path, ann, isekai):
        response = ann.get(path)
        assert response.headers["Cache-Control"] == "public, max-age=0, s-maxage=1"
        vary = {name.strip().lower() for name in response.headers["Vary"].split(",")}
        assert {"cookie", "accept-encoding"} <= vary
        assert not response.cookies

    @pytest.mark.parametrize(
        "path", [f"{PAGE}?order=newest", f"{PAGE}?change=before", "/me/", "/nowhere/", "/about/"]
    )
    def test_nothing_else_is_shared(self, path, ann, isekai):
        assert "public" not in ann.get(path).headers.get("Cache-Control", "")

    def test_nothing_is_shared_that_a_cookie_was_sent_for(self, ann, isekai):
        ann.post(f"{PAGE}questions/reaction/", {"answer": "enraged"})
        for path in ("/", PAGE, "/topics/", "/feed/"):
            assert "public" not in ann.get(path).headers.get("Cache-Control", "")

    @pytest.mark.parametrize("headers", [{"Authorization": "Basic eDp5"}, {"HX-Request": "true"}])
    def test_nothing_is_shared_that_was_asked_for_in_another_way(self, headers, ann, isekai):
        response = ann.get(PAGE, headers=headers)
        assert "public" not in response.headers.get("Cache-Control", "")

    def test_an_article_behind_an_advisory_is_not_shared(self, ann, netorare):
        assert "public" not in ann.get("/articles/netorare/").headers["Cache-Control"]
