"""What is loaded into the comments on demand, and where its address leads without JavaScript."""

import pytest

from polls.models import Comment, Discussion
from polls.views.threads import NEWS_AGE
from tests.factories import make_article, make_comment, make_comments
from tests.reading import has_piece, sent_to, text_of, tree, words

pytestmark = pytest.mark.django_db
PAGE = "/articles/isekai/"
COMMENTS = f"{PAGE}comments/"
NEWS = f"{COMMENTS}new/"


def anchors(response):
    """The comments of a page or a piece, in the order in which they stand."""
    articles = tree(response).iter("article")
    return [one.get("id") for one in articles if "comment" in one.get("class", "").split()]


def focused(response):
    articles = tree(response).iter("article")
    return [one.get("id") for one in articles if one.get("data-focus") is not None]


class TestMore:
    @pytest.fixture
    def made(self, discussion):
        return make_comments(discussion, 45)

    def test_the_next_twenty_come_as_a_piece_with_the_first_in_focus(self, ann, made):
        query = f"?order=oldest&after={made[19].pk}"
        response = ann.get(f"{COMMENTS}more/{query}", htmx=True)
        assert anchors(response) == [comment.anchor for comment in made[20:40]]
        assert focused(response) == [made[20].anchor]
        assert not has_piece(response, "comments")
        assert "Show more comments" in words(response)
        last = ann.get(f"{COMMENTS}more/?order=oldest&after={made[39].pk}", htmx=True)
        assert anchors(last) == [comment.anchor for comment in made[40:]]
        assert "Show more comments" not in words(last)

    def test_without_javascript_it_is_a_page(self, ann, made):
        where = sent_to(ann.get(f"{COMMENTS}more/?order=oldest&after={made[19].pk}"))
        assert where == f"{PAGE}?order=oldest&after={made[19].pk}#comments"
        page = ann.get(where)
        assert anchors(page) == [comment.anchor for comment in made[20:40]]
        assert "Show the comments before these" in words(page, "comments")


class TestReplies:
    @pytest.fixture
    def made(self, comment):
        return make_comments(comment.discussion, 80, parent=comment)

    def test_the_next_fifty_come_as_a_piece_with_the_first_in_focus(self, ann, comment, made):
        path = f"{COMMENTS}{comment.pk}/replies/?after={made[9].pk}"
        assert path in [a.get("href") for a in tree(ann.get(PAGE)).iter("a")]
        response = ann.get(path, htmx=True)
        assert anchors(response) == [reply.anchor for reply in made[10:60]]
        assert focused(response) == [made[10].anchor]
        link = next(a for a in tree(response).iter("a") if "more repl" in text_of(a))
        assert link.get("href") == f"{COMMENTS}{comment.pk}/replies/?after={made[59].pk}"
        rest = ann.get(link.get("href"), htmx=True)
        assert anchors(rest) == [reply.anchor for reply in made[60:]]
        assert "more replies" not in words(rest)

    def test_without_javascript_the_page_opens_at_the_first_of_them(self, ann, comment, made):
        where = sent_to(ann.get(f"{COMMENTS}{comment.pk}/replies/?after={made[59].pk}&results=1"))
        assert where == f"{PAGE}?comment={made[60].pk}&results=1#c{made[60].pk}"
        found = anchors(ann.get(where))
        assert found == [comment.anchor, *(reply.anchor for reply in made[60:])]

    def test_behind_the_last_it_leads_to_the_thread(self, ann, comment, made):
        where = sent_to(ann.get(f"{COMMENTS}{comment.pk}/replies/?after={made[79].pk}"))
        assert where == f"{PAGE}?comment={comment.pk}#c{comment.pk}"

    @pytest.mark.parametrize("after", ["", "x", "0", "-1", "9" * 18, "9" * 40, "%00"])
    def test_after_nonsense_it_begins_at_the_start(self, ann, comment, made, after):
        response = ann.get(f"{COMMENTS}{comment.pk}/replies/?after={after}", htmx=True)
        assert anchors(response) == [reply.anchor for reply in made[:50]]

    def test_what_nobody_sees_has_no_replies_to_load(self, ann, comment, made):
        waiting = {"state": Comment.State.PENDING, "reply_count": 0}
        Comment.objects.filter(pk=comment.pk).update(**waiting)
        assert ann.get(f"{COMMENTS}{comment.pk}/replies/", htmx=True).status_code == 404
        assert ann.get(f"{COMMENTS}{made[0].pk}/replies/", htmx=True).status_code == 404

    def test_nothing_below_another_article(self, ann, comment, made):
        make_article("What is tsundere?", slug="tsundere")
        path = f"/articles/tsundere/comments/{comment.pk}/replies/"
        assert ann.get(path, htmx=True).status_code == 404


