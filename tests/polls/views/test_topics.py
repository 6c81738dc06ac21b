"""What readers want explained next: the list, suggesting, voting."""

import pytest

from polls.actions.topics import merge_topics
from polls.models import Topic
from tests.factories import make_reader, make_topic
from tests.reading import fields, has_piece, piece, sent_to, text_of, tree, words

pytestmark = pytest.mark.django_db
TOPICS = "/topics/"
SUGGEST = "/topics/suggest/"
Status = Topic.Status


def suggest(browser, title, *, htmx=False, **more):
    """A suggestion sent from the panel."""
    return browser.post(SUGGEST, {"title": title, **more}, htmx=htmx)


def vote(browser, topic, wanted="1", *, htmx=False, **more):
    return browser.post(vote_path(topic), {"wanted": wanted, **more}, htmx=htmx)


def titles(response):
    """The questions of the list, in order."""
    return [text_of(h) for h in piece(response, "main").findall(".//ol[@class='topics']//h3")]


def button(response, topic):
    """The one vote button of a topic."""
    forms = [f for f in tree(response).iter("form") if f.get("action") == vote_path(topic)]
    (found,) = [button for form in forms for button in form.iter("button")]
    return found


def vote_path(topic):
    return f"/topics/{topic.pk}/vote/"


class TestSuggesting:
    def test_below_an_article_it_leads_back_there(self, ann, isekai):
        response = suggest(ann, "a heist story", discussion="isekai")
        assert sent_to(response) == "/articles/isekai/#next"
        assert Topic.objects.get().discussion == isekai.discussion

    def test_on_the_list_it_leads_back_to_the_list(self, ann):
        assert sent_to(suggest(ann, "a heist story", note="I like plans")).startswith(TOPICS)
        assert Topic.objects.get().note == "I like plans"

    def test_htmx_gets_the_panel_with_what_happened(self, ann):
        response = suggest(ann, "What’s a heist story?", htmx=True)
        assert response.status_code == 200
        said = "“What’s a heist story?” is noted with your vote. A moderator reads it before"
        assert said in words(response, "next")

    def test_only_its_author_sees_it_until_a_moderator_has(self, ann, sam):
        suggest(ann, "a heist story")
        assert "a heist story" in words(ann.get(TOPICS), "main")
        assert "Only you can see this." in words(ann.get(TOPICS), "main")
        assert "heist" not in words(sam.get(TOPICS))
        assert "heist" not in words(sam.get("/topics/similar/", {"title": "heist story"}))

    def test_one_on_the_list_gets_the_vote(self, ann):
        make_topic("a heist story", votes=4)
        response = suggest(ann, "what is a heist story", htmx=True)
        said = "“What’s a heist story?” is on the list, and your vote counts for it."
        assert said in words(response, "next")
        assert Topic.objects.get().vote_count == 5

    @pytest.mark.parametrize("htmx", [False, True])
    def test_a_like_one_is_offered(self, ann, htmx, nothing_stored):
        make_topic("a heist story", votes=4)
        with nothing_stored():
            response = suggest(ann, "heist stories", note="Plans", htmx=htmx)
        assert response.status_code == 422
        panel = words(response, "next")
        assert "Already asked? “What’s a heist story?” has 4 votes." in panel
        assert "Vote for that" in panel
        assert "Suggest it anyway" in panel
        assert fields(response, "next")["title"] == "heist stories"

    def test_it_can_be_suggested_anyway(self, ann):
        make_topic("a heist story")
        assert suggest(ann, "heist stories", anyway="1").status_code == 303
        assert Topic.objects.count() == 2

    @pytest.mark.parametrize("htmx", [False, True])
    @pytest.mark.parametrize("title", ["", "ab", "x" * 121, "What is", "abc\0"])
    def test_a_title_that_cannot_stand_is_kept(self, ann, title, htmx, nothing_stored):
        with nothing_stored():
            response = suggest(ann, title, note="Because.", htmx=htmx)
        assert response.status_code == 422
        kept = fields(response, "next")
        assert kept["title"] == title or "\0" in title
        assert kept["note"].strip() == "Because."

    @pytest.mark.parametrize("key", ["nowhere", "ISEKAI", "\0", "isekai\0", "x" * 5000, "../"])
    def test_no_discussion_breaks_it(self, ann, isekai, key, nothing_stored):
        with nothing_stored():
            assert suggest(ann, "a heist story", discussion=key).status_code == 404

    def test_like_ones_are_offered_while_typing(self, ann):
        make_topic("a heist story", votes=71)
        response = ann.get("/topics/similar/", {"title": "heist stories"}, htmx=True)
        assert "“What’s a heist story?” has 71 votes." in words(response, "similar")
        assert "heist" not in words(ann.get("/topics/similar/", {"title": "he"}))


