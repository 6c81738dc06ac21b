"""The pages of the publication."""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from explainer.models import Article
from polls.models import Discussion
from tests.factories import (
    answers,
    make_article,
    make_articles,
    make_example,
    make_topic,
    make_work,
)
from tests.reading import has_piece, piece, sent_to, text_of, tree, words

pytestmark = pytest.mark.django_db
PAGE = "/articles/isekai/"


def head(response):
    """{name or property: content} of the page's meta elements."""
    return {
        meta.get("name") or meta.get("property"): meta.get("content")
        for meta in tree(response).iter("meta")
    }


class TestHome:
    def test_nothing_published_yet(self, ann, db):
        make_article(status=Article.Status.DRAFT)
        assert "No explainers yet" in words(ann.get("/"))

    def test_the_latest_leads_and_earlier_ones_follow(self, ann, db):
        now = timezone.now()
        for n, age in enumerate((3, 1, 2)):
            make_article(f"What is {age}?", slug=f"a-{n}", published_at=now - timedelta(days=age))
        seen = words(ann.get("/"), "main")
        assert seen.index("What is 1?") < seen.index("Earlier explainers")
        assert seen.index("What is 2?") < seen.index("What is 3?")

    @pytest.mark.parametrize(
        "facts",
        [
            {"status": Article.Status.DRAFT},
            {"published_at": timezone.now() + timedelta(days=1)},
        ],
    )
    def test_what_is_not_public_is_nowhere(self, ann, isekai, facts):
        make_article("What is secret?", slug="secret", **facts)
        for path in ("/", "/feed/", "/sitemap.xml", PAGE):
            assert "secret" not in ann.get(path).content.decode()
        for path in ("", "advisory/", "results/", "comments/", "works/", "questions/before/"):
            assert ann.get(f"/articles/secret/{path}").status_code == 404

    @pytest.mark.parametrize(
        ("readers", "said"),
        [
            (0, "No reactions yet."),
            (7, "7 reactions so far. The mood bar appears at 20."),
            (19, "19 reactions so far. The mood bar appears at 20."),
            (20, "Mostly happy20 readers"),
        ],
    )
    def test_the_mood_bar_needs_twenty_answers(self, ann, discussion, readers, said):
        answers(discussion, happy=readers)
        seen = words(ann.get("/"), "main")
        assert said.replace("happy20", "happy 20") in seen.replace("happy20", "happy 20")
        assert ("%" in seen) is (readers >= 20)

    def test_ten_a_page(self, ann, db):
        make_articles(23)
        first, last = ann.get("/"), ann.get("/?page=3")
        assert "Older explainers" in words(first)
        assert "Newer explainers" not in words(first)
        assert "Older explainers" not in words(last)
        assert len(piece(last, "main").findall(".//article")) == 3
        assert ann.get("/?page=4").status_code == 404

    def test_mature_themes_are_marked(self, ann, netorare):
        assert "Mature themes" in words(ann.get("/"))

    def test_what_may_come_next_is_there(self, ann, db):
        make_topic("a heist story")
        assert "What’s a heist story?" in words(ann.get("/"), "main")


