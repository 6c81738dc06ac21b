"""Naming a favourite by plain post and by htmx."""

import pytest

from polls.actions.works import name_favourite
from polls.models import Discussion, Favourite, Work
from tests.factories import make_article, make_reader, make_readers, make_work
from tests.reading import fields, has_piece, piece, sent_to, words

pytestmark = pytest.mark.django_db
PAGE = "/articles/isekai/"
FAVOURITE = f"{PAGE}favourite/"


def name(browser, title, *, htmx=False, **more):
    """A title sent from the panel."""
    return browser.post(FAVOURITE, {"title": title, **more}, htmx=htmx)


def name_by(readers, work, discussion):
    for reader in readers:
        name_favourite(discussion=discussion, reader=reader, title=work.title, replace=False)


class TestNaming:
    def test_the_panel_asks(self, ann, isekai):
        panel = words(ann.get(PAGE), "favourite")
        assert "One work that does this well, or the one that put you off." in panel

    def test_a_plain_post_leads_back_to_the_panel(self, ann, isekai):
        make_work()
        assert sent_to(name(ann, "The Twelve Kingdoms")) == f"{PAGE}#favourite"
        assert "You named The Twelve Kingdoms" in words(ann.get(PAGE), "favourite")

    def test_htmx_gets_the_panel(self, ann, isekai):
        make_work()
        response = name(ann, "The Twelve Kingdoms", htmx=True)
        assert response.status_code == 200
        assert "Added. You are the first to name it." in words(response, "favourite")
        assert not has_piece(response, "respond")

    @pytest.mark.parametrize(
        ("others", "said"),
        [
            (1, "Added. 1 other reader named it too."),
            (3, "Added. 3 other readers named it too."),
        ],
    )
    def test_it_tells_how_many_others(self, ann, discussion, others, said):
        name_by(make_readers(others), make_work(), discussion)
        assert said in words(name(ann, "twelve kingdoms", htmx=True), "favourite")

    def test_everybody_sees_what_is_named_most(self, sam, discussion):
        name_by(make_readers(2), make_work("Now and Then"), discussion)
        name_by(make_readers(3), make_work("The Twelve Kingdoms"), discussion)
        panel = words(sam.get(PAGE), "favourite")
        assert panel.index("The Twelve Kingdoms 3 readers") < panel.index("Now and Then 2 readers")

    def test_a_newcomers_title_is_seen_by_nobody_else(self, ann, sam, isekai):
        name(ann, "Buy my pills")
        assert "Buy my pills" in words(ann.get(PAGE), "favourite")
        assert "Waiting for a moderator" in words(ann.get(PAGE), "favourite")
        for path in (PAGE, f"{PAGE}results/", f"{PAGE}works/?title=buy", f"{PAGE}works/"):
            assert "Buy my pills" not in sam.get(path).content.decode()

    def test_it_can_be_withdrawn(self, ann, isekai):
        name(ann, "The Twelve Kingdoms")
        assert sent_to(ann.post(FAVOURITE, {"withdraw": "1"})) == f"{PAGE}#favourite"
        assert not Favourite.objects.exists()
        name(ann, "The Twelve Kingdoms")
        assert "You named" not in words(ann.post(FAVOURITE, {"withdraw": "1"}, htmx=True))


class TestAnother:
    @pytest.mark.parametrize("htmx", [False, True])
    def test_it_asks_first(self, ann, isekai, htmx, nothing_stored):
        name(ann, "The Twelve Kingdoms")
        with nothing_stored():
            response = name(ann, "Now and Then", htmx=htmx)
        assert response.status_code == 422
        panel = words(response, "favourite")
        assert "You have named one already. Replace it with this?" in panel
        assert "“The Twelve Kingdoms” with “Now and Then”" in panel

    @pytest.mark.parametrize("htmx", [False, True])
    def test_the_button_replaces_it(self, ann, isekai, htmx):
        name(ann, "The Twelve Kingdoms")
        panel = piece(name(ann, "Now and Then"), "favourite")
        button = next(b for b in panel.iter("button") if b.get("name") == "replace")
        response = name(ann, "Now and Then", replace=button.get("value"), htmx=htmx)
        assert response.status_code == (200 if htmx else 303)
        assert Favourite.objects.get().work.title == "Now and Then"

    def test_the_same_again_is_fine(self, ann, isekai):
        name(ann, "The Twelve Kingdoms")
        assert name(ann, "the twelve kingdoms").status_code == 303
        assert Work.objects.count() == 1


class TestRefusals:
    @pytest.mark.parametrize("htmx", [False, True])
    @pytest.mark.parametrize("title", ["", "x" * 121, "Dune\0"])
    def test_the_typed_title_is_kept(self, ann, isekai, title, htmx, nothing_stored):
        with nothing_stored():
            response = name(ann, title, htmx=htmx)
        assert response.status_code == 422
        kept = fields(response, "favourite")["title"]
        assert kept == title or "\0" in title

    def test_a_closed_discussion_offers_no_field(self, ann, isekai):
        Discussion.objects.update(state=Discussion.State.READ_ONLY)
        assert "title" not in fields(ann.get(PAGE), "favourite")


class TestOffers:
    def test_like_titles_are_offered_while_typing(self, ann, isekai):
        for title in ("The Twelve Kingdoms", "Now and Then", "Kingdom Hearts"):
            make_work(title)
        html = ann.get(f"{PAGE}works/", {"title": "kingdom"}, htmx=True).content.decode()
        assert "The Twelve Kingdoms" in html
        assert "Now and Then" not in html

    def test_works_are_one_list_for_all_articles(self, ann, isekai):
        other = make_article("What is tsundere?", slug="tsundere")
        name_by([make_reader()], make_work("The Twelve Kingdoms"), other.discussion)
        html = ann.get(f"{PAGE}works/", {"title": "twelve"}).content.decode()
        assert "The Twelve Kingdoms" in html

    def test_markup_in_a_title_stays_text(self, ann, isekai):
        make_work('"><script>alert(1)</script>')
        html = ann.get(f"{PAGE}works/", {"title": "script"}).content.decode()
        assert "<script" not in html
