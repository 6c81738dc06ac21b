"""Orders, filters and views of the comments: addresses of their own, remembered once chosen."""

import pytest

from polls.models import Comment, Discussion
from tests.factories import choice_of, make_comment, make_comments, make_reader
from tests.reading import has_piece, piece, text_of, words

pytestmark = pytest.mark.django_db
PAGE = "/articles/isekai/"
COMMENTS = f"{PAGE}comments/"


@pytest.fixture
def fifty(discussion):
    return make_comments(discussion, 45)


def texts(response):
    """The comments on the page, in the order in which they stand."""
    found = piece(response, "comments").iter("article")
    return [text_of(article.find("./div/div[@class='text']")) for article in found]


def current(response):
    """The order and the filter that the page says it shows."""
    links = piece(response, "comments").iter("a")
    return [text_of(link).strip() for link in links if link.get("aria-current")]


class TestChoosing:
    def test_every_order_has_an_address(self, ann, fifty):
        made = [comment.text for comment in fifty]
        Comment.objects.filter(pk=fifty[30].pk).update(score=0.9)
        assert texts(ann.get(f"{PAGE}?order=newest")) == made[::-1][:20]
        assert texts(ann.get(f"{PAGE}?order=oldest")) == made[:20]
        assert texts(ann.get(f"{PAGE}?order=best")) == [made[30], *made[:19]]

    def test_best_is_what_nobody_has_to_ask_for(self, ann, fifty):
        assert current(ann.get(PAGE)) == ["Best"]

    def test_by_reaction_has_a_heading_and_a_link_for_each_camp(self, ann, discussion, fifty):
        sad = choice_of(discussion, "sad")
        Comment.objects.filter(pk__in=[one.pk for one in fifty[:9]]).update(camp=sad)
        page = ann.get(f"{PAGE}?view=reaction")
        assert current(page) == ["By reaction"]
        headings = [text_of(h).split()[0] for h in piece(page, "comments").iter("h3")]
        assert headings == ["Enraged", "Sad", "Happy", "Without"]
        assert texts(page) == [one.text for one in fifty[:6]]
        more = f"{PAGE}?order=best&camp=sad&after={fifty[5].pk}#comments"
        assert more in [link.get("href") for link in piece(page, "comments").iter("a")]

    def test_by_reaction_leads_to_what_stands_in_no_camp_and_keeps_no_other_order(self, ann, fifty):
        ann.get(f"{PAGE}?view=reaction")
        page = ann.get(PAGE)
        assert "Without a reaction 45 comments" in words(page, "comments")
        links = [a for a in piece(page, "comments").iter("a") if "among all" in text_of(a)]
        assert texts(ann.get(links[0].get("href"))) == [one.text for one in fifty[:20]]
        assert current(ann.get(PAGE)) == ["By reaction"]

    @pytest.mark.parametrize(
        "query",
        [
            "order=worst",
            "view=columns",
            "camp=bored",
            "after=x",
            "before=-1",
            "page=0",
            "results=yes",
            "order=%00&camp=%00&after=%00",
            "after=999999999999999999&before=999999999999999999&comment=999999999999999999",
        ],
    )
    def test_nonsense_asks_for_the_default(self, ann, fifty, query):
        response = ann.get(f"{PAGE}?{query}")
        assert response.status_code == 200
        assert texts(response) == [comment.text for comment in fifty[:20]]

    def test_the_counts_are_one_link_away_from_the_results(self, ann, fifty):
        Comment.objects.update(good_count=7)
        links = [a.get("href") for a in piece(ann.get(f"{PAGE}results/"), "main").iter("a")]
        assert f"{PAGE}?results=1#comments" in links
        first = fifty[0].anchor
        assert "7" not in words(ann.get(PAGE), first).replace(fifty[0].text, "")
        assert "Good point 7" in words(ann.get(f"{PAGE}?results=1"), first)

    def test_what_stands_with_a_comment_is_said(self, ann, discussion):
        comment = make_comment(discussion, make_reader("Rolf"))
        Comment.objects.update(
            camp=choice_of(discussion, "happy"),
            intent=choice_of(discussion, "try", "intent"),
        )
        assert "Rolf Happy will try it" in words(ann.get(PAGE), comment.anchor)


class TestRemembering:
    @pytest.mark.parametrize("htmx", [False, True])
    @pytest.mark.parametrize(
        ("query", "kept"),
        [
            ("order=oldest", "oldest"),
            ("order=newest&camp=sad", "newest"),
            ("view=reaction", "reaction"),
        ],
    )
    def test_a_chosen_order_is_kept_in_one_small_cookie(
        self, ann, fifty, query, kept, htmx, nothing_stored
    ):
        with nothing_stored():
            response = ann.get(f"{COMMENTS if htmx else PAGE}?{query}", htmx=htmx)
        assert list(response.cookies) == ["order"]
        cookie = response.cookies["order"]
        assert (cookie.value, cookie["samesite"], cookie["httponly"]) == (kept, "Lax", True)
        assert "private" in response["Cache-Control"]
        assert not ann.get(f"{PAGE}?{query}").cookies

    def test_the_plain_address_shows_it_again(self, ann, fifty):
        ann.get(f"{PAGE}?order=oldest")
        assert current(ann.get(PAGE)) == ["Oldest"]
        ann.get(f"{PAGE}?view=reaction")
        assert current(ann.get(PAGE)) == ["By reaction"]
        assert current(ann.get(f"{PAGE}?order=newest")) == ["Newest"]
        assert current(ann.get(PAGE)) == ["Newest"]

    def test_the_address_of_a_comment_is_followed_in_that_order(self, ann, fifty):
        ann.get(f"{PAGE}?order=oldest")
        page = ann.get(f"{COMMENTS}{fifty[30].pk}/", follow=True)
        assert texts(page) == [comment.text for comment in fifty[30:]]
        ann.get(f"{PAGE}?view=reaction")
        assert has_piece(ann.get(f"{COMMENTS}{fifty[30].pk}/", follow=True), fifty[30].anchor)

    @pytest.mark.parametrize(
        "query", ["page=2", "after=1", "before=1", "comment=1", "camp=sad", ""]
    )
    def test_a_place_is_no_choice(self, ann, fifty, query):
        order = "" if query in {"", "camp=sad"} else "&order=oldest"
        assert not ann.get(f"{PAGE}?{query}{order}").cookies

    @pytest.mark.parametrize("value", ["worst", "best; x", "%00", "x" * 3000, ""])
    def test_a_cookie_that_says_nothing_is_none(self, ann, fifty, value):
        ann.cookies["order"] = value
        assert current(ann.get(PAGE)) == ["Best"]

    def test_a_discussion_that_is_closed_can_be_read_in_every_order(self, ann, fifty):
        Discussion.objects.update(state=Discussion.State.READ_ONLY)
        assert current(ann.get(f"{PAGE}?order=oldest")) == ["Oldest"]