class TestVoting:
    def test_a_vote_leads_back_where_it_was_pressed(self, ann):
        topic = make_topic()
        assert sent_to(vote(ann, topic, next="/topics/?sort=new")) == "/topics/?sort=new"
        topic.refresh_from_db()
        assert topic.vote_count == 2

    @pytest.mark.parametrize(
        "next_", ["", "https://evil.example/", "//evil.example/", "/\\evil.example/", "/\r\nX: y"]
    )
    def test_it_never_leads_elsewhere(self, ann, next_):
        assert sent_to(vote(ann, make_topic(), next=next_)) == TOPICS

    def test_htmx_gets_the_button(self, ann):
        topic = make_topic("a heist story", votes=4)
        response = vote(ann, topic, htmx=True)
        assert text_of(button(response, topic)).startswith("5 ")
        assert button(response, topic).get("value") == "0"
        assert not has_piece(response, "main")

    def test_pressing_again_withdraws(self, ann):
        topic = make_topic("a heist story", votes=4)
        vote(ann, topic)
        pressed = button(ann.get(TOPICS), topic)
        assert pressed.get("aria-pressed") == "true"
        vote(ann, topic, pressed.get("value"))
        topic.refresh_from_db()
        assert topic.vote_count == 4

    @pytest.mark.parametrize("wanted", ["", "2", "-1", "yes", "1\0"])
    def test_the_request_names_the_answer(self, ann, wanted, nothing_stored):
        topic = make_topic()
        with nothing_stored():
            assert vote(ann, topic, wanted).status_code == 422

    @pytest.mark.parametrize("status", [Status.PENDING, Status.REJECTED])
    def test_what_is_not_listed_is_not_there(self, ann, status, nothing_stored):
        topic = make_topic(status=status)
        with nothing_stored():
            assert vote(ann, topic).status_code == 404

    @pytest.mark.parametrize("status", [Status.PUBLISHED, Status.DECLINED])
    def test_what_is_decided_takes_no_vote(self, ann, status, nothing_stored):
        topic = make_topic(status=status, reason="Too narrow")
        with nothing_stored():
            assert vote(ann, topic).status_code == 409

    @pytest.mark.parametrize("pk", ["0", "01", "-1", "999999999999999999", "9" * 30, "x", "1%00"])
    def test_no_number_breaks_it(self, ann, pk):
        assert ann.post(f"/topics/{pk}/vote/", {"wanted": "1"}).status_code == 404


class TestListing:
    def test_nothing_yet(self, ann):
        assert "No topics yet" in words(ann.get(TOPICS))

    def test_by_votes_or_by_age(self, ann):
        for title, votes in (("first", 1), ("second", 3), ("third", 2)):
            make_topic(title, votes=votes)
        assert titles(ann.get(TOPICS)) == ["What’s second?", "What’s third?", "What’s first?"]
        newest = ["What’s third?", "What’s second?", "What’s first?"]
        assert titles(ann.get(f"{TOPICS}?sort=new")) == newest

    def test_each_status_says_so(self, ann, ed):
        make_topic("waiting")
        make_topic("being written", status=Status.WRITING)
        make_topic("turned down", status=Status.DECLINED, reason="Too narrow")
        make_topic("spam", status=Status.REJECTED)
        seen = words(ann.get(TOPICS), "main")
        assert "Declined because: Too narrow" in seen
        assert "Being written" in seen
        assert "spam" not in seen
        assert titles(ann.get(f"{TOPICS}?status=declined")) == ["What’s turned down?"]
        assert titles(ann.get(f"{TOPICS}?status=open")) == ["What’s waiting?"]

    def test_a_merged_one_says_so(self, ann, ed):
        merge_topics(source=make_topic("heists"), target=make_topic("robbery"), actor=ed.user)
        assert "Includes 1 merged suggestion" in words(ann.get(TOPICS), "main")
        assert titles(ann.get(TOPICS)) == ["What’s robbery?"]

    def test_twenty_a_page(self, ann):
        for n in range(23):
            make_topic(f"topic number {n}", votes=1)
        assert len(titles(ann.get(TOPICS))) == 20
        assert "Show 20 more topics" in words(ann.get(TOPICS))
        assert len(titles(ann.get(f"{TOPICS}?page=2"))) == 3

    @pytest.mark.parametrize("query", ["sort=x", "status=pending", "status=rejected", "page=x"])
    def test_nonsense_asks_for_the_default(self, ann, query):
        make_topic("kept secret", status=Status.PENDING, reader=make_reader("Priya"))
        make_topic("waiting")
        assert titles(ann.get(f"{TOPICS}?{query}")) == ["What’s waiting?"]

    def test_the_home_page_and_the_article_show_the_most_wanted(self, ann, isekai):
        for title, votes in (("one", 1), ("two", 2), ("three", 3), ("four", 4)):
            make_topic(title, votes=votes)
        for path, id_ in (("/", "main"), ("/articles/isekai/", "next")):
            seen = words(ann.get(path), id_)
            assert seen.index("What’s four?") < seen.index("What’s three?")
            assert "What’s one?" not in seen
            assert button(ann.get(path), Topic.objects.get(title="four")).get("value") == "1"
