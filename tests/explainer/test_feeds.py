"""The Atom feed and the sitemap."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from tests.factories import make_article, make_articles

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
PLACES = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
SITE = "http://127.0.0.1:8000"


def entries(browser):
    response = browser.get("/feed/")
    assert response["Content-Type"].startswith("application/atom+xml")
    return ElementTree.fromstring(response.content).findall(f"{ATOM}entry")


def places(browser):
    response = browser.get("/sitemap.xml")
    return [e.text for e in ElementTree.fromstring(response.content).iter(PLACES)]


def test_the_newest_article_comes_first_with_its_standfirst(ann, isekai):
    make_article("What is new?", slug="new", published_at=timezone.now() - timedelta(minutes=1))
    first, second = entries(ann)
    assert first.find(f"{ATOM}title").text == "What is new?"
    assert second.find(f"{ATOM}link").get("href") == f"{SITE}/articles/isekai/"
    assert second.find(f"{ATOM}summary").text == "Stories about somebody who wakes up elsewhere."
    assert second.find(f"{ATOM}published").text.startswith("2025-01-01")
    assert second.find(f"{ATOM}author/{ATOM}name").text == "Ed Itor"


def test_twenty_at_most(ann, db):
    make_articles(23)
    assert len(entries(ann)) == 20


def test_the_feed_names_itself_under_the_public_address(ann, isekai):
    feed = ElementTree.fromstring(ann.get("/feed/", headers={"Host": "localhost"}).content)
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {"alternate": f"{SITE}/", "self": f"{SITE}/feed/"}


def test_an_empty_feed_is_a_feed(ann, db):
    assert entries(ann) == []


def test_an_entry_keeps_its_id_when_its_title_changes(ann, isekai):
    (before,) = entries(ann)
    isekai.title = "What is an isekai?"
    isekai.save()
    (after,) = entries(ann)
    assert before.find(f"{ATOM}id").text == after.find(f"{ATOM}id").text


@pytest.mark.parametrize("text", ["a\x0bb", "\x00", "\ufffe", "]]>", "<b>&amp;", "\ud83d"])
def test_no_text_of_an_editor_breaks_the_feed(ann, db, text):
    """A paste from a word processor may hold a vertical tab."""
    make_article(f"What is {text}?", standfirst=text, byline=text, advisory=text)
    assert len(entries(ann)) == 1


def test_markup_in_a_standfirst_is_shown_not_obeyed(ann, db):
    make_article(standfirst="a < b, and <b>")
    summary = entries(ann)[0].find(f"{ATOM}summary")
    assert (summary.get("type"), summary.text) == ("html", "a &lt; b, and &lt;b&gt;")


def test_the_sitemap_names_every_public_page_once(ann, isekai, netorare):
    found = places(ann)
    assert len(found) == len(set(found))
    for path in ("/", "/articles/isekai/", "/articles/netorare/", "/topics/", "/about/"):
        assert f"{SITE}{path}" in found
    assert not [place for place in found if not place.startswith(SITE)]


def test_neither_is_for_one_reader_alone(ann, isekai):
    for path in ("/feed/", "/sitemap.xml"):
        response = ann.get(path)
        assert not response.cookies
        assert "private" not in response.get("Cache-Control", "")
