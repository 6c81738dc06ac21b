"""Where a post comes from, who is asking, and what a refusal looks like."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from time_machine import travel

from polls.middleware import COOKIE_AGE, COOKIE_SALT, is_same_origin
from polls.models import Ballot, Discussion, Reader
from tests.conftest import Browser
from tests.factories import make_user
from tests.reading import fields, words

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)
REACT = "/articles/isekai/questions/reaction/"
COMMENTS = "/articles/isekai/comments/"
HOST = "http://testserver"


@pytest.fixture
def silent():
    """A browser too old to say where a post comes from; it enforces the token as a site does."""
    return Client(enforce_csrf_checks=True)


class TestSameOrigin:
    @pytest.mark.parametrize(
        ("headers", "expected"),
        [
            ({"Sec-Fetch-Site": "same-origin"}, True),
            ({"Sec-Fetch-Site": "none"}, True),
            ({"Sec-Fetch-Site": "same-site"}, False),
            ({"Sec-Fetch-Site": "cross-site"}, False),
            ({"Sec-Fetch-Site": ""}, False),
            ({"Sec-Fetch-Site": "cross-site", "Origin": HOST}, False),
            ({"Origin": HOST}, True),
            ({"Origin": "https://evil.example"}, False),
            ({"Origin": f"{HOST}.evil.example"}, False),
            ({"Origin": "https://testserver"}, False),
            ({"Origin": f"{HOST}:8001"}, False),
            ({"Origin": "null"}, False),
            ({"Origin": ""}, False),
            ({}, None),
        ],
    )
    def test_the_browsers_own_word_decides(self, headers, expected):
        assert is_same_origin(RequestFactory(headers=headers).post("/")) is expected

    def test_the_sites_public_address_is_its_own_behind_a_proxy(self):
        request = RequestFactory(headers={"Origin": settings.SITE_URL}).post("/")
        assert is_same_origin(request)

    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Sec-Fetch-Site": None, "Origin": "https://evil.example"},
            {"Sec-Fetch-Site": None, "Origin": "null"},
        ],
    )
    def test_what_another_site_sends_is_refused_and_changes_nothing(
        self, ann, isekai, headers, nothing_stored
    ):
        with nothing_stored():
            response = ann.post(REACT, {"answer": "sad"}, headers=headers)
        assert response.status_code == 403
        assert "sent by another site" in words(response)
        assert not response.cookies

    def test_what_somebody_typed_is_kept_in_the_refusal(self, ann, isekai):
        response = ann.post(
            COMMENTS, {"body": "Dune!", "name": "Ann"}, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert "Dune!" in response.content.decode()

    def test_a_look_needs_no_word(self, ann, isekai):
        headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
        assert ann.get("/", headers=headers).status_code == 200

    def test_a_signed_in_moderator_is_guarded_too(self, mo, isekai, nothing_stored):
        with nothing_stored():
            response = mo.post(REACT, {"answer": "sad"}, headers={"Sec-Fetch-Site": "cross-site"})
        assert response.status_code == 403


class TestWithoutAWord:
    """Neither header nor token: the post is offered again, with a token."""

    def send(self, silent, path, data):
        return silent.post(path, urlencode(data), content_type="application/x-www-form-urlencoded")

    def test_the_first_try_stores_nothing_and_offers_the_typed_text(
        self, silent, isekai, nothing_stored
    ):
        typed = {"body": "It is an <b>escape</b>.\nTwice.", "name": "Ann"}
        with nothing_stored():
            response = self.send(silent, COMMENTS, typed)
        assert response.status_code == 403
        assert "Send it once more" in words(response)
        offered = fields(response, "main")
        assert {name: offered[name] for name in typed} == typed

    def test_the_second_try_works(self, silent, isekai):
        offered = fields(self.send(silent, COMMENTS, {"body": "An escape.", "name": "Ann"}), "main")
        assert self.send(silent, COMMENTS, offered).status_code == 303
        assert isekai.discussion.comments.get().text == "An escape."

    def test_a_pressed_button_is_kept_too(self, silent, isekai):
        offered = fields(self.send(silent, REACT, {"answer": "sad"}), "main")
        assert self.send(silent, REACT, offered).status_code == 303
        assert Ballot.objects.get().choice.key == "sad"

    def test_a_wrong_token_is_offered_again(self, silent, isekai, nothing_stored):
        self.send(silent, REACT, {"answer": "sad"})
        with nothing_stored():
            response = self.send(silent, REACT, {"answer": "sad", "csrfmiddlewaretoken": "x" * 64})
        assert response.status_code == 403
        assert fields(response, "main")["csrfmiddlewaretoken"] != "x" * 64

    def test_a_password_is_not_shown(self, silent, db):
        response = self.send(silent, "/accounts/login/", {"username": "mo", "password": "s3cret"})
        assert response.status_code == 403
        assert fields(response, "main")["username"] == "mo"
        assert "s3cret" not in response.content.decode()

    @pytest.mark.parametrize("token", ["", "short", "é" * 64, "x" * 1000])
    def test_no_token_breaks_it(self, silent, isekai, token):
        silent.cookies[settings.CSRF_COOKIE_NAME] = token
        response = self.send(silent, REACT, {"answer": "sad", "csrfmiddlewaretoken": token})
        assert response.status_code == 403


def signed(value, salt=COOKIE_SALT):
    """What the site itself would write for that value."""
    response = HttpResponse()
    response.set_signed_cookie(settings.READER_COOKIE_NAME, value, salt=salt)
    return response.cookies[settings.READER_COOKIE_NAME].value


class TestTheReader:
    def test_a_look_makes_nobody(self, ann, isekai, nothing_stored):
        with nothing_stored():
            response = ann.get("/articles/isekai/")
        assert not response.cookies

    def test_the_first_act_gives_one_signed_cookie(self, ann, isekai):
        response = ann.post(REACT, {"answer": "sad"})
        cookie = response.cookies[settings.READER_COOKIE_NAME]
        assert list(response.cookies) == [settings.READER_COOKIE_NAME]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
        assert not cookie["domain"]
        assert timedelta(days=390) < timedelta(seconds=cookie["max-age"]) <= timedelta(days=396)
        assert ann.reader == Reader.objects.get()

    def test_the_next_act_sets_none(self, ann, isekai):
        ann.post(REACT, {"answer": "sad"})
        assert not ann.post(REACT, {"answer": "happy"}).cookies
        assert Reader.objects.count() == 1

    def test_a_refused_first_act_gives_none(self, ann, isekai, nothing_stored):
        with nothing_stored():
            assert not ann.post(REACT, {"answer": "furious"}).cookies
            assert not ann.post(COMMENTS, {"body": "An escape.", "name": ""}).cookies
            assert not ann.post(COMMENTS, {"body": "", "name": "Ann"}).cookies

    def test_a_cookie_tells_readers_apart(self, ann, sam, isekai):
        ann.post(REACT, {"answer": "enraged"})
        sam.post(REACT, {"answer": "sad"})
        assert ann.reader != sam.reader
        assert Ballot.objects.get(reader=ann.reader).choice.key == "enraged"

    @pytest.mark.parametrize(
        "forge",
        [
            lambda value: "",
            lambda value: "nonsense",
            lambda value: value[:-1],
            lambda value: value[:10],
            lambda value: value.replace(value[0], "0" if value[0] != "0" else "1", 1),
            lambda value: "::::",
            lambda value: '"\\000\\377"',
            lambda value: "é" * 50,
            lambda value: value.split(":")[0],
            lambda value: "x" * 5000,
            lambda value: signed("not a uuid"),
            lambda value: signed(value.split(":")[0], salt="another"),
        ],
    )
    def test_a_forged_cookie_is_no_cookie(self, ann, isekai, forge):
        ann.post(REACT, {"answer": "enraged"})
        genuine = ann.cookies[settings.READER_COOKIE_NAME].value
        mallory = Browser()
        headers = {"Cookie": f"{settings.READER_COOKIE_NAME}={forge(genuine)}"}
        looked = mallory.get("/articles/isekai/", headers=headers)
        assert looked.status_code == 200
        assert "You are enraged" not in words(looked)
        assert mallory.post(REACT, {"answer": "happy"}, headers=headers).status_code == 303
        assert Ballot.objects.get(reader=ann.reader).choice.key == "enraged"
        assert Reader.objects.count() == 2

    def test_a_cookie_is_stale_after_thirteen_months(self, ann, isekai):
        with travel(NOON, tick=False) as clock:
            ann.post(REACT, {"answer": "enraged"})
            value = ann.cookies[settings.READER_COOKIE_NAME].value
            headers = {"Cookie": f"{settings.READER_COOKIE_NAME}={value}"}
            clock.shift(timedelta(seconds=COOKIE_AGE - 60))
            assert "You are enraged" in words(Browser().get("/articles/isekai/", headers=headers))
            clock.shift(timedelta(seconds=120))
            looked = Browser().get("/articles/isekai/", headers=headers)
            assert "You are enraged" not in words(looked)

    def test_the_cookie_of_somebody_erased_is_no_cookie(self, ann, isekai):
        ann.post(REACT, {"answer": "enraged"})
        Ballot.objects.all().delete()
        Reader.objects.all().delete()
        assert ann.post(REACT, {"answer": "sad"}).status_code == 303
        assert ann.reader == Reader.objects.get()

    def test_signing_in_takes_the_guests_answers_along(self, ann, isekai):
        ann.post(REACT, {"answer": "enraged"})
        guest = ann.reader
        ann.force_login(make_user("ann"))
        assert "You are enraged" in words(ann.get("/articles/isekai/"))
        ann.post(REACT, {"answer": "sad"})
        guest.refresh_from_db()
        assert guest.user.username == "ann"
        assert Reader.objects.count() == 1

    def test_signing_out_leaves_the_answers_with_the_account(self, ann, isekai):
        ann.post(REACT, {"answer": "enraged"})
        ann.force_login(make_user("ann"))
        ann.post(REACT, {"answer": "sad"})
        ann.logout()
        assert "You are" not in words(ann.get("/articles/isekai/"), "respond")

    @pytest.mark.parametrize("session", ['"\\000\\000\\000\\000\\000\\000\\000\\000"', "x" * 300])
    def test_a_forged_session_is_no_session(self, isekai, session):
        headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"}
        assert Browser().get("/articles/isekai/", headers=headers).status_code == 200


class TestCaching:
    def test_a_page_that_knows_the_reader_varies_by_cookie(self, ann, isekai):
        assert "Cookie" in ann.get("/articles/isekai/")["Vary"]

    def test_what_is_drawn_for_one_reader_is_kept_by_no_shared_cache(self, ann, isekai):
        ann.post(REACT, {"answer": "sad"})
        assert "private" in ann.get("/articles/isekai/")["Cache-Control"]

    def test_the_answer_that_sets_the_cookie_is_kept_by_no_shared_cache(self, ann, isekai):
        assert "private" in ann.post(REACT, {"answer": "sad"})["Cache-Control"]

    @pytest.mark.parametrize(
        "path", ["/", "/about/", "/privacy/", "/articles/isekai/", "/topics/", "/nowhere/"]
    )
    def test_a_page_that_shows_the_chosen_appearance_varies_by_cookie(self, ann, isekai, path):
        assert "Cookie" in ann.get(path).get("Vary", "")

    def test_a_piece_and_its_page_are_not_taken_for_each_other(self, ann, isekai):
        for response in (ann.get(COMMENTS, htmx=True), ann.get(COMMENTS)):
            assert "HX-Request" in response["Vary"]


class TestRefusals:
    @pytest.fixture
    def closed(self, isekai):
        Discussion.objects.update(state=Discussion.State.READ_ONLY)

    def test_a_page_with_the_sentence_and_a_way_back(self, ann, closed):
        response = ann.post(
            REACT,
            {"answer": "sad"},
            headers={"Referer": f"{HOST}/articles/isekai/"},
        )
        assert response.status_code == 409
        assert "This discussion is closed" in words(response, "main")
        assert 'href="http://testserver/articles/isekai/"' in response.content.decode()

    @pytest.mark.parametrize(
        "referer",
        ["https://evil.example/", "javascript:alert(1)", f"{HOST}.evil.example/", '"><script>'],
    )
    def test_the_way_back_never_leads_elsewhere(self, ann, closed, referer):
        response = ann.post(REACT, {"answer": "sad"}, headers={"Referer": referer})
        assert referer not in response.content.decode()

    def test_a_piece_for_htmx_that_keeps_what_is_there(self, ann, closed):
        response = ann.post(REACT, {"answer": "sad"}, htmx=True)
        assert response.status_code == 409
        assert response["HX-Reswap"] == "afterbegin"
        assert response.content.decode().lstrip().startswith('<div class="problem"')

    def test_too_soon_says_when_to_come_back(self, ann, isekai):
        with travel(NOON, tick=False):
            for n in range(10):
                ann.post(REACT, {"answer": ("sad", "happy")[n % 2]})
            for htmx in (False, True):
                response = ann.post(REACT, {"answer": "enraged"}, htmx=htmx)
                assert response.status_code == 429
                assert response["Retry-After"] == "60"
                assert "You can post again in 1 minute." in words(response)

    def test_refusing_asks_nothing_of_the_database_but_who_it_is(self, ann, isekai):
        with CaptureQueriesContext(connection) as queries:
            ann.post(REACT, {"answer": "sad"}, headers={"Sec-Fetch-Site": "cross-site"})
        assert len(queries) == 0
