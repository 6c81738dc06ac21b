"""Comments by plain post and by htmx: posting, answering, editing, deleting, finding."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from time_machine import travel

from polls.actions.moderation import hide_comment, publish_comment, reject_comment
from polls.models import Comment, Discussion
from tests.factories import make_article, make_comment, make_comments, make_reader, trust
from tests.reading import fields, has_piece, piece, sent_to, text_of, tree, words

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)
PAGE = "/articles/isekai/"
COMMENTS = f"{PAGE}comments/"
State = Comment.State


def post(browser, body="It is an escape.", *, htmx=False, **more):
    """A comment sent from the page."""
    return browser.post(COMMENTS, {"body": body, "name": "Ann", **more}, htmx=htmx)


def trusted(browser):
    """The same browser, whose comments appear at once."""
    browser.post(f"{PAGE}questions/reaction/", {"answer": "enraged"})
    trust(browser.reader)
    return browser


def texts(response):
    """The comments on the page, in the order in which they stand."""
    found = piece(response, "threads").iter("article")
    return [text_of(article.find("./div/div[@class='text']")) for article in found]


def links_of(response):
    """The addresses to which the comments lead."""
    return [link.get("href") for link in piece(response, "comments").iter("a")]


def anchors(response):
    return [article.get("id") for article in piece(response, "comments").iter("article")]


class TestPosting:
    def test_a_newcomer_is_led_to_their_comment_which_only_they_see(self, ann, sam, isekai):
        where = sent_to(post(ann))
        comment = Comment.objects.get()
        assert where == f"{PAGE}?comment={comment.pk}#c{comment.pk}"
        mine = words(ann.get(where), f"c{comment.pk}")
        assert "It is an escape." in mine
        assert "Waiting for a moderator" in mine
        assert "Only you can see this. First comments are read before they appear." in mine
        assert not has_piece(sam.get(PAGE), f"c{comment.pk}")
        assert "No comments yet" in words(sam.get(PAGE), "comments")

    def test_htmx_gets_an_empty_form_and_the_comment_to_put_on_top(self, ann, isekai):
        response = post(ann, htmx=True)
        comment = Comment.objects.get()
        assert response.status_code == 200
        assert response["HX-Retarget"] == "#composer"
        assert fields(response)["body"] in {None, ""}
        assert piece(response, f"c{comment.pk}").get("data-focus") is not None
        told = "Comment received. A moderator reads it before it appears."
        assert told in words(response, f"c{comment.pk}")
        (place,) = (e for e in tree(response).iter("ol") if e.get("hx-swap-oob"))
        assert place.get("hx-swap-oob") == "afterbegin:#list"
        assert has_piece(ann.get(PAGE), "list")

    def test_a_page_learns_by_how_many_its_reader_changed_the_number(self, ann, sam, isekai):
        assert "HX-Trigger" not in post(ann, htmx=True)
        response = post(trusted(sam), htmx=True)
        assert json.loads(response["HX-Trigger"]) == {"counted": 1}
        assert words(response, "comments-h") == "1 comment"
        pk = Comment.objects.latest("pk").pk
        gone = sam.post(f"{COMMENTS}{pk}/delete/", htmx=True)
        assert json.loads(gone["HX-Trigger"]) == {"counted": -1}

    def test_the_same_again_that_was_hidden_since_is_only_acknowledged(self, ann, isekai):
        post(ann)
        Comment.objects.update(state=Comment.State.HIDDEN)
        response = post(ann, htmx=True)
        assert response.status_code == 200
        assert "It is an escape." not in words(response)

    def test_a_trusted_readers_comment_is_there_for_everybody(self, ann, sam, isekai):
        posted = post(trusted(ann), htmx=True, show_reaction="on")
        assert "Comment posted. You can edit it for 15 minutes." in words(posted)
        seen = words(sam.get(PAGE), "comments")
        assert "It is an escape." in seen
        assert "1 comment" in seen
        assert "Enraged" in seen

    def test_the_reaction_is_shown_only_if_left_on(self, ann, sam, isekai):
        trusted(ann)
        assert "Show my reaction with it" in words(ann.get(PAGE), "composer")
        post(ann)
        seen = words(sam.get(PAGE), Comment.objects.latest("pk").anchor)
        assert "Enraged" not in seen
        assert "No reaction" in seen

    def test_without_a_reaction_nothing_is_offered_to_be_shown(self, ann, isekai):
        assert "Show my reaction" not in words(ann.get(PAGE), "composer")
        assert "You have not reacted yet." in words(ann.get(PAGE), "composer")

    def test_the_name_is_kept_for_the_next_comment(self, ann, isekai):
        post(ann)
        assert fields(ann.get(PAGE), "composer")["name"] == "Ann"

    def test_somebody_signed_in_writes_under_their_own_name(self, mo, isekai):
        composer = ann_page = mo.get(PAGE)
        assert "You are writing as mo." in words(composer, "composer")
        assert "name" not in fields(ann_page, "composer")
        post(mo, name="Somebody else")
        seen = words(mo.get(PAGE), "comments")
        assert "Moderator" in seen
        assert Comment.objects.get().name == "mo"

    def test_the_author_of_the_article_is_marked(self, ann, ed):
        make_article(author=ed.user)
        post(ed)
        assert "Author" in words(ann.get(PAGE), "comments")

    def test_a_spoiler_stays_closed(self, ann, sam, isekai):
        post(trusted(ann), "[spoiler: the end]He wakes up.[/spoiler]")
        html = sam.get(PAGE).content.decode()
        assert '<details class="spoiler">' in html
        assert "He wakes up." in html

    @pytest.mark.parametrize("htmx", [False, True])
    def test_a_refused_comment_keeps_the_text_and_says_why(self, ann, isekai, htmx, nothing_stored):
        with nothing_stored():
            response = post(ann, "word " * 700, name="Ann Ark", htmx=htmx)
        assert response.status_code == 422
        assert "Shorten your comment to 3,000 characters or fewer." in words(response)
        kept = fields(response, "composer")
        assert kept["body"].strip() == ("word " * 700).strip()
        assert kept["name"] == "Ann Ark"
        assert response.get("HX-Retarget") == ("#composer" if htmx else None)

    def test_the_title_of_a_refusal_begins_with_error(self, ann, isekai):
        assert b"<title>Error:" in b" ".join(post(ann, "").content.split()).replace(
            b"> Error:", b">Error:"
        )

    def test_an_error_is_tied_to_its_field(self, ann, isekai):
        response = post(ann, name="")
        field = next(e for e in piece(response, "composer").iter() if e.get("name") == "name")
        assert field.get("aria-invalid") == "true"
        error = field.get("aria-describedby").split()
        described = " ".join(words(response, id_) for id_ in error if has_piece(response, id_))
        assert "Write the name you want to be shown with." in described

    @pytest.mark.parametrize("htmx", [False, True])
    def test_too_fast_keeps_the_text_and_says_when(self, ann, isekai, htmx):
        with travel(NOON, tick=False):
            post(ann)
            response = post(ann, "The second one.", htmx=htmx)
        assert response.status_code == 429
        assert response["Retry-After"] == "10"
        assert "You can post again in 10 seconds." in words(response)
        assert fields(response, "composer")["body"].strip() == "The second one."

    def test_a_closed_discussion_keeps_the_text(self, ann, isekai, nothing_stored):
        Discussion.objects.update(state=Discussion.State.READ_ONLY)
        assert "This discussion is closed." in words(ann.get(PAGE), "comments")
        assert not has_piece(ann.get(PAGE), "composer")
        with nothing_stored():
            response = post(ann)
        assert response.status_code == 409
        assert "It is an escape." in response.content.decode()


class TestGuards:
    """What tells a script from a person, as the page carries it."""

    def send(self, browser, **changed):
        """A comment with the fields that its page has put into the form."""
        form = fields(browser.get(PAGE), "composer") | {"body": "A thought.", "name": "Ann"}
        return browser.post(COMMENTS, form | changed)

    def test_a_form_that_stood_for_a_minute_is_a_persons(self, ann, isekai):
        trusted(ann)
        with travel(NOON, tick=False) as clock:
            page = fields(ann.get(PAGE), "composer")
            clock.shift(timedelta(seconds=60))
            ann.post(COMMENTS, page | {"body": "A thought.", "name": "Ann"})
        assert Comment.objects.latest("pk").state == State.PUBLISHED

    def test_a_form_that_comes_back_at_once_is_read_first(self, ann, isekai):
        trusted(ann)
        with travel(NOON, tick=False):
            self.send(ann)
        comment = Comment.objects.latest("pk")
        assert (comment.state, comment.held_reason) == (State.PENDING, "speed")

    def test_a_form_without_its_stamp_is_read_first(self, ann, isekai):
        self.send(trusted(ann), stamp="")
        assert Comment.objects.latest("pk").held_reason == "speed"

    def test_a_refusal_keeps_the_stamp(self, ann, isekai):
        with travel(NOON, tick=False) as clock:
            before = fields(ann.get(PAGE), "composer")["stamp"]
            clock.shift(timedelta(seconds=60))
            refused = ann.post(COMMENTS, {"body": "", "name": "Ann", "stamp": before})
            assert fields(refused, "composer")["stamp"] == before

    def test_the_reply_form_has_a_stamp_of_its_own(self, ann, comment):
        page = ann.get(f"{COMMENTS}{comment.pk}/reply/")
        assert fields(page, f"reply-{comment.pk}")["stamp"]

    def test_a_field_that_nobody_sees_is_out_of_reach_and_holds(self, ann, isekai):
        response = ann.get(PAGE)
        assert fields(response, "composer")["website"] == ""
        trap = next(e for e in piece(response, "composer").iter() if e.get("name") == "website")
        assert (trap.get("tabindex"), trap.get("autocomplete")) == ("-1", "off")
        self.send(trusted(ann), website="https://example.org/")
        assert Comment.objects.latest("pk").held_reason == "trap"


class TestPreview:
    @pytest.mark.parametrize("htmx", [False, True])
    def test_it_shows_the_very_html_and_stores_nothing(self, ann, isekai, htmx, nothing_stored):
        with nothing_stored():
            response = post(ann, "*So* much <b>", action="preview", htmx=htmx)
        assert response.status_code == 200
        assert not response.cookies
        html = response.content.decode()
        assert "<em>So</em> much &lt;b&gt;" in html
        assert fields(response, "composer")["body"].strip() == "*So* much <b>"

    def test_the_previewed_form_can_be_posted(self, ann, isekai):
        kept = fields(post(ann, action="preview"), "composer")
        assert sent_to(ann.post(COMMENTS, kept))
        assert Comment.objects.get().text == "It is an escape."

    def test_a_text_that_cannot_stand_says_so(self, ann, isekai):
        assert post(ann, "", action="preview").status_code == 422

    def test_a_reply_is_previewed_in_its_own_form(self, ann, comment):
        response = post(ann, parent=comment.pk, action="preview", htmx=True)
        assert fields(response, f"reply-{comment.pk}")["parent"] == str(comment.pk)
        assert response["HX-Retarget"] == f"#reply-{comment.pk}"


class TestReplying:
    def test_the_form_stands_alone_without_javascript(self, ann, comment):
        response = ann.get(f"{COMMENTS}{comment.pk}/reply/")
        assert "Reply to Priya" in words(response)
        assert "It is an escape." in words(response)
        assert fields(response, f"reply-{comment.pk}")["parent"] == str(comment.pk)

    def test_the_form_stands_in_place_with_htmx(self, ann, comment):
        response = ann.get(f"{COMMENTS}{comment.pk}/reply/", htmx=True)
        assert has_piece(response, f"reply-{comment.pk}")
        assert not has_piece(response, "main")

    def test_the_form_stands_in_the_page_when_the_address_asks(self, ann, comment):
        assert "Reply to Priya" in words(ann.get(f"{PAGE}?reply={comment.pk}"), f"c{comment.pk}")

    def test_a_reply_hangs_below_what_it_answers(self, ann, sam, comment):
        post(trusted(ann), "I disagree.", parent=comment.pk)
        top = piece(sam.get(PAGE), f"c{comment.pk}")
        assert "1 reply" in text_of(top)
        assert "I disagree." in text_of(top)

    def test_one_of_another_discussion_cannot_be_answered_here(self, ann, comment, nothing_stored):
        other = make_comment(make_article("What is tsundere?", slug="tsundere").discussion)
        with nothing_stored():
            response = post(ann, "I disagree.", parent=other.pk)
        assert response.status_code == 422
        assert "is not part of this discussion" in words(response)
        assert "I disagree." in response.content.decode()

    @pytest.mark.parametrize("parent", ["0", "-1", "x", "1e9", "９", "9" * 40, "1\0", "1 OR 1=1"])
    def test_no_parent_breaks_it(self, ann, isekai, parent, nothing_stored):
        with nothing_stored():
            assert post(ann, "I disagree.", parent=parent).status_code == 422

    @pytest.mark.parametrize("htmx", [False, True])
    def test_one_that_is_gone_offers_the_text_as_a_new_comment(self, ann, mo, comment, htmx):
        hide_comment(comment=comment, actor=mo.user, reason="unkind")
        response = post(ann, "I disagree.", parent=comment.pk, htmx=htmx)
        assert response.status_code == 422
        assert "post it as a new comment?" in words(response)
        assert "Priya" not in response.content.decode()
        kept = fields(response, "composer")
        assert "parent" not in kept
        assert sent_to(ann.post(COMMENTS, kept))
        assert Comment.objects.get(text="I disagree.").parent is None

    def test_one_that_waits_is_not_given_away(self, ann, isekai):
        waiting = make_comment(
            isekai.discussion, make_reader("Secretive"), "A secret.", state=State.PENDING
        )
        assert ann.get(f"{COMMENTS}{waiting.pk}/reply/").status_code == 404
        response = post(ann, "I disagree.", parent=waiting.pk)
        assert response.status_code == 422
        assert "Secret" not in response.content.decode()

    def test_a_closed_discussion_offers_no_reply(self, ann, comment):
        Discussion.objects.update(state=Discussion.State.READ_ONLY)
        assert ann.get(f"{COMMENTS}{comment.pk}/reply/").status_code in {403, 409}
        assert not has_piece(ann.get(f"{PAGE}?reply={comment.pk}"), "composer")
        assert "Reply" not in words(ann.get(PAGE), f"c{comment.pk}")

    def test_deeper_replies_stay_on_the_third_level_and_say_to_whom(self, ann, isekai):
        chain = [make_comment(isekai.discussion, make_reader("Priya"), "First.")]
        for name, text in (("Tomas", "Second."), ("Ada", "Third."), ("Lin", "Fourth.")):
            chain.append(make_comment(isekai.discussion, make_reader(name), text, parent=chain[-1]))
        page = ann.get(PAGE)
        assert "To Ada:" in words(page, f"c{chain[3].pk}")
        assert f"c{chain[3].pk}" not in [e.get("id") for e in piece(page, f"c{chain[2].pk}").iter()]

    def test_more_than_five_replies_start_folded(self, ann, comment):
        make_comments(comment.discussion, 5, parent=comment)
        details = piece(ann.get(PAGE), f"c{comment.pk}").find("./details")
        assert details.get("open") is not None
        make_comment(comment.discussion, parent=comment)
        details = piece(ann.get(PAGE), f"c{comment.pk}").find("./details")
        assert details.get("open") is None
        assert "6 replies" in text_of(details)

    def test_a_thread_is_open_when_its_address_is_followed(self, ann, comment):
        replies = make_comments(comment.discussion, 7, parent=comment)
        where = ann.get(f"{COMMENTS}{replies[6].pk}/")["Location"]
        assert piece(ann.get(where), f"c{comment.pk}").find("./details").get("open") is not None


class TestEditing:
    def test_the_form_holds_the_source(self, ann, isekai):
        post(ann, "*So*")
        path = f"{COMMENTS}{Comment.objects.get().pk}/edit/"
        for response in (ann.get(path), ann.get(path, htmx=True)):
            assert fields(response)["body"].strip() == "*So*"

    @pytest.mark.parametrize("htmx", [False, True])
    def test_the_new_text_stands_marked_as_edited(self, ann, sam, isekai, htmx):
        post(trusted(ann))
        pk = Comment.objects.latest("pk").pk
        response = ann.post(f"{COMMENTS}{pk}/edit/", {"body": "Other words."}, htmx=htmx)
        if htmx:
            assert response["HX-Retarget"] == f"#c{pk}"
            assert "Other words." in words(response, f"c{pk}")
        else:
            assert sent_to(response) == f"{PAGE}?comment={pk}#c{pk}"
        seen = words(sam.get(PAGE), f"c{pk}")
        assert "Other words." in seen
        assert "edited" in seen
        assert "an escape" not in seen

    @pytest.mark.parametrize("htmx", [False, True])
    def test_a_refused_edit_keeps_the_text(self, ann, isekai, htmx, nothing_stored):
        post(ann)
        pk = Comment.objects.get().pk
        with nothing_stored():
            response = ann.post(f"{COMMENTS}{pk}/edit/", {"body": "é" * 3001}, htmx=htmx)
        assert response.status_code == 422
        assert fields(response, f"reply-{pk}")["body"].strip() == "é" * 3001
        assert response.get("HX-Retarget") == (f"#reply-{pk}" if htmx else None)
        assert 'href=""' not in response.content.decode()

    def test_too_late_keeps_the_text(self, ann, isekai, nothing_stored):
        with travel(NOON, tick=False) as clock:
            post(ann)
            pk = Comment.objects.get().pk
            clock.shift(timedelta(minutes=15))
            assert ann.get(f"{COMMENTS}{pk}/edit/").status_code == 403
            with nothing_stored():
                response = ann.post(f"{COMMENTS}{pk}/edit/", {"body": "Other words."})
            assert response.status_code == 403
            assert "15 minutes" in words(response)
            assert "Other words." in response.content.decode()
            assert "Edit" not in words(ann.get(PAGE), f"c{pk}")

    @pytest.mark.parametrize("act", ["edit", "delete"])
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_somebody_elses_comment_cannot_be_touched(
        self, sam, comment, act, method, nothing_stored
    ):
        post(sam, "Mine.")
        with nothing_stored():
            response = getattr(sam, method)(f"{COMMENTS}{comment.pk}/{act}/", {"body": "Ha."})
        assert response.status_code == 404


class TestDeleting:
    def test_it_asks_once(self, ann, isekai, nothing_stored):
        post(ann)
        path = f"{COMMENTS}{Comment.objects.get().pk}/delete/"
        with nothing_stored():
            for response in (ann.get(path), ann.get(path, htmx=True)):
                assert "Delete your comment?" in words(response)

    @pytest.mark.parametrize("htmx", [False, True])
    def test_it_is_gone(self, ann, isekai, htmx):
        post(ann)
        pk = Comment.objects.get().pk
        response = ann.post(f"{COMMENTS}{pk}/delete/", htmx=htmx)
        if htmx:
            assert "Comment deleted." in words(response)
            assert response["HX-Retarget"] == f"#c{pk}"
        else:
            assert sent_to(response) == f"{PAGE}#comments"
        assert not has_piece(ann.get(PAGE), f"c{pk}")
        assert ann.get(f"{COMMENTS}{pk}/").status_code == 404

    @pytest.mark.parametrize("htmx", [False, True])
    def test_told_so_twice_it_answers_the_same(self, ann, sam, isekai, htmx, nothing_stored):
        post(ann)
        post(sam)
        path = f"{COMMENTS}{Comment.objects.get(reader=ann.reader).pk}/delete/"
        first = ann.post(path, htmx=htmx)
        with nothing_stored():
            second = ann.post(path, htmx=htmx)
            assert sam.post(path, htmx=htmx).status_code == 404
        assert (second.status_code, second.content) == (first.status_code, first.content)
        assert second.headers.get("Location") == first.headers.get("Location")
        assert ann.get(path).status_code == 404

    def test_a_place_stays_while_there_are_replies(self, ann, sam, isekai):
        post(trusted(ann), "It was my own fault.")
        mine = Comment.objects.latest("pk")
        reply = make_comment(isekai.discussion, make_reader("Priya"), "Not at all.", parent=mine)
        ann.post(f"{COMMENTS}{mine.pk}/delete/")
        page = sam.get(PAGE)
        seen = words(page, f"c{mine.pk}")
        assert "Deleted by its author." in seen
        assert "Not at all." in seen
        for gone in ("my own fault", "Ann", "Enraged"):
            assert gone not in words(page, "comments")
        assert has_piece(page, f"c{reply.pk}")

    def test_a_removed_comment_says_why_in_its_place(self, ann, mo, comment):
        make_comment(comment.discussion, text="Not at all.", parent=comment)
        hide_comment(comment=comment, actor=mo.user, reason="unkind")
        seen = words(ann.get(PAGE), f"c{comment.pk}")
        assert "Removed by a moderator: personal remark." in seen
        assert "an escape" not in seen
        assert "Priya" not in seen

    def test_its_author_learns_why_on_their_own_page(self, ann, mo, isekai):
        post(ann)
        reject_comment(comment=Comment.objects.get(), actor=mo.user, reason="off_topic")
        seen = words(ann.get("/me/"))
        assert "Rejected" in seen
        assert "off topic" in seen


class TestFinding:
    @pytest.fixture
    def fifty(self, discussion):
        return make_comments(discussion, 45)

    def test_twenty_a_page_newest_first_when_asked(self, ann, fifty):
        page = ann.get(f"{PAGE}?order=newest")
        assert texts(page) == [comment.text for comment in fifty[::-1][:20]]
        assert "45 comments" in words(page, "comments")
        assert "Show more comments" in words(page, "comments")
        last = ann.get(f"{PAGE}?order=newest&page=3")
        assert texts(last) == [comment.text for comment in fifty[:5][::-1]]
        assert "Show more comments" not in words(last, "comments")

    def test_oldest_first_when_asked(self, ann, fifty):
        assert texts(ann.get(f"{PAGE}?order=oldest")) == [c.text for c in fifty[:20]]
        page = ann.get(f"{PAGE}?order=oldest&page=2")
        assert texts(page) == [comment.text for comment in fifty[20:40]]

    def test_the_links_lead_on_and_back_in_the_same_order(self, ann, fifty):
        hrefs = links_of(ann.get(f"{PAGE}?order=oldest&page=2"))
        assert f"{PAGE}?order=oldest&after={fifty[39].pk}#comments" in hrefs
        assert f"{PAGE}?order=oldest&before={fifty[20].pk}#comments" in hrefs
        on = ann.get(f"{PAGE}?order=oldest&after={fifty[39].pk}")
        assert texts(on) == [comment.text for comment in fifty[40:]]
        back = ann.get(f"{PAGE}?order=oldest&before={fifty[40].pk}")
        assert texts(back) == [comment.text for comment in fifty[20:40]]

    @pytest.mark.parametrize("nth", [0, 4, 5, 24, 44])
    def test_the_address_of_a_comment_finds_it_on_whatever_page_it_stands(self, ann, fifty, nth):
        where = ann.get(f"{COMMENTS}{fifty[nth].pk}/")
        assert where.status_code == 302
        assert where["Location"].endswith(f"#c{fifty[nth].pk}")
        assert has_piece(ann.get(where["Location"]), f"c{fifty[nth].pk}")

    def test_the_address_shown_with_a_comment_still_finds_it_when_others_came(self, ann, fifty):
        page = ann.get(f"{PAGE}?order=newest")
        shown = next(href for href in links_of(page) if href.endswith(f"#c{fifty[44].pk}"))
        make_comments(fifty[0].discussion, 25)
        assert has_piece(ann.get(shown, follow=True), f"c{fifty[44].pk}")

    def test_a_reply_far_down_is_found_too(self, ann, comment):
        replies = make_comments(comment.discussion, 80, parent=comment)
        page = ann.get(PAGE)
        assert not has_piece(page, f"c{replies[75].pk}")
        assert "Show 70 more replies" in words(page, f"c{comment.pk}")
        where = ann.get(f"{COMMENTS}{replies[75].pk}/")["Location"]
        found = ann.get(where)
        assert has_piece(found, f"c{replies[75].pk}")
        assert not has_piece(found, f"c{replies[0].pk}")
        assert "Show this thread from its start" in words(found, f"c{comment.pk}")

    def test_htmx_gets_a_page_of_comments_as_a_piece(self, ann, fifty):
        response = ann.get(COMMENTS, {"page": "2", "order": "oldest"}, htmx=True)
        assert texts(response) == [comment.text for comment in fifty[20:40]]
        for outside in ("main", "composer"):
            assert not has_piece(response, outside)
        where = sent_to(ann.get(COMMENTS, {"page": "2", "order": "oldest"}))
        assert where == f"{PAGE}?order=oldest&page=2#comments"

    def test_a_page_past_the_end_leads_back(self, ann, fifty):
        page = ann.get(f"{PAGE}?page=99")
        assert "No more comments" in words(page, "comments")
        assert f"{PAGE}?order=best&page=1#comments" in links_of(page)

    @pytest.mark.parametrize("state", [State.PENDING, State.REJECTED, State.HIDDEN, State.SPAM])
    def test_what_others_may_not_see_has_no_address_for_them(self, ann, sam, mo, isekai, state):
        post(ann)
        comment = Comment.objects.get()
        if state != State.PENDING:
            publish_comment(comment=comment, actor=mo.user)
            Comment.objects.update(state=state)
        assert sam.get(f"{COMMENTS}{comment.pk}/").status_code == 404
        assert ann.get(f"{COMMENTS}{comment.pk}/").status_code == 302
        assert "an escape" not in words(sam.get(PAGE), "comments")

    def test_a_comment_has_no_address_below_another_article(self, ann, comment):
        make_article("What is tsundere?", slug="tsundere")
        assert ann.get(f"/articles/tsundere/comments/{comment.pk}/").status_code == 404