class TestNews:
    def test_it_is_the_same_for_everybody(self, ann, sam, comment, nothing_stored):
        ann.post(f"{PAGE}questions/reaction/", {"answer": "sad"})
        with nothing_stored():
            answers = [browser.get(NEWS) for browser in (ann, sam)]
        for response in answers:
            assert response.json() == {"total": 1, "latest": comment.pk}
            assert response["Cache-Control"] == f"public, max-age={NEWS_AGE}"
            assert "Cookie" not in response.get("Vary", "")
            assert not response.cookies

    def test_it_asks_nobody_who_they_are(self, ann, comment, queries_of):
        ann.post(f"{PAGE}questions/reaction/", {"answer": "sad"})
        asked = " ".join(queries_of(lambda: ann.get(NEWS)))
        assert "polls_comment" in asked
        assert "polls_reader" not in asked
        assert "django_session" not in asked
        assert "polls_comment" not in " ".join(queries_of(lambda: ann.get(NEWS)))

    def test_it_counts_what_everybody_sees(self, ann, comment):
        make_comment(comment.discussion, state=Comment.State.PENDING)
        reply = make_comment(comment.discussion, parent=comment)
        make_comment(comment.discussion, state=Comment.State.PENDING, parent=comment)
        assert ann.get(NEWS).json() == {"total": 2, "latest": reply.pk}

    def test_an_empty_discussion(self, ann, isekai):
        assert ann.get(NEWS).json() == {"total": 0, "latest": 0}

    def test_a_hidden_discussion_has_none(self, ann, comment):
        Discussion.objects.update(state=Discussion.State.HIDDEN)
        assert ann.get(NEWS).status_code == 404

    def test_the_advisory_stands_before_it(self, ann, netorare):
        make_comment(netorare.discussion)
        response = ann.get("/articles/netorare/comments/new/")
        assert response.status_code == 302
        assert "no-store" in response["Cache-Control"]
        ann.post("/articles/netorare/advisory/")
        assert ann.get("/articles/netorare/comments/new/").json()["total"] == 1

    def test_the_page_knows_from_where_to_count(self, ann, comment):
        line = next(e for e in tree(ann.get(PAGE)).iter("p") if e.get("data-news"))
        assert (line.get("data-news"), line.get("data-total")) == (NEWS, "1")
        assert line.get("aria-live") == "polite"


class TestNewest:
    """Where “N new comments” leads."""

    def newest(self, browser, since, **more):
        return browser.get(f"{COMMENTS}newest/?since={since}", **more)

    def test_one_is_shown_where_it_stands(self, ann, comment):
        reply = make_comment(comment.discussion, parent=comment)
        where = f"{PAGE}?comment={reply.pk}#c{reply.pk}"
        assert sent_to(self.newest(ann, 1)) == where
        response = self.newest(ann, 1, htmx=True)
        assert response["HX-Push-Url"] == where
        assert focused(response) == [reply.anchor]
        assert has_piece(response, "threads")
        assert not has_piece(response, "composer")

    def test_several_are_shown_in_the_order_in_which_they_came(self, ann, comment):
        *_others, last = make_comments(comment.discussion, 3)
        where = f"{PAGE}?order=newest&page=1#comments"
        assert sent_to(self.newest(ann, 1)) == where
        response = self.newest(ann, 1, htmx=True)
        assert response["HX-Push-Url"] == where
        assert anchors(response)[0] == last.anchor
        assert focused(response) == [last.anchor]
        assert not response.cookies

    def test_of_several_a_reply_is_not_left_out_of_sight(self, ann, comment):
        make_comments(comment.discussion, 3)
        reply = make_comment(comment.discussion, parent=comment)
        assert sent_to(self.newest(ann, 1)) == f"{PAGE}?comment={reply.pk}#c{reply.pk}"

    def test_the_numbers_go_on_being_asked_for(self, ann, comment):
        link = next(
            a for a in tree(ann.get(f"{PAGE}?results=1")).iter("a") if "since" in str(a.get("href"))
        )
        assert link.get("href") == f"{COMMENTS}newest/?since=1&results=1"
        assert "results=1" in sent_to(ann.get(link.get("href")))

    @pytest.mark.parametrize("since", ["", "x", "-1", "9" * 18, "%00"])
    def test_nonsense_leads_to_the_comments(self, ann, comment, since):
        assert sent_to(self.newest(ann, since)).startswith(PAGE)

    def test_where_nothing_is_there_is_nothing_new(self, ann, isekai):
        assert sent_to(self.newest(ann, 0)) == f"{PAGE}?order=newest&page=1#comments"
