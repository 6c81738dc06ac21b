"""An article with an advisory: its text appears in no answer before somebody has passed it."""

from urllib.parse import urlencode

import pytest

from explainer.publishing import save_article
from tests.factories import answers, make_article, make_comment, make_example, make_work
from tests.reading import piece, sent_to, text_of, words

pytestmark = pytest.mark.django_db
PAGE = "/articles/netorare/"
ADVISORY = f"{PAGE}advisory/"


@pytest.fixture(autouse=True)
def stage(netorare):
    """The article's text, short answer, heading and cards all say SECRET."""
    make_example(netorare, make_work("Some work"), sentence="SECRET sentence.")
    answers(netorare.discussion, happy=5)
    make_comment(netorare.discussion, text="What a quarrel.")
    make_article("What is tsundere?", slug="tsundere", subject="tsundere")


def everywhere(netorare):
    """Every address where something about the article could stand."""
    pk = netorare.discussion.comments.get().pk
    below = (
        *("", "advisory/", "results/", "comments/", "comments/?page=1&order=oldest", "works/"),
        *("questions/before/", "?change=before", f"?comment={pk}", f"?reply={pk}", "?page=2"),
        *(f"comments/{pk}/", f"comments/{pk}/reply/", f"comments/{pk}/edit/", "favourite/"),
    )
    site = ("/", "/feed/", "/sitemap.xml", "/robots.txt", "/topics/", "/me/", "/about/")
    others = ("/articles/tsundere/", "/topics/similar/?title=SECRET", "/nowhere/SECRET/")
    return [*(f"{PAGE}{path}" for path in below), *site, *others]


class TestBeforePassing:
    def test_the_text_stands_in_no_answer(self, ann, netorare):
        for path in everywhere(netorare):
            for response in (
                ann.get(path),
                ann.get(path, htmx=True),
                ann.get(path, follow=True),
                ann.head(path),
            ):
                assert "SECRET" not in response.content.decode().replace("/nowhere/SECRET/", "")
                assert "SECRET" not in str(dict(response.items()))

    def test_nor_in_an_answer_to_a_post(self, ann, netorare):
        pk = netorare.discussion.comments.get().pk
        for path, data in (
            ("questions/reaction/", {"answer": "sad"}),
            ("questions/reaction/", {"answer": "sad", "stage": "before"}),
            ("questions/intent/", {"answer": "try"}),
            ("comments/", {"body": "An escape.", "name": "Ann"}),
            ("comments/", {"body": "An escape.", "name": "Ann", "parent": pk}),
            ("comments/", {"body": "An escape.", "action": "preview"}),
            ("comments/", {"body": ""}),
            ("favourite/", {"title": "Some work"}),
            ("favourite/", {"title": ""}),
        ):
            for htmx in (False, True):
                response = ann.post(f"{PAGE}{path}", data, htmx=htmx)
                assert "SECRET" not in response.content.decode(), path

    def test_the_article_leads_to_its_advisory(self, ann):
        response = ann.get(PAGE)
        assert (response.status_code, response["Location"]) == (302, ADVISORY)
        assert "no-store" in response["Cache-Control"]

    def test_so_does_everything_below_it(self, ann, netorare):
        pk = netorare.discussion.comments.get().pk
        for path in ("results/", "comments/", f"comments/{pk}/", f"comments/{pk}/reply/", "works/"):
            assert ann.get(f"{PAGE}{path}")["Location"] == f"{ADVISORY}?next={PAGE}{path}"

    def test_htmx_is_led_there_with_the_whole_page(self, ann):
        response = ann.get(f"{PAGE}comments/", htmx=True)
        assert (response.status_code, response["HX-Redirect"]) == (200, ADVISORY)
        assert "Location" not in response

    def test_and_comes_back_to_the_page_it_was_on(self, ann):
        here = {"HX-Current-URL": f"http://testserver{PAGE}?page=2#comments"}
        response = ann.get(f"{PAGE}comments/more/?after=4", htmx=True, headers=here)
        assert response["HX-Redirect"] == f"{ADVISORY}?next={PAGE}%3Fpage%3D2%23comments"
        assert sent_to(ann.post(response["HX-Redirect"])) == f"{PAGE}?page=2"

    def test_the_advisory_says_what_the_article_discusses(self, ann):
        response = ann.get(ADVISORY)
        seen = words(response, "main")
        assert response.status_code == 200
        for said in (
            "What is netorare?",
            "It discusses Infidelity Humiliation",
            "Read the article",
        ):
            assert said in seen
        assert "Back to all articles" in seen
        assert "Don’t ask again about these themes" in seen

    def test_the_feed_and_the_lists_say_so_too(self, ann):
        assert "Content advisory: Infidelity, Humiliation." in ann.get("/feed/").content.decode()
        assert "Mature themes" in words(ann.get("/"), "main")

    def test_search_data_of_the_advisory_has_nothing_to_tell(self, ann):
        html = ann.get(ADVISORY).content.decode()
        assert "application/ld+json" not in html
        assert "og:description" not in html