class TestArticle:
    def test_everything_in_the_order_of_the_design(self, ann, isekai):
        make_example(isekai, make_work(slug="twelve-kingdoms", native_title="十二国記"))
        seen = words(ann.get(PAGE), "main")
        order = [
            "What is isekai?",
            "Stories about somebody who wakes up elsewhere.",
            "In this article",
            "Before you read:",
            "A story about another world.",
            "Isekai sends somebody to another world.",
            "It is the plainest one.",
            "How does isekai leave you?",
            "Name a favourite",
            "What should we explain next?",
            "Follow for the next one",
            "No comments yet",
        ]
        places = [
            seen.rindex(text) if text == "No comments yet" else seen.find(text) for text in order
        ]
        assert -1 not in places
        assert places == sorted(places)

    def test_foreign_words_carry_their_language(self, ann, isekai):
        make_example(isekai, make_work(native_title="十二国記", native_lang="ja"))
        found = {text_of(e): e.get("lang") for e in piece(ann.get(PAGE), "main").iter("span")}
        assert found["異世界"] == "ja"
        assert found["十二国記"] == "ja"

    def test_the_contents_lead_to_the_sections(self, ann, isekai):
        page = ann.get(PAGE)
        anchors = [a.get("href") for a in piece(page, "main").iter("a")]
        for id_ in ("where-it-comes-from", "why-readers-quarrel"):
            assert f"#{id_}" in anchors
            assert has_piece(page, id_)

    def test_a_card_stands_where_the_text_says(self, ann, db):
        found = make_article(body="One.\n\n::: example dune\n:::\n\nTwo.")
        make_example(found, make_work("Dune", slug="dune"), "A sentence.")
        seen = words(ann.get(PAGE), "main")
        assert seen.index("One.") < seen.index("A sentence.") < seen.index("Two.")

    def test_the_feed_is_offered_to_follow(self, ann, isekai):
        panel = piece(ann.get(PAGE), "follow")
        assert [a.get("href") for a in panel.iter("a")] == ["/feed/"]
        assert "email" not in text_of(panel).lower()

    def test_a_hidden_discussion_leaves_the_text(self, ann, isekai):
        Discussion.objects.update(state=Discussion.State.HIDDEN)
        page = ann.get(PAGE)
        assert "Isekai sends somebody" in words(page)
        for id_ in ("respond", "comments", "favourite", "next"):
            assert not has_piece(page, id_)

    def test_another_one_is_offered(self, ann, isekai):
        make_article("What is tsundere?", slug="tsundere")
        assert "Another explainer What is tsundere?" in words(ann.get(PAGE))

    def test_ids_stand_once(self, ann, isekai):
        make_example(isekai, make_work(), "A sentence.")
        ids = [e.get("id") for e in tree(ann.get(PAGE)).iter() if e.get("id")]
        assert len(ids) == len(set(ids))

    def test_no_request_goes_elsewhere(self, ann, isekai):
        loaded = [
            element.get(name, "")
            for element in tree(ann.get(PAGE)).iter()
            for name in ("src", "action", "hx-get", "hx-post", "poster", "data", "srcset")
        ]
        loaded += [link.get("href") for link in tree(ann.get(PAGE)).iter("link")]
        outside = [url for url in loaded if "//" in url and not url.startswith("http://127.0.0.1")]
        assert not outside


class TestPreviews:
    def test_what_a_preview_shows(self, ann, isekai):
        page = ann.get(PAGE)
        meta = head(page)
        assert meta["og:title"] == "What is isekai?"
        assert meta["og:description"] == "Stories about somebody who wakes up elsewhere."
        assert meta["og:type"] == "article"
        assert meta["og:url"] == f"http://127.0.0.1:8000{PAGE}"
        canonical = [link for link in tree(page).iter("link") if link.get("rel") == "canonical"]
        assert [link.get("href") for link in canonical] == [f"http://127.0.0.1:8000{PAGE}"]

    def test_the_canonical_address_has_no_query(self, ann, isekai):
        assert head(ann.get(f"{PAGE}?page=2&order=oldest"))["og:url"].endswith(PAGE)

    def test_search_data_is_sound_json_with_no_result_in_it(self, ann, discussion):
        answers(discussion, happy=25)
        script = next(
            s for s in tree(ann.get(PAGE)).iter("script") if s.get("type") == "application/ld+json"
        )
        data = json.loads(script.text)
        assert data["@type"] == "Article"
        assert data["headline"] == "What is isekai?"
        assert data["url"] == f"http://127.0.0.1:8000{PAGE}"
        assert data["isFamilyFriendly"] is True
        dates = {"dateModified", "datePublished"}
        assert "25" not in str({name: data[name] for name in data.keys() - dates})

    def test_no_title_breaks_out_of_the_page(self, ann, db):
        make_article(
            '</script><script>alert(1)</script>"', standfirst='"><img src=x onerror=alert(1)>'
        )
        for path in (PAGE, "/", "/feed/", f"{PAGE}results/"):
            html = ann.get(path).content.decode()
            assert "<script>alert" not in html
            assert "<img" not in html


