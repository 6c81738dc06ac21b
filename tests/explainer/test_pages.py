"""What the article page gathers."""

import pytest

from explainer.models import Example
from explainer.pages import blocks, next_article, structured_data
from tests.factories import make_article, make_example, make_work

pytestmark = pytest.mark.django_db


def of(article):
    return list(article.examples.select_related("work"))


class TestBlocks:
    def test_cards_stand_where_the_text_says_and_are_numbered(self):
        article = make_article(
            body="A.\n\n::: example two\n:::\n\nB.\n\n::: example one\n:::\n\nC."
        )
        for slug in ("one", "two"):
            make_example(article, make_work(slug.title(), slug=slug))
        found = blocks(article, of(article))
        shape = [b.work.slug if isinstance(b, Example) else b.strip() for b in found]
        assert shape == ["<p>A.</p>", "two", "<p>B.</p>", "one", "<p>C.</p>"]
        assert sorted(b.number for b in found if isinstance(b, Example)) == [1, 2]

    def test_cards_that_the_text_does_not_place_come_last(self):
        article = make_article(body="A.")
        card = make_example(article, make_work("A work without a slug"))
        assert blocks(article, of(article))[-1] == card

    def test_a_mark_without_its_work_leaves_no_trace(self):
        article = make_article(body="A.\n\n::: example nowhere\n:::\n\nB.")
        assert [block.strip() for block in blocks(article, [])] == ["<p>A.</p>", "<p>B.</p>"]

    def test_a_mark_given_twice_draws_one_card(self):
        article = make_article(body="::: example one\n:::\n\nA.\n\n::: example one\n:::")
        make_example(article, make_work("One", slug="one"))
        assert sum(isinstance(block, Example) for block in blocks(article, of(article))) == 1


class TestTheNextOne:
    def test_the_one_published_before_and_at_the_oldest_the_newest(self):
        oldest, middle, newest = (
            make_article(f"What is {n}?", slug=f"a-{n}", published_at=f"2025-0{n}-01T00:00Z")
            for n in (1, 2, 3)
        )
        for article in (oldest, middle, newest):
            article.refresh_from_db()
        assert next_article(newest) == middle
        assert next_article(middle) == oldest
        assert next_article(oldest) == newest

    def test_none_when_it_is_alone(self, isekai):
        assert next_article(isekai) is None


class TestStructuredData:
    def test_it_says_what_a_preview_may_say(self, netorare):
        data = structured_data(netorare, 7)
        assert data["headline"] == "What is netorare?"
        assert data["isFamilyFriendly"] is False
        assert data["commentCount"] == 7
        assert data["datePublished"].startswith("2025-01-01")
        assert "SECRET" not in str(data)

    def test_an_article_without_a_byline_is_the_sites(self):
        assert structured_data(make_article(byline=""), 0)["author"]["name"] == "What is…?"