class TestPassing:
    def test_one_press_leads_to_the_article(self, ann):
        response = ann.post(ADVISORY)
        assert sent_to(response) == PAGE
        assert list(response.cookies) == ["passed"]
        assert "SECRET body" in words(ann.get(PAGE))
        assert ann.get(f"{PAGE}results/").status_code == 200

    def test_it_leads_on_to_the_comment_that_was_asked_for(self, ann, netorare):
        pk = netorare.discussion.comments.get().pk
        for asked in (f"{PAGE}?comment={pk}", f"{PAGE}comments/{pk}/"):
            sent = ann.get(asked)["Location"]
            assert "SECRET" not in ann.get(sent).content.decode()
            form = piece(ann.get(sent), "main").find(".//form[@method='post']")
            assert form.get("action") is None, "it is sent to where it stands"
            where = sent_to(ann.post(sent))
            where = where if where.startswith(f"{PAGE}?") else ann.get(where)["Location"]
            assert where == f"{PAGE}?comment={pk}#c{pk}"
            del ann.cookies["passed"]

    @pytest.mark.parametrize(
        "path",
        ["results/", "?page=2", "?results=1", "comments/7/reply/", "comments/7/decision/"],
    )
    def test_and_to_every_page_below_it(self, ann, path):
        assert sent_to(ann.post(ann.get(f"{PAGE}{path}")["Location"])) == f"{PAGE}{path}"

    @pytest.mark.parametrize(
        "asked",
        [
            *("https://example.org/", "//example.org/articles/netorare/", "javascript:alert(1)"),
            *("/", "/admin/", "/articles/tsundere/", "/articles/tsundere/results/", ADVISORY),
            *(f"{PAGE}../tsundere/", f"{PAGE}%2e%2e/", f"{PAGE}\\..\\..\\", f"{PAGE}nowhere/"),
            *(f"{PAGE}?comment=1\r\nX: y", f"{PAGE}?x={'y' * 500}", f"{PAGE}@example.org", "x"),
        ],
    )
    def test_and_nowhere_else(self, ann, asked):
        sent = f"{ADVISORY}?{urlencode({'next': asked})}"
        assert ann.get(sent).status_code == 200
        assert sent_to(ann.post(sent)) == PAGE

    def test_it_stores_nothing_in_the_database(self, ann, nothing_stored):
        with nothing_stored():
            ann.post(ADVISORY, {"remember": "1"})

    def test_another_article_with_the_themes_asks_again(self, ann):
        make_article("What is mono?", slug="mono", advisory="Humiliation")
        ann.post(ADVISORY)
        assert ann.get("/articles/mono/").status_code == 302

    def test_unless_they_are_remembered(self, ann):
        make_article("What is mono?", slug="mono", advisory="Humiliation")
        make_article("What is more?", slug="more", advisory="Humiliation\nSuicide")
        ann.post(ADVISORY, {"remember": "1"})
        assert ann.get("/articles/mono/").status_code == 200
        assert ann.get("/articles/more/").status_code == 302

    def test_a_theme_added_later_asks_again_who_only_remembered_themes(self, ann, netorare):
        ann.post(ADVISORY, {"remember": "1"})
        del ann.cookies["passed"]
        assert ann.get(PAGE).status_code == 200
        netorare.advisory += "\nSuicide"
        save_article(netorare, subject="netorare")
        assert ann.get(PAGE).status_code == 302

    def test_it_can_be_forgotten(self, ann):
        assert "asked before each article" in words(ann.get("/privacy/"))
        ann.post(ADVISORY, {"remember": "1"})
        assert "has passed a content advisory" in words(ann.get("/privacy/"))
        assert sent_to(ann.post("/privacy/advisories/")) == "/privacy/"
        assert ann.get(PAGE).status_code == 302
        assert "asked before each article" in words(ann.get("/privacy/"))

    def test_passing_is_ones_own(self, ann, sam):
        ann.post(ADVISORY, {"remember": "1"})
        assert sam.get(PAGE).status_code == 302

    def test_what_was_drawn_for_who_passed_is_kept_by_no_shared_cache(self, ann):
        ann.post(ADVISORY)
        response = ann.get(PAGE)
        assert "private" in response["Cache-Control"]
        assert "Cookie" in response["Vary"]

    def test_the_page_after_it_works_without_javascript(self, ann):
        ann.post(ADVISORY)
        form = piece(ann.get(PAGE), "respond").find(".//form")
        response = ann.post(form.get("action"), {"answer": "sad"})
        assert sent_to(response) == f"{PAGE}#respond"
        assert "You are sad about netorare" in text_of(piece(ann.get(PAGE), "respond"))


class TestWithoutAnAdvisory:
    def test_an_article_without_themes_has_no_such_page(self, ann):
        response = ann.get("/articles/tsundere/advisory/")
        assert sent_to(response) == "/articles/tsundere/"
        asked = "/articles/tsundere/advisory/?next=/articles/tsundere/%3Fcomment%3D4"
        assert sent_to(ann.get(asked)) == "/articles/tsundere/?comment=4#c4"
        assert ann.get("/articles/nowhere/advisory/").status_code == 404
