"""The starter articles: complete, loaded once, and never over an editor's work."""

import pytest

from explainer import starter
from explainer.models import Article
from explainer.starter import load_starter_articles, load_work
from polls.actions.works import find_or_make_work
from polls.models import Work, WorkAlias
from tests.reading import piece, tree, words

pytestmark = pytest.mark.django_db
SLUGS = ["isekai", "kishotenketsu", "netorare", "tsundere"]


@pytest.fixture
def loaded():
    return load_starter_articles()


def test_all_four_are_there_published_with_a_discussion(loaded):
    assert sorted(article.slug for article in loaded) == SLUGS
    assert Article.objects.public().count() == 4
    for article in loaded:
        assert article.discussion.questions.count() == 3
        assert article.standfirst
        assert article.short_answer
        assert article.toc
        assert article.examples.count() >= 2


def test_only_the_adult_genre_has_an_advisory(loaded):
    assert [article.slug for article in loaded if article.themes] == ["netorare"]


def test_loading_again_adds_nothing(loaded, nothing_stored):
    with nothing_stored():
        assert load_starter_articles() == []


def test_an_editors_change_stays(loaded):
    Article.objects.filter(slug="isekai").update(title="Ours now", body="Ours.")
    load_starter_articles()
    assert Article.objects.get(slug="isekai").title == "Ours now"


def test_each_mark_of_a_card_has_its_work(loaded):
    for article in loaded:
        placed = {mark.slug for mark in starter_marks(article)}
        assert placed <= {example.work.slug for example in article.examples.select_related("work")}


def starter_marks(article):
    from explainer.rendering import ExampleMark, split_examples

    return [block for block in split_examples(article.html) if isinstance(block, ExampleMark)]


@pytest.mark.parametrize("slug", SLUGS)
def test_every_page_can_be_read(ann, loaded, slug):
    ann.post(f"/articles/{slug}/advisory/")
    page = ann.get(f"/articles/{slug}/")
    assert page.status_code == 200
    assert len(piece(page, "respond").findall(".//button")) == 4
    ids = [element.get("id") for element in tree(page).iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert ":::" not in words(page, "main")
    assert "{lang=" not in words(page, "main")


def test_the_works_they_show_can_be_named_as_favourites(loaded):
    for path in sorted(starter.CONTENT.glob("*.md")):
        facts, _body = starter.read(path)
        for card in facts["examples"]:
            work = find_or_make_work(card["title"], approved=False)
            assert work.is_approved
            if native := card.get("native_title"):
                assert find_or_make_work(native, approved=False) == work


def test_a_work_that_a_reader_had_named_gets_its_facts(db):
    named = find_or_make_work("Dune", approved=False)
    work = load_work({"title": "Dune", "work": "dune", "year": 1965, "maker": "Frank Herbert"})
    assert work.pk == named.pk
    named.refresh_from_db()
    assert (named.slug, named.year, named.is_approved) == ("dune", 1965, True)
    assert Work.objects.count() == WorkAlias.objects.count() == 1