class TestSmallPages:
    @pytest.mark.parametrize(
        "path", ["/about/", "/privacy/", "/accessibility/", "/rules/", "/accounts/login/"]
    )
    def test_they_answer_with_one_heading(self, ann, db, path):
        response = ann.get(path)
        assert response.status_code == 200
        assert len(list(tree(response).iter("h1"))) == 1

    def test_robots_may_read_articles_but_not_acts(self, ann, db):
        lines = ann.get("/robots.txt").content.decode().splitlines()
        assert "Disallow: /admin/" in lines
        assert "Disallow: /me/" in lines
        assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in lines
        assert "Disallow: /" not in lines

    def test_healthz_answers_without_the_database(self, ann, db, django_assert_num_queries):
        with django_assert_num_queries(0):
            response = ann.get("/healthz")
        assert (response.status_code, response.content) == (200, b"ok\n")

    def test_an_unknown_page_says_so_in_our_words(self, ann, db):
        response = ann.get("/nowhere/")
        assert response.status_code == 404
        assert "What is this page?" in words(response)

    @pytest.mark.parametrize("host", ["evil.example", "testserver:80@evil.example", "", "a b"])
    def test_a_foreign_host_is_not_served(self, ann, db, host):
        assert ann.get("/", headers={"Host": host}).status_code == 400

    def test_signing_in_and_out(self, ann, mo, isekai):
        login = ann.post("/accounts/login/", {"username": "mo", "password": "a long password"})
        assert (login.status_code, login["Location"]) == (302, "/")
        assert "mo" in words(ann.get("/"))
        ann.post("/accounts/logout/")
        assert "Sign in" in words(ann.get("/"))

    def test_a_wrong_password_says_so_and_keeps_the_name(self, ann, mo):
        response = ann.post("/accounts/login/", {"username": "mo", "password": "wrong"})
        assert response.status_code == 200
        assert 'value="mo"' in response.content.decode()
        assert "wrong" not in response.content.decode()

    @pytest.mark.parametrize("next_", ["https://evil.example/", "//evil.example/", "javascript:x"])
    def test_signing_in_never_leads_elsewhere(self, ann, mo, next_):
        response = ann.post(
            "/accounts/login/", {"username": "mo", "password": "a long password", "next": next_}
        )
        assert response["Location"] == "/"


class TestAppearance:
    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_a_choice_is_kept_and_drawn(self, ann, isekai, theme):
        response = ann.post("/appearance/", {"theme": theme, "next": PAGE})
        assert sent_to(response) == PAGE
        assert list(response.cookies) == ["theme"]
        assert re.search(rf'<html[^>]+data-theme="{theme}"', ann.get(PAGE).content.decode())

    def test_auto_forgets_it(self, ann, isekai):
        ann.post("/appearance/", {"theme": "dark"})
        ann.post("/appearance/", {"theme": "auto"})
        assert "data-theme" not in ann.get(PAGE).content.decode()

    def test_it_stores_nothing_in_the_database(self, ann, isekai, nothing_stored):
        with nothing_stored():
            ann.post("/appearance/", {"theme": "dark"})

    @pytest.mark.parametrize("theme", ["", "red", "dark\0", '"><script>'])
    def test_another_is_refused(self, ann, db, theme):
        response = ann.post("/appearance/", {"theme": theme})
        assert response.status_code == 422
        assert not response.cookies

    @pytest.mark.parametrize("cookie", ["red", '"><script>', "é", ""])
    def test_no_cookie_breaks_the_page(self, ann, isekai, cookie):
        html = ann.get(PAGE, headers={"Cookie": f"theme={cookie}"}).content.decode()
        assert "data-theme" not in html

    @pytest.mark.parametrize(
        "next_", ["", "https://evil.example/", "//evil.example/", "/\\evil", "/\r\nSet-Cookie: a=b"]
    )
    def test_it_never_leads_elsewhere(self, ann, db, next_):
        response = ann.post("/appearance/", {"theme": "dark", "next": next_})
        assert sent_to(response) == "/"
